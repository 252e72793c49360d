import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRetry, type FailedTry } from '../../../activities/paid/decide-retry.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../../workflows/contracts/verdicts.ts';

const patience = { nextTargetMs: 300_000, lastTargetMs: 21_600_000, probeMs: 1_800_000 };

const after = (kind: VerdictKind, tries: number, about: Partial<FailedTry> = {}) =>
  decideRetry(
    {
      kind,
      verdicts: Array.from({ length: tries }, () => kind),
      waitedMs: 0,
      last: false,
      answersOthers: false,
      onlyRefuses: false,
      closings: 0,
      credentialsLeft: false,
      managed: false,
      ...about,
    },
    patience,
  );

describe('a target is given up', () => {
  test('after six failures in transit, where another one follows', () => {
    expect(after('transient', 5)).toBe('retry');
    expect(after('transient', 6)).toBe('exhausted');
  });

  test('after three answers of the wrong shape', () => {
    expect(after('provider_bug', 2)).toBe('retry');
    expect(after('provider_bug', 3)).toBe('exhausted');
  });

  test.each(['rate_limited', 'loading', 'closed'] as const)(
    'after the patience configured for %s where another target follows',
    (kind) => {
      expect(after(kind, 50, { waitedMs: patience.nextTargetMs - 1 })).toBe('retry');
      expect(after(kind, 50, { waitedMs: patience.nextTargetMs })).toBe('exhausted');
    },
  );

  test.each(['rate_limited', 'loading', 'closed'] as const)(
    'after that for the last target where %s is the last',
    (kind) => {
      const last = true;
      expect(after(kind, 500, { waitedMs: patience.lastTargetMs - 1, last })).toBe('retry');
      expect(after(kind, 500, { waitedMs: patience.lastTargetMs, last })).toBe('exhausted');
    },
  );

  test('after its gate has closed four times in a row, which takes as long as six tries', () => {
    expect(after('closed', 0, { closings: 3 })).toBe('retry');
    expect(after('closed', 0, { closings: 4 })).toBe('exhausted');
    expect(after('closed', 0, { closings: 50, last: true })).toBe('retry');
    // By the probe that found it so, too.
    expect(after('transient', 1, { closings: 4 })).toBe('exhausted');
    expect(after('transient', 1, { closings: 50, last: true })).toBe('retry');
  });
});

describe('the last target', () => {
  test('waits out an outage, however many tries it takes', () => {
    expect(after('transient', 500, { last: true })).toBe('retry');
    const waitedMs = patience.lastTargetMs;
    expect(after('transient', 500, { last: true, waitedMs })).toBe('exhausted');
  });
});

test.each([
  ['transient', 6],
  ['provider_bug', 3],
] as const)(
  'a target that answers others is not given up by %s: only the item is',
  (kind, tries) => {
    for (const last of [false, true]) {
      expect(after(kind, tries - 1, { last, answersOthers: true })).toBe('retry');
      expect(after(kind, tries, { last, answersOthers: true })).toBe('item_exhausted');
    }
  },
);

test.each(['not_served', 'auth', 'billing', 'too_large', 'input'] as const)(
  '%s is final at the first try',
  (kind) => {
    expect(after(kind, 1)).toBe('final');
  },
);

test('a target that never answered anything is given up by the first item that it refuses, if another follows', () => {
  expect(after('input', 1, { onlyRefuses: true })).toBe('never_answered');
  expect(after('input', 1, { onlyRefuses: true, last: true })).toBe('final');
  expect(after('too_large', 1, { onlyRefuses: true })).toBe('final');
});

test.each(['auth', 'billing'] as const)(
  '%s is tried with the next token while there is one',
  (kind) => {
    expect(after(kind, 1, { credentialsLeft: true })).toBe('retry');
  },
);

test('an endpoint that can be woken is woken, and not asked until it is awake', () => {
  expect(after('loading', 1, { managed: true })).toBe('asleep');
  expect(after('transient', 1, { managed: true })).toBe('retry');
});

test('failures in transit do not use up the patience for other verdicts', () => {
  const verdicts: VerdictKind[] = ['transient', 'transient', 'provider_bug', 'provider_bug'];
  expect(after('provider_bug', 0, { verdicts })).toBe('retry');
});

test('every verdict has its rule, and more tries never lead back to a retry', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VERDICT_KINDS),
      fc.nat(20),
      fc.nat(20),
      fc.nat(patience.lastTargetMs * 2),
      fc.boolean(),
      (kind, tries, more, waitedMs, last) => {
        const about = { waitedMs, last };
        return (
          after(kind, tries, about) === 'retry' || after(kind, tries + more, about) !== 'retry'
        );
      },
    ),
  );
});
