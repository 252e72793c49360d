import { Context } from '@temporalio/activity';
import { z } from 'zod';

/** Ends a call before Temporal's own timeout, so that the workflow gets a typed failure. */
const MARGIN_MS = 15_000;

export interface Attempt {
  /** Fires on cancellation. */
  readonly signal: AbortSignal;
  /** How long an HTTP call that starts now may take: until 15 s before Temporal's timeout, and at least 1 s. */
  readonly leftMs: () => number;
  /** When the first attempt of this activity began to run, not counting its time in the queue. */
  readonly firstAttemptAt: Date;
}

/**
 * Heartbeats until it is disposed of. Without heartbeats Temporal notices a worker's death only at the timeout, and
 * the activity never learns of a cancellation. The time of the first attempt travels with them to later attempts.
 */
export function startHeartbeat(): Attempt & Disposable {
  const context = Context.current();
  const { attempt, heartbeatDetails, heartbeatTimeoutMs, startToCloseTimeoutMs } = context.info;
  const { firstAttemptMs } = detailsSchema.parse(attempt === 1 ? null : heartbeatDetails);
  const end = performance.now() + startToCloseTimeoutMs - MARGIN_MS;
  const beat = () => context.heartbeat({ firstAttemptMs });
  beat();
  const interval = setInterval(beat, (heartbeatTimeoutMs ?? 60_000) / 3);
  return {
    signal: context.cancellationSignal,
    leftMs: () => Math.max(1_000, end - performance.now()),
    firstAttemptAt: new Date(firstAttemptMs),
    [Symbol.dispose]: () => clearInterval(interval),
  };
}

/** Heartbeats while `work` runs. */
export async function withHeartbeat<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
  using heartbeat = startHeartbeat();
  return await work(heartbeat);
}

/** Now in the first attempt, and if that died before its first heartbeat arrived. */
const detailsSchema = z
  .object({ firstAttemptMs: z.number().positive() })
  .catch(() => ({ firstAttemptMs: Date.now() }));
