import type { Client } from '@temporalio/client';

/** True when a worker has polled the queue for workflow tasks recently. The server forgets pollers after some minutes. */
export async function isPolled(client: Client, taskQueue: string): Promise<boolean> {
  const { pollers } = await client.connection.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const now = Date.now();
  return pollers.some(({ lastAccessTime }) => {
    const seconds = Number(lastAccessTime?.seconds ?? 0);
    return now - seconds * 1_000 < RECENT_MS;
  });
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of temporal.api.enums.v1. */
const WORKFLOW_TASKS = 1;
/** A worker polls again after at most a minute. */
const RECENT_MS = 90_000;
