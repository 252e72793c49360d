import './record.css';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCell } from '../shell/cell.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { useTitle } from '../shell/use-title.ts';
import { hindrance } from './microphone.ts';
import { RecordingPanel } from './recording-panel.tsx';
import { recordingCell } from './recording.ts';
import { StartForm } from './start-form.tsx';
import { UnfinishedRecordings } from './unfinished-recordings.tsx';

/** Records a meeting with the microphone of this device. */
export function RecordPage() {
  const { m } = useWording();
  const state = useCell(recordingCell);
  const navigate = useNavigate();
  useTitle(m.record);
  const { job } = state;
  useEffect(() => {
    if (job === null) return;
    recordingCell.set({ ...recordingCell.read(), job: null });
    void navigate({ to: '/jobs/$id', params: { id: job } });
  }, [job, navigate]);
  const hindered = hindrance();
  return (
    <main className="page record" id="main" tabIndex={-1}>
      <h1 className="page-title">{m.record}</h1>
      {hindered !== null ? (
        <Notice tone="warning" title={m.cannotRecord}>
          <p>{m.hindrances[hindered]}</p>
        </Notice>
      ) : state.recording !== null && state.phase !== 'none' ? (
        <RecordingPanel state={{ ...state, recording: state.recording }} />
      ) : (
        <>
          <UnfinishedRecordings />
          <StartForm />
        </>
      )}
    </main>
  );
}
