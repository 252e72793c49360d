import type { Client } from '@temporalio/client';

/** What waits in a queue: `workflow` tasks are steps of workflows, `activity` tasks the work itself. */
export type QueueKind = 'workflow' | 'activity';

interface Poller {
  /** As the worker calls itself: `{process}@{machine}`. */
  readonly identity: string;
  /** By the server's clock. */
  readonly polledAt: Date;
  /** Of the worker's code; null: it did not say. */
  readonly build: string | null;
}

export interface QueueStats {
  /** About how many tasks wait. */
  readonly backlog: number;
  /** How long the oldest of them has waited; 0: none waits. */
  readonly oldestSeconds: number;
  /** Tasks a second over the last 30 seconds, whether they waited or not. */
  readonly addedPerSecond: number;
  readonly takenPerSecond: number;
}

export interface QueueDescription {
  /** Those of the last five minutes or so. */
  readonly pollers: readonly Poller[];
  /** Null: not asked for, or a server that does not know them. */
  readonly stats: QueueStats | null;
}

/** What the server knows of a task queue; of one that nobody has used, that it is empty. */
export async function describeQueue(
  client: Client,
  name: string,
  kind: QueueKind,
  { withStats = false } = {},
): Promise<QueueDescription> {
  const { pollers, stats } = await client.connection.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: TYPES[kind],
    reportStats: withStats,
  });
  return {
    pollers: pollers.map(({ identity, lastAccessTime, deploymentOptions, ...poller }) => ({
      identity: identity ?? '',
      polledAt: new Date(Number(lastAccessTime?.seconds ?? 0) * 1_000),
      build: deploymentOptions?.buildId || poller.workerVersionCapabilities?.buildId || null,
    })),
    stats: stats
      ? {
          backlog: Number(stats.approximateBacklogCount ?? 0),
          oldestSeconds: Number(stats.approximateBacklogAge?.seconds ?? 0),
          addedPerSecond: stats.tasksAddRate ?? 0,
          takenPerSecond: stats.tasksDispatchRate ?? 0,
        }
      : null,
  };
}

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of temporal.api.enums.v1. */
const TYPES = { workflow: 1, activity: 2 } as const satisfies Record<QueueKind, number>;
