import './record.css';
import { Link } from '@tanstack/react-router';
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
  const { phase, recording } = useCell(recordingCell);
  const isGoingOn = phase !== 'none' && phase !== 'failed';
  useEffect(() => {
    if (!isGoingOn) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
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
