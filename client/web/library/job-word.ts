import type { Job, JobStatus, ListedJob } from '../api/answers.ts';
import type { Messages } from '../messages/en.ts';

export type JobStand = Pick<ListedJob, 'result' | 'approval'> & {
  readonly status: JobStatus;
  /** Of a job by itself; a list calls only those waiting that wait for approval. */
  readonly waitingFor?: Job['waitingFor'];
};

/** How a job stands, in a word. */
export function jobWord({ status, result, approval, waitingFor }: JobStand, m: Messages): string {
  if (status === 'waiting' && approval !== null) return m.approvals[approval.state];
  if (waitingFor === 'budget' || waitingFor === 'provider') return m.waitsInRun;
  if (status !== 'completed') return m.statuses[status];
  if (approval?.state === 'approved') return m.approvals.approved;
  return result === 'partial' ? m.results.partial : m.results.complete;
}
