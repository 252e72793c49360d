import { Context, type Info } from '@temporalio/activity';
import { z } from 'zod';

/** Lets our own typed failure come before Temporal's timeout. */
const MARGIN_MS = 15_000;

export interface Attempt {
  /** Fires on cancellation. */
  readonly signal: AbortSignal;
  /** Longest duration of an HTTP call. */
  readonly deadlineMs: number;
  /** When the first attempt of this activity started to run; its time in the queue does not count. */
  readonly firstAttemptAt: Date;
}

/**
 * Sends heartbeats while `work` runs. Without them the death of a worker is noticed only at the timeout, and a
 * cancellation never arrives. They also carry the start of the first attempt to the next ones.
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

/** Null in the first attempt, and if that one died before its first heartbeat arrived. */
function firstAttemptOf({ heartbeatDetails, attempt }: Info): number | null {
  if (attempt === 1) return null;
  const details = detailsSchema.safeParse(heartbeatDetails);
  return details.success ? details.data.firstAttemptMs : null;
}

const detailsSchema = z.object({ firstAttemptMs: z.number().positive() });
