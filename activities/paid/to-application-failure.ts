import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import {
  ObjectMalformedError,
  ObjectNotFoundError,
} from '../../adapters/object-store/object-store.ts';
import { CallInFlightError } from '../../adapters/paid-call/execute-paid-call.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { Judgement } from './exhaustion.ts';

/** One row a verdict: the failure's type, and whether the trouble was to be expected (no error metric, no alarm). */
const RULES = {
  transient: { type: FAILURES.Transient, expected: false },
  provider_bug: { type: FAILURES.BadReply, expected: false },
  rate_limited: { type: FAILURES.RateLimited, expected: true },
  loading: { type: FAILURES.ModelLoading, expected: true },
  closed: { type: FAILURES.TargetClosed, expected: true },
  not_served: { type: FAILURES.ModelNotFound, expected: false },
  auth: { type: FAILURES.Unauthorized, expected: false },
  billing: { type: FAILURES.OutOfCredit, expected: false },
  too_large: { type: FAILURES.TooLarge, expected: false },
  input: { type: FAILURES.BadRequest, expected: false },
} as const satisfies Record<VerdictKind, { type: string; expected: boolean }>;

/** Somebody else's call is asked after in 2 s, 4 s, 6 s, … and at the latest when its lease is over. */
const CALL_IN_FLIGHT_STEP_MS = 2_000;

/** No server may park an activity for longer. */
const MAX_WAIT_MS = 300_000;

/**
 * The one place where an error becomes a Temporal failure. Cancellation and errors that nobody classified pass
 * through: Temporal retries the latter within its policy.
 */
export function toApplicationFailure(
  error: unknown,
  judgement: Judgement,
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
  // The store is consistent: what is gone stays gone, and seven days of asking would not bring it back.
  if (error instanceof ObjectNotFoundError) {
    return ApplicationFailure.nonRetryable(error.message, FAILURES.MissingObject);
  }
  // Ours, or a stored object that is not what we wrote: the next try would meet the same.
  if (
    error instanceof ObjectMalformedError ||
    error instanceof RangeError ||
    error instanceof TypeError
  ) {
    return ApplicationFailure.nonRetryable(error.message, error.name);
  }
  if (!(error instanceof InferenceError)) return error;

  const rule = RULES[error.kind];
  const retry = judgement === 'retry';
  const type = typeOf(error, judgement);
  return ApplicationFailure.create({
    type,
    message: error.message,
    nonRetryable: !retry,
    details: [
      {
        kind: error.kind,
        target: error.target,
        status: error.status,
        requestId: error.requestId,
      },
    ],
    // "At once" is no delay: an explicit zero would ask again without a pause, for as long as patience lasts.
    ...(retry &&
      (error.waitMs ?? 0) > 0 && { nextRetryDelay: jittered(error.waitMs ?? 0, random) }),
    ...(rule.expected && { category: ApplicationFailureCategory.BENIGN }),
  });
}

function typeOf({ kind, credentialsLeft }: InferenceError, judgement: Judgement): string {
  if (judgement === 'exhausted') return FAILURES.TargetExhausted;
  if (judgement === 'item_exhausted') return FAILURES.ItemExhausted;
  if (judgement === 'asleep') return FAILURES.EndpointAsleep;
  return judgement === 'retry' && credentialsLeft ? FAILURES.NextToken : RULES[kind].type;
}

/** 1 to 1.2 times what was asked, so that siblings do not come back together. */
function jittered(waitMs: number, random: () => number): number {
  return Math.min(Math.round(waitMs * (1 + random() / 5)), MAX_WAIT_MS);
}
