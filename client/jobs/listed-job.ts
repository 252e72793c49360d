import type { JobRow } from '../../adapters/database/job-library.ts';
import type { FoundJob } from '../../adapters/database/search-jobs.ts';
import { approvalView, waitsForPerson } from './approval-view.ts';
import { hasEnded } from './job-view.ts';

export type ListedJob = ReturnType<typeof listed>;

/** A job that a search found: the first line with one of the words, and where in it that begins. */
export type FoundListedJob = ListedJob & { readonly found: string; readonly foundAt: number };

/** What `list --json` says of a job. */
export const listed = (row: JobRow, now = new Date()) => ({
  id: row.id,
  workflowId: row.workflowId,
  // These as `status` says them.
  status: isDraft(row, now) ? ('waiting' as const) : row.status,
  approval: hasEnded(row) ? approvalView(row.approval, now) : null,
  // While a retry runs, what can be read is of the run before.
  result: hasEnded(row) ? row.result : null,
  failure: row.failure,
  failureMessage: row.failureMessage,
  title: row.title,
  sourceName: row.sourceName,
  date: row.meetingDate,
  language: row.language,
  durationSeconds: row.durationSeconds,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});

/** What `list --search --json` says of one. */
export const listedFound = ({ job, found }: FoundJob): FoundListedJob => ({
  ...listed(job),
  found: found.line,
  foundAt: found.at,
});

const isDraft = ({ status, approval }: JobRow, now: Date): boolean =>
  status === 'completed' && waitsForPerson(approvalView(approval, now));
