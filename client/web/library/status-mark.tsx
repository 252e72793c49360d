import type { Job, JobStatus, ListedJob } from '../api/answers.ts';
import type { Messages } from '../messages/en.ts';
import { useWording } from '../shell/language.tsx';

type Facts = Pick<ListedJob, 'result' | 'approval'> & {
  readonly status: JobStatus;
  /** Of a job by itself; a list calls only those waiting that wait for approval. */
  readonly waitingFor?: Job['waitingFor'];
};

/** How a job stands, in a word and a colour. */
export function StatusMark(facts: Facts) {
  const { m } = useWording();
  return <span className={`mark mark-${toneOf(facts)}`}>{wordOf(facts, m)}</span>;
}

export function wordOf({ status, result, approval, waitingFor }: Facts, m: Messages): string {
  if (status === 'waiting' && approval !== null) return m.approvals[approval.state];
  if (waitingFor === 'budget' || waitingFor === 'provider') return m.waitsInRun;
  if (status !== 'completed') return m.statuses[status];
  if (approval?.state === 'approved') return m.approvals.approved;
  return result === 'partial' ? m.results.partial : m.results.complete;
}

function toneOf({ status, result }: Facts): string {
  if (status === 'failed') return 'bad';
  if (status === 'running' || status === 'submitted' || status === 'queued') return 'going';
  if (status === 'waiting' || result === 'partial') return 'warn';
  return status === 'cancelled' ? 'off' : 'good';
}
