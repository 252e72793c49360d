import type { Client } from '@temporalio/client';

/** True where a worker has asked the queue for workflow tasks of late; the server forgets one after minutes. */
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
/** A worker's poll lasts at most a minute; then it asks again. */
const RECENT_MS = 90_000;
