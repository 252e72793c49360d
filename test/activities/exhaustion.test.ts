import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judge,
  LAST_PATIENCE_MS,
  PATIENCE_MS,
  PROVIDER_BUG_TRIES,
  TRANSIENT_TRIES,
} from '../../activities/exhaustion.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../workflows/contracts/verdicts.ts';

const after = (kind: VerdictKind, tries: number, waitedMs = 0, last = false) =>
  judge({ kind, verdicts: Array.from({ length: tries }, () => kind), waitedMs, last });

describe('a target is given up', () => {
  test('after six failures in transit', () => {
    expect(after('transient', TRANSIENT_TRIES - 1)).toBe('retry');
    expect(after('transient', TRANSIENT_TRIES)).toBe('exhausted');
  });

  test('after three answers of the wrong shape', () => {
    expect(after('provider_bug', PROVIDER_BUG_TRIES - 1)).toBe('retry');
    expect(after('provider_bug', PROVIDER_BUG_TRIES)).toBe('exhausted');
  });

  test.each(['rate_limited', 'loading'] as const)(
    'after five minutes of %s where another target follows',
    (kind) => {
      expect(after(kind, 50, PATIENCE_MS - 1)).toBe('retry');
      expect(after(kind, 50, PATIENCE_MS)).toBe('exhausted');
    },
  );

  test.each(['rate_limited', 'loading'] as const)(
    'after six hours of %s where it is the last',
    (kind) => {
      expect(after(kind, 500, LAST_PATIENCE_MS - 1, true)).toBe('retry');
      expect(after(kind, 500, LAST_PATIENCE_MS, true)).toBe('exhausted');
    },
  );
});

test.each(['not_served', 'auth', 'billing', 'too_large', 'input'] as const)(
  '%s is final at the first try',
  (kind) => {
    expect(after(kind, 1)).toBe('final');
  },
);

test('failures in transit do not use up the patience for other verdicts', () => {
  const verdicts: VerdictKind[] = ['transient', 'transient', 'provider_bug', 'provider_bug'];
  expect(judge({ kind: 'provider_bug', verdicts, waitedMs: 0, last: false })).toBe('retry');
});

test('every verdict has its rule, and more tries never lead back to a retry', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VERDICT_KINDS),
      fc.nat(20),
      fc.nat(20),
      fc.nat(LAST_PATIENCE_MS * 2),
      fc.boolean(),
      (kind, tries, more, waitedMs, last) =>
        after(kind, tries, waitedMs, last) === 'retry' ||
        after(kind, tries + more, waitedMs, last) !== 'retry',
    ),
  );
});
