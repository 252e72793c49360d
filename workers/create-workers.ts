import {
  Worker,
  type NativeConnection,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { tasksAhead } from '../adapters/inference/limits/call-slots.ts';
import type { Target } from '../adapters/inference/targets/target.ts';
import type { Activities } from '../workflows/contracts/activities.ts';
import { paidQueue, TASK_QUEUES } from '../workflows/contracts/names.ts';
import { boundedResults } from './bounded-results.ts';
import { cancelledBy } from './shutdown.ts';

/** Each decoding activity uses one core. */
const MEDIA_SLOTS = 2;
const IO_SLOTS = 32;
/** Each waits for the server of somebody else, for 15 s at most. */
const WEBHOOK_SLOTS = 16;

/** One worker per queue: workflows, media, io, webhooks, and one per target with the target's rate and slots. */
export async function createWorkers(parts: {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly targets: readonly Target[];
  readonly bundle: WorkflowBundleOption;
  /** How long running activities may go on after the worker was told to stop. Then, or by `forced`, they are cancelled. */
  readonly shutdownGraceSeconds: number;
  readonly forced: AbortSignal;
}): Promise<Worker[]> {
  const { connection, namespace, activities } = parts;
  const create = async (options: WorkerOptions) =>
    await Worker.create({
      ...options,
      connection,
      namespace,
      interceptors: { activity: [cancelledBy(parts.forced), boundedResults] },
      shutdownGraceTime: parts.shutdownGraceSeconds * 1000,
      // A cancelled call has 10 s to answer; then it is in doubt, which takes a moment to write.
      shutdownForceTime: (parts.shutdownGraceSeconds + 20) * 1000,
    });
  const { bundle: workflowBundle } = parts;
  // First and alone: it fails on a bundle that is none, and workers that never ran would keep the connection open.
  const pipeline = await create({ taskQueue: TASK_QUEUES.pipeline, workflowBundle });
  const others: WorkerOptions[] = [
    { taskQueue: TASK_QUEUES.media, activities, maxConcurrentActivityTaskExecutions: MEDIA_SLOTS },
    { taskQueue: TASK_QUEUES.io, activities, maxConcurrentActivityTaskExecutions: IO_SLOTS },
    {
      taskQueue: TASK_QUEUES.webhooks,
      activities,
      maxConcurrentActivityTaskExecutions: WEBHOOK_SLOTS,
    },
    ...parts.targets.map((target) => ({
      taskQueue: paidQueue(target.name),
      activities,
      // `callSlots` lets no more of them call at the same time than the target's `concurrency`.
      maxConcurrentActivityTaskExecutions: target.concurrency + tasksAhead(target),
      // The sum of all workers. The gate keeps small limits even: see `SMALL_LIMIT` in adapters/inference/limits.
      ...(target.requestsPerMinute !== null && {
        maxTaskQueueActivitiesPerSecond: target.requestsPerMinute / 60,
      }),
    })),
  ];
  return [pipeline, ...(await Promise.all(others.map(create)))];
}
