import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { CONSEQUENCES } from '../../adapters/inference/verdicts/consequences.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import {
  ObjectMalformedError,
  ObjectNotFoundError,
} from '../../adapters/object-store/object-store-errors.ts';
import { CallInFlightError } from '../../adapters/paid-call/execute-paid-call.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { RetryDecision } from './decide-retry.ts';

/** A call that another worker makes is retried after 2 s, 4 s, 6 s, …, and at the latest when its lease ends. */
const CALL_IN_FLIGHT_STEP_MS = 2_000;

/** The longest wait that a server may impose. */
const MAX_WAIT_MS = 300_000;

/**
 * The only place where an error becomes a Temporal failure. Cancellations and unclassified errors pass through
 * unchanged; Temporal retries the latter within its policy.
 */
export function toApplicationFailure(
  error: unknown,
  decision: RetryDecision,
  { attempt, random }: { attempt: number; random: () => number },
): unknown {
  if (error instanceof CallInFlightError) {
    return ApplicationFailure.create({
      type: FAILURES.CallInFlight,
      message: error.message,
      nextRetryDelay: Math.max(1_000, Math.min(error.leaseMs, attempt * CALL_IN_FLIGHT_STEP_MS)),
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  // The store is consistent, so a missing object stays missing: do not retry for weeks.
  if (error instanceof ObjectNotFoundError) {
    return ApplicationFailure.nonRetryable(error.message, FAILURES.MissingObject);
  }
  // A bug of ours, or a stored object that we did not write: the next try would fail in the same way.
  if (
    error instanceof ObjectMalformedError ||
    error instanceof RangeError ||
    error instanceof TypeError
  ) {
    return ApplicationFailure.nonRetryable(error.message, error.name);
  }
  if (!(error instanceof InferenceError)) return error;

  const { kind, target, status, requestId, waitMs } = error;
  const retry = decision === 'retry';
  return ApplicationFailure.create({
    type: typeOf(error, decision),
    message: decision === 'never_answered' ? `${error.message} ${NEVER_ANSWERED}` : error.message,
    nonRetryable: !retry,
    details: [{ kind, target, status, requestId }],
    // Leave a delay of 0 out: Temporal would retry without a pause for as long as the patience lasts.
    ...(retry && waitMs !== null && waitMs > 0 && { nextRetryDelay: jittered(waitMs, random) }),
    ...(CONSEQUENCES[kind].retry.until === 'patience' && {
      category: ApplicationFailureCategory.BENIGN,
    }),
  });
}

const NEVER_ANSWERED =
  'It has never answered a call, so it is given up: check its model, url and parameters.';

function typeOf({ kind, credentialsLeft }: InferenceError, decision: RetryDecision): string {
  if (decision === 'exhausted' || decision === 'never_answered') return FAILURES.TargetExhausted;
  if (decision === 'item_exhausted') return FAILURES.ItemExhausted;
  if (decision === 'asleep') return FAILURES.EndpointAsleep;
  return decision === 'retry' && credentialsLeft ? FAILURES.NextToken : CONSEQUENCES[kind].failure;
}

/** 1 to 1.2 times the wait, so that parallel calls do not retry at the same moment. */
function jittered(waitMs: number, random: () => number): number {
  return Math.min(Math.round(waitMs * (1 + random() / 5)), MAX_WAIT_MS);
}
