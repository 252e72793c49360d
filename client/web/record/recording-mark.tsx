import './record.css';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCell } from '../shell/cell.ts';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import { useOwner } from '../shell/session.ts';
import { meterCell, recordingCell, setAside } from './recording.ts';

/** Says on every page that a recording goes on, and leads to it. */
export function RecordingMark() {
  const { m } = useWording();
  const owner = useOwner();
  const { phase, recording, job } = useCell(recordingCell);
  const navigate = useNavigate();
  const client = useQueryClient();
  const isLookedAt = useRouterState({ select: ({ location }) => location.pathname === '/record' });
  // Whoever waits for its minutes sees them being made; whoever does something else goes on with that.
  useEffect(() => {
    if (job === null) return;
    recordingCell.set({ ...recordingCell.read(), job: null });
    void client.invalidateQueries({ queryKey: ['jobs'] });
    if (isLookedAt) void navigate({ to: '/jobs/$id', params: { id: job } });
  }, [job, isLookedAt, client, navigate]);
  const isGoingOn = phase !== 'none';
  useEffect(() => {
    if (!isGoingOn) return;
    const warn = (event: BeforeUnloadEvent): void => {
      if (meterCell.read().bytes > 0) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isGoingOn]);
  const isOfAnother = recording !== null && recording.owner !== owner;
  useEffect(() => {
    if (isOfAnother) void setAside();
  }, [isOfAnother]);
  if (!isGoingOn) return null;
  return (
    <Link to="/record" className="record-mark">
      <span aria-hidden className={`record-dot record-dot-${phase}`} />
      <span className="hidden">{m.toRecording(m.recordPhases[phase])}</span>
      <Elapsed />
    </Link>
  );
}

function Elapsed() {
  const { seconds } = useCell(meterCell);
  return <span className="numbers">{clockTime(seconds)}</span>;
}
