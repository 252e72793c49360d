import './record.css';
import { useCell } from '../shell/cell.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
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
  useTitle(m.record);
  const may = useMay();
  const hindered = hindrance();
  return (
    <main className="page record" id="main" tabIndex={-1}>
      <h1 className="page-title">{m.record}</h1>
      {!may('jobs:submit') ? (
        <Notice tone="info" title={m.problems.not_allowed} />
      ) : hindered !== null ? (
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
