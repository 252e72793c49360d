import {
  Worker,
  type NativeConnection,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Target } from '../adapters/inference/targets/target.ts';
import type { Activities } from '../workflows/contracts/activities.ts';
import { paidQueue, TASK_QUEUES } from '../workflows/contracts/names.ts';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly targets: readonly Target[];
  readonly bundle: WorkflowBundleOption;
}

/** Each decoding activity uses one core. */
const MEDIA_SLOTS = 2;
const IO_SLOTS = 32;

/** One worker per queue: workflows, media, io, and one per target with the target's rate and slots. */
export async function createWorkers(parts: WorkerParts): Promise<Worker[]> {
  const { connection, namespace, activities, bundle } = parts;
  const shared = {
    connection,
    namespace,
    // A running call may finish. After the grace it is told to stop, and a call already sent is settled or in doubt.
    shutdownGraceTime: '25 seconds',
    shutdownForceTime: '40 seconds',
  } as const satisfies Partial<WorkerOptions>;
  return await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.pipeline,
      workflowBundle: bundle,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.media,
      activities,
      maxConcurrentActivityTaskExecutions: MEDIA_SLOTS,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.io,
      activities,
      maxConcurrentActivityTaskExecutions: IO_SLOTS,
    }),
    ...parts.targets.map((target) =>
      Worker.create({
        ...shared,
        taskQueue: paidQueue(target.name),
        activities,
        maxConcurrentActivityTaskExecutions: target.concurrency,
        ...(target.requestsPerMinute !== null && {
          maxTaskQueueActivitiesPerSecond: target.requestsPerMinute / 60,
        }),
      }),
    ),
  ]);
}
