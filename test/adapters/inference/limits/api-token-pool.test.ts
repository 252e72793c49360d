import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createApiTokenPool,
  markOf,
  type ApiTokenPool,
} from '../../../../adapters/inference/limits/api-token-pool.ts';
import { VERDICT_KINDS } from '../../../../workflows/contracts/verdicts.ts';

function poolAt() {
  const clock = { ms: 1_800_000_000_000 };
  return { pool: createApiTokenPool({ now: () => new Date(clock.ms) }), clock };
}

function take(pool: ApiTokenPool, tokens: readonly string[]): string | null {
  const taken = pool.take(tokens);
  return taken.outcome === 'token' ? taken.token : `none: ${taken.kind} ${taken.waitMs}`;
}

test('gives the token that rested longest, in the order of the list at first', () => {
  const { pool } = poolAt();
  const tokens = ['a', 'b', 'c'];
  expect([1, 2, 3, 4].map(() => take(pool, tokens))).toEqual(['a', 'b', 'c', 'a']);
  expect(take(pool, ['a', 'c', 'new'])).toBe('new');
  expect(take(pool, tokens)).toBe('b');
});

test('gives queued work the token that handed it in, unless that one was refused or is out of credit', () => {
  const { pool } = poolAt();
  const tokens = ['a', 'b'];
  const own = () => pool.take(tokens, markOf('a'));
  const [a, b] = tokens.map((token) => ({ outcome: 'token', token }));
  expect([own(), own()]).toEqual([a, a]);
  pool.report('a', 'rate_limited', 60_000);
  expect(own()).toEqual(a);
  for (const refusal of ['auth', 'billing'] as const) {
    pool.report('a', refusal, null);
    expect(own()).toEqual(b);
  }
  expect(pool.take(['b'], markOf('a'))).toEqual(b);
});

test('gives none, as a success, where none is configured', () => {
  const { pool } = poolAt();
  expect(pool.take([])).toEqual({ outcome: 'token', token: null });
  pool.report(null, 'auth', null);
  expect(pool.take([])).toEqual({ outcome: 'token', token: null });
  expect(pool.othersReady([], null)).toBe(false);
});

test.each([
  ['auth', null, 15 * 60_000],
  ['auth', 1000, 15 * 60_000],
  ['billing', null, 10 * 60_000],
  ['rate_limited', null, 30_000],
  ['rate_limited', 0, 30_000],
  ['rate_limited', 12_000, 12_000],
  ['rate_limited', 3_600_000, 300_000],
] as const)('leaves a token alone after %s, asked to wait %s ms, for %i ms', (kind, waitMs, ms) => {
  const { pool, clock } = poolAt();
  pool.report('a', kind, waitMs);
  expect(take(pool, ['a', 'b'])).toBe('b');
  clock.ms += ms - 1;
  expect(take(pool, ['a', 'b'])).toBe('b');
  clock.ms += 1;
  expect(take(pool, ['a', 'b'])).toBe('a');
});

test('names the most hopeful reason, and the time of the first token that comes back', () => {
  const { pool, clock } = poolAt();
  const tokens = ['refused', 'poor', 'fast'];
  pool.report('refused', 'auth', null);
  clock.ms += 14 * 60_000;
  pool.report('poor', 'billing', null);
  expect(take(pool, ['refused', 'poor'])).toBe('none: billing 60000');
  pool.report('fast', 'rate_limited', 200_000);
  expect(take(pool, tokens)).toBe('none: rate_limited 60000');
  expect(take(pool, ['refused', 'expired'])).toBe('expired');
  pool.report('expired', 'auth', null);
  expect(take(pool, ['refused', 'expired'])).toMatch(/^none: auth /);
});

test('gives a lone token whatever was said of it: its next answer says best what is to be done', () => {
  const { pool } = poolAt();
  for (const kind of ['rate_limited', 'auth', 'billing'] as const) {
    pool.report('a', kind, 60_000);
    expect(take(pool, ['a'])).toBe('a');
  }
  expect(take(pool, ['a', 'b'])).toBe('b');
});

test('gives a token again that was answered', () => {
  const { pool } = poolAt();
  pool.report('a', 'billing', null);
  pool.report('a', 'answered', null);
  expect(take(pool, ['a'])).toBe('a');
});

test('holds nothing against a token that is not about the token', () => {
  const others = VERDICT_KINDS.filter(
    (kind) => kind !== 'auth' && kind !== 'billing' && kind !== 'rate_limited',
  );
  for (const kind of others) {
    const { pool } = poolAt();
    pool.report('a', kind, 60_000);
    expect(take(pool, ['a'])).toBe('a');
    expect(pool.othersReady(['a', 'b'], 'b')).toBe(true);
  }
});

test('says whether another token would be given now', () => {
  const { pool } = poolAt();
  expect(pool.othersReady(['a'], 'a')).toBe(false);
  expect(pool.othersReady(['a', 'b'], 'a')).toBe(true);
  pool.report('b', 'rate_limited', null);
  expect(pool.othersReady(['a', 'b'], 'a')).toBe(false);
});

test('forgets the token that was used longest ago when there are a thousand', () => {
  const { pool } = poolAt();
  pool.report('first', 'auth', null);
  for (let n = 0; n < 999; n += 1) pool.report(`token-${n}`, 'auth', null);
  expect(take(pool, ['first', 'token-998'])).toMatch(/^none/);
  pool.report('one more', 'auth', null);
  expect(take(pool, ['first', 'token-998'])).toBe('first');
});

const step = fc.record({
  token: fc.constantFrom('a', 'b', 'c'),
  outcome: fc.constantFrom(...VERDICT_KINDS, 'answered' as const),
  waitMs: fc.option(fc.double({ min: -10, max: 1e9, noNaN: true })),
  passes: fc.nat(400_000),
});

test('never keeps all tokens back for more than a quarter of an hour, and never gives one that was refused', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { pool, clock } = poolAt();
      const tokens = ['a', 'b', 'c'];
      const broken = new Set<string>();
      for (const { token, outcome, waitMs, passes } of steps) {
        pool.report(token, outcome, waitMs);
        const taken = pool.take(tokens);
        if (taken.outcome === 'none') {
          if (!(taken.waitMs > 0 && taken.waitMs <= 15 * 60_000)) broken.add('the wait');
          clock.ms += Math.ceil(taken.waitMs);
          if (pool.take(tokens).outcome === 'none') broken.add('none after the wait');
        } else if (taken.token === token && (outcome === 'auth' || outcome === 'billing')) {
          broken.add('given though refused');
        }
        clock.ms += passes;
      }
      expect([...broken]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
