import {
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import { approvalView, waitsForPerson } from './approval-view.ts';
import { hasEnded, type JobStatus, type JobView } from './job-view.ts';

/** Where a status comes from. `temporal` connects only when it is needed. */
export interface StatusSources {
  readonly library: Pick<JobLibrary, 'find'>;
  readonly temporal: () => Promise<Client>;
}

/**
 * Combines row, workflow and progress query. For a job that has ended, the row alone is enough when Temporal has
 * forgotten the run or cannot be reached.
 */
export async function jobView(row: JobRow, sources: StatusSources): Promise<JobView> {
  if (row.status === 'submitted' || row.status === 'running') return openView(row, sources);
  const progress = await sources.temporal().then(
    (client) => queryProgress(client, row.workflowId, HISTORY_TIMEOUT_MS),
    () => null,
  );
  return view(row, row.status, progress, row);
}

/** The row is open. Temporal has the current state. */
async function openView(row: JobRow, { library, temporal }: StatusSources): Promise<JobView> {
  const client = await temporal();
  const workflow = await workflowStatus(client, row.workflowId);
  if (workflow === null) return view(row, 'failed', null, failed(FAILURES.NotStarted));
  if (workflow.status === 'queued') return view(row, 'queued', null);
  const progress = await queryProgress(client, row.workflowId, QUERY_TIMEOUT_MS);
  if (workflow.status === 'running')
    return view(row, workflow.waitingForProvider ? 'waiting' : 'running', progress);
  // It ended after the row was read, or was terminated before it could write its row.
  const ended = (await library.find(row.tenant, row.id)) ?? row;
  const failure = ended.failure === null ? failed(FAILURES.Terminated) : ended;
  return view(ended, workflow.status, progress, failure);
}

const failed = (failure: string | null) => ({ failure, failureMessage: null });

function view(
  row: JobRow,
  status: JobStatus['status'],
  progress: Progress | null,
  { failure, failureMessage }: Pick<JobView, 'failure' | 'failureMessage'> = failed(null),
): JobView {
  const isOver = hasEnded({ status });
  const approval = isOver ? approvalView(row.approval, new Date()) : null;
  const isDraft = status === 'completed' && waitsForPerson(approval);
  return {
    ...(status === 'failed' ? { failure, failureMessage } : failed(null)),
    progress,
    status: {
      id: row.id,
      status: isDraft ? 'waiting' : status,
      waitingFor: isDraft ? 'approval' : status === 'waiting' ? 'provider' : null,
      result: isOver ? row.result : null,
      approval,
      stage: progress?.stage ?? (status === 'completed' ? 'publish' : null),
      chunks: progress?.chunks ?? { done: null, total: null },
      degradations: progress?.degradations ?? row.degradations,
      costUsd: null,
    },
  };
}

/** Queries need a running worker. A person waits 3 s for an answer. */
const QUERY_TIMEOUT_MS = 3_000;
/** For a job that has ended, the query adds only the count of chunks. */
const HISTORY_TIMEOUT_MS = 1_000;

async function queryProgress(
  client: Client,
  workflowId: string,
  timeoutMs: number,
): Promise<Progress | null> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.getHandle(workflowId).query<Progress>(PROGRESS_QUERY),
    );
  } catch (error) {
    if (UNANSWERED.some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

const UNANSWERED = [
  ServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowNotFoundError,
];
