import type { Client } from '@temporalio/client';
import { TASK_QUEUES } from '../../workflows/contracts/names.ts';

/** True when a worker has polled the queue for workflow tasks recently. The server forgets pollers after some minutes. */
export async function isPolled(client: Client, taskQueue: string): Promise<boolean> {
  const polledAt = await lastPollMs(client, taskQueue, WORKFLOW_TASKS);
  return polledAt !== null && Date.now() - polledAt < RECENT_MS;
}

/**
 * True when a worker has polled the queue for activities about as recently as the queue `io`, which every worker polls:
 * both times are the server's, so a wrong clock here does not matter. A worker without a free slot does not poll.
 */
export async function isQueuePolled(client: Client, taskQueue: string): Promise<boolean> {
  const [polledAt, ioPolledAt] = await Promise.all([
    lastPollMs(client, taskQueue, ACTIVITY_TASKS),
    lastPollMs(client, TASK_QUEUES.io, ACTIVITY_TASKS),
  ]);
  return polledAt !== null && (ioPolledAt ?? polledAt) - polledAt < RECENT_MS;
}

/** In milliseconds since 1970, by the server's clock; null: not polled for some minutes. */
async function lastPollMs(
  client: Client,
  taskQueue: string,
  taskQueueType: number,
): Promise<number | null> {
  const { pollers } = await client.connection.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType,
  });
  const times = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000);
  return times.length === 0 ? null : Math.max(...times);
}

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of temporal.api.enums.v1. */
const WORKFLOW_TASKS = 1;
const ACTIVITY_TASKS = 2;
/** A worker polls again after at most a minute. */
const RECENT_MS = 90_000;
