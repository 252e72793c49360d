import type { Client } from '@temporalio/client';
import { TASK_QUEUES } from '../../workflows/contracts/names.ts';
import { describeQueue, type QueueKind } from './describe-queue.ts';

/** True when a worker has polled the queue for workflow tasks recently. The server forgets pollers after some minutes. */
export async function isPolled(client: Client, taskQueue: string): Promise<boolean> {
  const polledAt = await lastPollMs(client, taskQueue, 'workflow');
  return polledAt !== null && Date.now() - polledAt < RECENT_POLL_MS;
}

/**
 * True when a worker has polled the queue for activities about as recently as the queue `io`, which every worker polls:
 * both times are the server's, so a wrong clock here does not matter. A worker without a free slot does not poll.
 */
export async function isQueuePolled(client: Client, taskQueue: string): Promise<boolean> {
  const [polledAt, ioPolledAt] = await Promise.all([
    lastPollMs(client, taskQueue, 'activity'),
    lastPollMs(client, TASK_QUEUES.io, 'activity'),
  ]);
  return polledAt !== null && (ioPolledAt ?? polledAt) - polledAt < RECENT_POLL_MS;
}

/** In milliseconds since 1970, by the server's clock; null: not polled for some minutes. */
async function lastPollMs(
  client: Client,
  taskQueue: string,
  kind: QueueKind,
): Promise<number | null> {
  const { pollers } = await describeQueue(client, taskQueue, kind);
  const times = pollers.map(({ polledAt }) => polledAt.getTime());
  return times.length === 0 ? null : Math.max(...times);
}

/** A worker polls again after at most a minute. */
export const RECENT_POLL_MS = 90_000;
