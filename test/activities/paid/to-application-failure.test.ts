import { type ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { toApplicationFailure } from '../../../activities/paid/to-application-failure.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { CallInFlightError } from '../../../adapters/paid-call/execute-paid-call.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { RetryDecision } from '../../../activities/paid/decide-retry.ts';

function failureOf(
  kind: VerdictKind,
  {
    decision = 'retry',
    waitMs = null,
    random = 0,
  }: {
    decision?: RetryDecision;
    waitMs?: number | null;
    random?: number;
  } = {},
): ApplicationFailure {
  const error = new InferenceError('whisper answered 503', {
    kind,
    target: 'whisper',
    status: 503,
    requestId: 'r-1',
    waitMs,
    charge: 'refused',
  });
  return toApplicationFailure(error, decision, {
    attempt: 1,
    random: () => random,
  }) as ApplicationFailure;
}

describe('a verdict becomes a failure', () => {
  test.each<[VerdictKind, RetryDecision, string, boolean]>([
    ['transient', 'retry', 'Transient', false],
    ['provider_bug', 'retry', 'BadReply', false],
    ['rate_limited', 'retry', 'RateLimited', false],
    ['loading', 'retry', 'ModelLoading', false],
    ['transient', 'exhausted', 'TargetExhausted', true],
    ['rate_limited', 'exhausted', 'TargetExhausted', true],
    ['not_served', 'final', 'ModelNotFound', true],
    ['auth', 'final', 'Unauthorized', true],
    ['billing', 'final', 'OutOfCredit', true],
    ['too_large', 'final', 'TooLarge', true],
    ['input', 'final', 'BadRequest', true],
    ['input', 'never_answered', 'TargetExhausted', true],
  ])('%s, decided %s: %s', (kind, decision, type, nonRetryable) => {
    const failure = failureOf(kind, { decision });
    expect(failure).toMatchObject({ type, nonRetryable });
    expect(failure.details).toEqual([{ kind, target: 'whisper', status: 503, requestId: 'r-1' }]);
  });

  test('rate limits and loading models are expected, and raise no error metric', () => {
    expect(failureOf('rate_limited').category).toBe(ApplicationFailureCategory.BENIGN);
    expect(failureOf('loading').category).toBe(ApplicationFailureCategory.BENIGN);
    expect(failureOf('transient').category).not.toBe(ApplicationFailureCategory.BENIGN);
  });
});

describe('the delay that a server asked for', () => {
  test('is kept, and stretched by a fifth at most', () => {
    expect(failureOf('rate_limited', { waitMs: 10_000, random: 0 }).nextRetryDelay).toBe(10_000);
    expect(failureOf('rate_limited', { waitMs: 10_000, random: 1 }).nextRetryDelay).toBe(12_000);
  });

  test('is never longer than 300 s', () => {
    const { nextRetryDelay } = failureOf('loading', { waitMs: 300_000, random: 1 });
    expect(nextRetryDelay).toBe(300_000);
  });

  test("is the policy's backoff where nothing was asked", () => {
    expect(failureOf('transient').nextRetryDelay).toBeUndefined();
  });

  test('means nothing once the target is given up', () => {
    const failure = failureOf('rate_limited', { decision: 'exhausted', waitMs: 10_000 });
    expect(failure.nextRetryDelay).toBeUndefined();
  });
});

describe('a call that somebody else makes', () => {
  const after = (attempt: number, leaseMs: number) =>
    (
      toApplicationFailure(new CallInFlightError(leaseMs), 'retry', {
        attempt,
        random: () => 0,
      }) as ApplicationFailure
    ).nextRetryDelay;

  test('is asked after in growing steps, at most until its lease ends', () => {
    expect([1, 2, 3].map((attempt) => after(attempt, 30_000))).toEqual([2_000, 4_000, 6_000]);
    expect(after(50, 30_000)).toBe(30_000);
  });

  test('is not asked after in a hot loop', () => {
    expect(after(1, 0)).toBe(1_000);
  });
});

test.each([new RangeError('there is no section 7'), new TypeError('x is not a function')])(
  '%s is ours, and is not tried for seven days',
  (error) => {
    expect(toApplicationFailure(error, 'final', { attempt: 1, random: () => 0 })).toMatchObject({
      nonRetryable: true,
      message: error.message,
    });
  },
);

test('errors that nobody classified pass through untouched', () => {
  const error = new Error('ECONNRESET');
  expect(toApplicationFailure(error, 'final', { attempt: 1, random: () => 0 })).toBe(error);
});
