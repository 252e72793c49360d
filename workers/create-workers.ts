import { fileURLToPath } from 'node:url';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Target } from '../adapters/inference/protocols/contract.ts';
import type { Activities } from '../workflows/contracts/activities.ts';
import { paidQueue, TASK_QUEUES } from '../workflows/contracts/names.ts';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly targets: readonly Target[];
  /** Path of a prebuilt bundle; null: bundled now (about a second). */
  readonly workflowBundle: string | null;
}

/** Activities of a decoding job use a core each. */
const MEDIA_SLOTS = 2;
const IO_SLOTS = 32;

/** One worker a queue in this process: workflows, media, io, and one a target with that target's rate and slots. */
export async function createWorkers(parts: WorkerParts): Promise<Worker[]> {
  const { connection, namespace, activities, workflowBundle } = parts;
  const shared = {
    connection,
    namespace,
    // A running call may finish; after the grace it hears of the shutdown, and what was sent is settled or in doubt.
    shutdownGraceTime: '25 seconds',
    shutdownForceTime: '40 seconds',
  } as const satisfies Partial<WorkerOptions>;
  return await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.pipeline,
      ...(workflowBundle === null
        ? { workflowsPath: WORKFLOWS_PATH }
        : { workflowBundle: { codePath: workflowBundle } }),
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

export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
