import {
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import type { Degradation, Progress } from '../../workflows/contracts/jobs.ts';
import { PROGRESS_QUERY, type Stage } from '../../workflows/contracts/names.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';

/** What `status --json` prints. */
export interface JobStatus {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled';
  readonly waitingFor: null | 'budget' | 'provider' | 'approval';
  readonly result: null | 'complete' | 'partial';
  /** The stage under way, or the last one; null where nobody can tell. */
  readonly stage: Stage | null;
  /** Null where Temporal has forgotten the run, or no worker answers. */
  readonly chunks: { readonly done: number | null; readonly total: number | null };
  readonly degradations: readonly Degradation[];
  /** Null until there is a price book. */
  readonly costUsd: number | null;
}

/** A status, and what a person wants to see beside it. */
export interface JobView {
  readonly status: JobStatus;
  /** A failure type, and what failed and what to do where the row says it; null unless failed. */
  readonly failure: string | null;
  /** Null where no worker answers. */
  readonly progress: Progress | null;
}

/** Where a status comes from. `temporal` is asked for only when it is needed. */
export interface StatusSources {
  readonly library: Pick<JobLibrary, 'find'>;
  readonly temporal: () => Promise<Client>;
}

/**
 * What row, workflow and progress query say together. A job that has ended is told from the row alone where
 * Temporal has forgotten it or cannot be reached.
 */
export async function jobView(row: JobRow, sources: StatusSources): Promise<JobView> {
  if (row.status === 'submitted' || row.status === 'running') return openView(row, sources);
  const progress = await sources.temporal().then(
    (client) => queryProgress(client, row.workflowId, HISTORY_TIMEOUT_MS),
    () => null,
  );
  return view(row, { status: row.status, failure: failureText(row), progress });
}

export const hasEnded = ({ status }: Pick<JobStatus, 'status'>): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** The row says that it is open: Temporal knows better. */
async function openView(row: JobRow, { library, temporal }: StatusSources): Promise<JobView> {
  const client = await temporal();
  const workflow = await workflowStatus(client, row.workflowId);
  const known = { failure: null, progress: null };
  if (workflow === null)
    return view(row, { ...known, status: 'failed', failure: FAILURES.NotStarted });
  if (workflow.status === 'queued') return view(row, { ...known, status: 'queued' });
  const progress = await queryProgress(client, row.workflowId, QUERY_TIMEOUT_MS);
  if (workflow.status === 'running') {
    return view(row, {
      ...known,
      progress,
      status: workflow.waitingForProvider ? 'waiting' : 'running',
    });
  }
  // It ended after the row was read, or was terminated and could not write its row.
  const ended = (await library.find(row.tenant, row.id)) ?? row;
  return view(ended, {
    status: workflow.status,
    failure: failureText(ended) ?? FAILURES.Terminated,
    progress,
  });
}

function view(
  row: JobRow,
  known: { status: JobStatus['status']; failure: string | null; progress: Progress | null },
): JobView {
  const { status, failure, progress } = known;
  return {
    failure: status === 'failed' ? failure : null,
    progress,
    status: {
      id: row.id,
      status,
      waitingFor: status === 'waiting' ? 'provider' : null,
      result: status === 'completed' ? row.result : null,
      stage: progress?.stage ?? (status === 'completed' ? 'publish' : null),
      chunks: progress?.chunks ?? { done: null, total: null },
      degradations: progress?.degradations ?? row.degradations,
      costUsd: null,
    },
  };
}

/** `NoSpeech: the recording holds no speech …`. */
export const failureText = ({
  failure,
  failureMessage,
}: Pick<JobRow, 'failure' | 'failureMessage'>): string | null =>
  failure === null || failureMessage === null ? failure : `${failure}: ${failureMessage}`;

/** Without a worker nobody answers a query: 3 s are a person's patience. */
const QUERY_TIMEOUT_MS = 3_000;
/** Of a job that has ended only the count of its chunks is missing. */
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
    if (isUnanswered(error)) return null;
    throw error;
  }
}

const isUnanswered = (error: unknown): boolean =>
  error instanceof ServiceError ||
  error instanceof QueryNotRegisteredError ||
  error instanceof QueryRejectedError ||
  error instanceof WorkflowNotFoundError;
