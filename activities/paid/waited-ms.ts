import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../with-heartbeat.ts';

/**
 * How long a target has let this activity wait since it first refused it, in milliseconds: the pauses before the tries,
 * and the tries. Time in a queue of ours does not count, because it is not the target's fault. No clock is read
 * that another process reads too.
 */
export function waitedMs({ memory, ranMs, queuedMs }: Attempt): number {
  const earlier = memory().waitedMs;
  return earlier === null ? 0 : earlier + ranMs() - queuedMs();
}

/** Remembers the wait for the next attempt, with the pause before it. Call it with the failure that ends this attempt. */
export function rememberWait(attempt: Attempt, failure: unknown): void {
  if (!(failure instanceof ApplicationFailure) || failure.nonRetryable === true) return;
  const { nextRetryDelay } = failure;
  const pauseMs = typeof nextRetryDelay === 'number' ? nextRetryDelay : policyPauseMs();
  attempt.remember({ waitedMs: waitedMs(attempt) + pauseMs });
}

/** The pause that Temporal makes after this attempt. */
function policyPauseMs(): number {
  const { attempt, retryPolicy } = Context.current().info;
  const { initialInterval, backoffCoefficient = 2, maximumInterval } = retryPolicy ?? {};
  const first = typeof initialInterval === 'number' ? initialInterval : 1_000;
  const longest = typeof maximumInterval === 'number' ? maximumInterval : 100 * first;
  return Math.min(first * backoffCoefficient ** (attempt - 1), longest);
}
