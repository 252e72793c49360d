import { useWording } from '../shell/language.tsx';
import { jobWord, type JobStand } from './job-word.ts';

/** How a job stands, in a word and a colour. */
export function StatusMark(facts: JobStand) {
  const { m } = useWording();
  return <span className={`mark mark-${toneOf(facts)}`}>{jobWord(facts, m)}</span>;
}

function toneOf({ status, result }: JobStand): string {
  if (status === 'failed') return 'bad';
  if (status === 'running' || status === 'submitted' || status === 'queued') return 'going';
  if (status === 'waiting' || result === 'partial') return 'warn';
  return status === 'cancelled' ? 'off' : 'good';
}
