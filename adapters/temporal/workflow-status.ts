import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** What Temporal knows of the latest run of a workflow. */
export interface WorkflowStatus {
  /** `queued`: started, and no worker has taken it up. */
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly runId: string;
  readonly startedAt: Date;
}

/** Null where Temporal knows no such workflow: never started, or forgotten after its retention. */
export async function workflowStatus(
  client: Client,
  workflowId: string,
): Promise<WorkflowStatus | null> {
  try {
    const { status, historyLength, runId, startTime } = await client.workflow
      .getHandle(workflowId)
      .describe();
    return { status: plainStatus(status.name, historyLength), runId, startedAt: startTime };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

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
