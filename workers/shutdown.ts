import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory, Worker } from '@temporalio/worker';

/**
 * Runs the workers until SIGTERM or SIGINT, upon which the SDK stops polling and lets running activities end. Throws
 * when one fails, or has activities that do not end; the others are stopped first, so that connections can be closed.
 */
export async function runUntilStopped(workers: readonly Worker[]): Promise<void> {
  const stopOthers = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(stopOthers)));
  const queues = ends.flatMap(({ status }, index) =>
    status === 'rejected' ? (workers[index]?.options.taskQueue ?? []) : [],
  );
  if (queues.length === 0) return;
  throw new Error(
    `the worker of ${queues.join(', ')} failed or did not end in time; Temporal retries what it was doing`,
    { cause: ends.find((end) => end.status === 'rejected')?.reason },
  );
}

/**
 * Aborts at the second SIGTERM or SIGINT. Those within a second of the first are the same one: npm forwards what the
 * terminal has already sent. A third one ends the process at once.
 */
export function secondSignal(): AbortSignal {
  const forced = new AbortController();
  const names = ['SIGTERM', 'SIGINT'] as const;
  let isArmed: boolean | null = null;
  const hear = () => {
    if (isArmed === null) {
      isArmed = false;
      void sleep(SAME_SIGNAL_MS, undefined, { ref: false }).then(() => (isArmed = true));
    } else if (isArmed) {
      for (const name of names) process.off(name, hear);
      forced.abort(ApplicationFailure.retryable('the worker was told to end', 'WorkerShutdown'));
    }
  };
  for (const name of names) process.on(name, hear);
  return forced.signal;
}

const SAME_SIGNAL_MS = 1_000;

/**
 * `forced` cancels running activities. Whatever a cancelled attempt throws becomes its cancellation: on shutdown
 * Temporal then retries it, even if the failure thrown in reaction would be final.
 */
export const cancelledBy =
  (forced: AbortSignal): ActivityInterceptorsFactory =>
  (context) => {
    const signal = AbortSignal.any([context.cancellationSignal, forced]);
    Object.assign(context, { cancellationSignal: signal });
    return {
      inbound: {
        execute: async (input, next) => {
          try {
            return await next(input);
          } catch (error) {
            throw signal.aborted ? signal.reason : error;
          }
        },
      },
    };
  };
