import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { FAILURES } from '../../workflows/contracts/failures.ts';

/** The state of the latest run of a workflow. */
export interface WorkflowStatus {
  /** `queued`: started, but no worker has picked it up yet. */
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly runId: string;
  /** Another than `runId` only where the run continues an earlier one as new. */
  readonly firstRunId: string;
  readonly startedAt: Date;
  /** No attempt is running, and every open activity waits for a provider: for a delay that it asked for, or a gate. */
  readonly waitingForProvider: boolean;
}

export interface LatestRun {
  /** The first of its chain, where the run continues another one as new. */
  readonly runId: string;
  readonly isRunning: boolean;
}

/** Null when Temporal has no such workflow. */
export async function latestRun(client: Client, workflowId: string): Promise<LatestRun | null> {
  const found = await workflowStatus(client, workflowId);
  if (found === null) return null;
  const { status, firstRunId } = found;
  return { runId: firstRunId, isRunning: status === 'running' || status === 'queued' };
}

/** Null when Temporal has no such workflow: it never started, or its retention is over. */
export async function workflowStatus(
  client: Client,
  workflowId: string,
): Promise<WorkflowStatus | null> {
  try {
    const { status, historyLength, runId, startTime, raw } = await client.workflow
      .getHandle(workflowId)
      .describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId || runId;
    return {
      // A run that continues another one follows a worker's work.
      status: plainStatus(status.name, firstRunId === runId ? historyLength : Infinity),
      runId,
      firstRunId,
      startedAt: startTime,
      waitingForProvider: waitsForProvider(raw.pendingActivities ?? []),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

interface PendingActivity {
  /** 2: an attempt runs. */
  readonly state?: number | null;
  /** Null: no further attempt is scheduled. */
  readonly nextAttemptScheduleTime?: unknown;
  readonly lastFailure?: {
    readonly applicationFailureInfo?: { readonly type?: string | null } | null;
  } | null;
}

function waitsForProvider(pending: readonly PendingActivity[]): boolean {
  const isWaiting = ({ state, lastFailure }: PendingActivity) =>
    state !== STARTED && PROVIDER_WAITS.has(lastFailure?.applicationFailureInfo?.type ?? '');
  return (
    pending.every(isWaiting) &&
    pending.some(({ nextAttemptScheduleTime }) => (nextAttemptScheduleTime ?? null) !== null)
  );
}

/** `PENDING_ACTIVITY_STATE_STARTED` of Temporal's API. */
const STARTED = 2;

const PROVIDER_WAITS: ReadonlySet<string> = new Set([
  FAILURES.Transient,
  FAILURES.RateLimited,
  FAILURES.ModelLoading,
  FAILURES.TargetClosed,
]);

/** Events of a workflow that no worker has taken up: it was started, and its first task scheduled. */
const EVENTS_BEFORE_A_WORKER = 2;

function plainStatus(name: string, historyLength: number): WorkflowStatus['status'] {
  switch (name) {
    case 'COMPLETED':
      return 'completed';
    case 'CANCELLED':
      return 'cancelled';
    case 'FAILED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'failed';
    default: // RUNNING, PAUSED, CONTINUED_AS_NEW: the job is under way
      return historyLength <= EVENTS_BEFORE_A_WORKER ? 'queued' : 'running';
  }
}
