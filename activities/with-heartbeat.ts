import { Context, type Info } from '@temporalio/activity';
import { z } from 'zod';

/** So that a typed failure of ours comes before Temporal's own timeout. */
const MARGIN_MS = 15_000;

export interface Attempt {
  /** Fires on cancellation. */
  readonly signal: AbortSignal;
  /** What an HTTP call may take. */
  readonly deadlineMs: number;
  /** When the first attempt of this activity began to run, whatever time it had spent in the queue before. */
  readonly firstAttemptAt: Date;
}

/**
 * Heartbeats while `work` runs: without them a worker's death goes unseen until the timeout, and a cancellation is
 * never heard. What is to be known of the first attempt travels with them to the next ones.
 */
export async function withHeartbeat<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const { heartbeatTimeoutMs, startToCloseTimeoutMs } = context.info;
  const firstAttemptMs = firstAttemptOf(context.info) ?? Date.now();
  const beat = () => context.heartbeat({ firstAttemptMs });
  beat();
  const interval = setInterval(beat, (heartbeatTimeoutMs ?? 60_000) / 3);
  try {
    return await work({
      signal: context.cancellationSignal,
      deadlineMs: Math.max(1_000, startToCloseTimeoutMs - MARGIN_MS),
      firstAttemptAt: new Date(firstAttemptMs),
    });
  } finally {
    clearInterval(interval);
  }
}

/** Null in the first attempt, and where it died before its first heartbeat arrived. */
function firstAttemptOf({ heartbeatDetails, attempt }: Info): number | null {
  if (attempt === 1) return null;
  const said = detailsSchema.safeParse(heartbeatDetails);
  return said.success ? said.data.firstAttemptMs : null;
}

const detailsSchema = z.object({ firstAttemptMs: z.number().positive() });
