import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import fc from 'fast-check';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FAILURES, type FailureType } from '../../workflows/contracts/failures.ts';
import type { RecordedTarget } from '../../workflows/contracts/targets.ts';
import { Chain, type ChainOptions } from '../../workflows/chain.ts';
import type { TargetFailure } from '../../workflows/contracts/targets.ts';
import { recordedTarget } from './recorded-target.ts';

const target = (name: string, credentials = name) => recordedTarget(name, { credentials });

const activityFailure = (cause: Error) =>
  new ActivityFailure('activity failed', 'any', '1', RetryState.NON_RETRYABLE_FAILURE, '', cause);

const failing = (type: FailureType, message: string = type) =>
  activityFailure(ApplicationFailure.nonRetryable(message, type));

/** A chain whose targets fail as given, with a record of the targets asked and of the reports. */
function observed(
  targets: readonly RecordedTarget[],
  failures: Record<string, Error> = {},
  wakings: Record<string, Error> = {},
  options: Partial<ChainOptions> = {},
) {
  const asked: string[] = [];
  const fallbacks: string[] = [];
  const lasts: Record<string, boolean> = {};
  const woken: string[] = [];
  const strays: string[] = [];
  const chain = new Chain(targets, {
    onStray: (failure, to) => strays.push(`${failure.target} ${failure.type} -> ${to.name}`),
    onFallback: (failure: TargetFailure, to) =>
      fallbacks.push(`${failure.target} ${failure.type} -> ${to.name}`),
    wake: async ({ name }) => {
      woken.push(name);
      await Promise.resolve();
      const failure = wakings[name];
      if (failure !== undefined) throw failure;
      delete failures[name];
    },
    patched: () => true,
    ...options,
  });
  /** Runs an item; `ask` gives the name of the target whose answer counts. */
  const run = async (ask: (target: string, last: boolean) => Promise<string>) => {
    const outcome = await chain.run(async ({ name }, last) => ({
      target: await ask(name, last),
      reused: false,
    }));
    return outcome.ok ? { ok: true, value: outcome.value.target } : outcome;
  };
  const item = (own: Record<string, Error> = {}) =>
    run(async (name, last) => {
      asked.push(name);
      lasts[name] = last;
      await Promise.resolve(); // all items of a stage are in flight at the same time
      const failure = own[name] ?? failures[name];
      if (failure !== undefined) throw failure;
      return name;
    });
  return { chain, run, item, asked, fallbacks, strays, failures, lasts, woken };
}

const [a, b, c] = [target('a'), target('b'), target('c')];
const THIRTY_MINUTES_MS = 30 * 60_000;

describe('an item that fails at a target which answers other items', () => {
  const itemExhausted = failing(FAILURES.ItemExhausted);

  test('goes to the next target by itself: other items stay, and no fallback is reported', async () => {
    const { item, asked, fallbacks } = observed([a, b]);
    expect(await item({ a: itemExhausted })).toEqual({ ok: true, value: 'b' });
    expect(await item()).toEqual({ ok: true, value: 'a' });
    expect(asked).toEqual(['a', 'b', 'a']);
    expect(fallbacks).toEqual([]);
  });

  test('ends with its own failure when no target follows, and the chain continues', async () => {
    const { chain, item } = observed([a]);
    expect(await item({ a: itemExhausted })).toMatchObject({
      ok: false,
      failure: { type: 'ItemExhausted', target: 'a' },
    });
    expect(chain.end).toBeNull();
    expect(await item()).toEqual({ ok: true, value: 'a' });
  });
});

describe('an item that went past the current target by itself', () => {
  const itemExhausted = failing(FAILURES.ItemExhausted);
  const strays = [FAILURES.ItemExhausted, FAILURES.TooLarge] as const;

  test.each(strays)('by %s ends with that failure, whatever later targets answer', async (type) => {
    const own = { a: failing(type, 'a and this item') };
    for (const dead of [FAILURES.Unauthorized, FAILURES.OutOfCredit, FAILURES.TargetExhausted]) {
      const { chain, item } = observed([a, b], { b: failing(dead) });
      expect(await item(own)).toEqual({
        ok: false,
        failure: { type, target: 'a', message: 'a and this item' },
      });
      expect(chain.end).toBeNull();
    }
  });

  test.each(strays)(
    'by %s and was answered elsewhere is reported with the target that answered',
    async (type) => {
      const seen = observed([a, b, c], { b: failing(FAILURES.ModelNotFound) });
      expect(await seen.item({ a: failing(type) })).toEqual({ ok: true, value: 'c' });
      expect(seen.strays).toEqual([`a ${type} -> c`]);
      expect(await seen.item()).toEqual({ ok: true, value: 'a' });
      expect(seen.strays).toHaveLength(1);
    },
  );

  test('keeps TooLarge over other failures: a section can be halved', async () => {
    const [large, exhausted] = [failing(FAILURES.TooLarge), failing(FAILURES.ItemExhausted)];
    for (const own of [
      { a: large, b: exhausted },
      { a: exhausted, b: large },
      { a: large, b: failing(FAILURES.BadRequest) },
    ]) {
      const { item } = observed([a, b]);
      expect(await item(own)).toMatchObject({ ok: false, failure: { type: 'TooLarge' } });
    }
  });

  test('neither moves nor ends the chain when the other items follow it later', async () => {
    const { chain, item, failures } = observed([a, b], {});
    const bFails = failing(FAILURES.TargetExhausted, 'b was asked for minutes');
    const strayed = item({ a: itemExhausted, b: bFails });
    failures['a'] = failing(FAILURES.ModelNotFound);
    expect(await item()).toEqual({ ok: true, value: 'b' });
    expect(await strayed).toMatchObject({ ok: false, failure: { type: 'ItemExhausted' } });
    expect(chain.end).toBeNull();
    expect(await item()).toEqual({ ok: true, value: 'b' });
  });

  test.each(strays)('by %s never counts a later target as the last', async (type) => {
    const { item, lasts } = observed([a, b]);
    await item({ a: failing(type) });
    expect(lasts).toEqual({ a: false, b: false });
  });
});

describe('an endpoint that is asleep', () => {
  const asleep = failing(FAILURES.EndpointAsleep);

  test('is woken once for all items that need it, then retried, and no fallback is reported', async () => {
    const { item, asked, fallbacks, woken } = observed([a, b], { a: asleep });
    const outcomes = await Promise.all([item(), item(), item()]);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ ok: true, value: 'a' })));
    expect(woken).toEqual(['a']);
    expect(asked).toEqual(['a', 'a', 'a', 'a', 'a', 'a']);
    expect(fallbacks).toEqual([]);
  });

  test('that cannot be woken is given up with the failure of the waking', async () => {
    const paused = failing(FAILURES.ModelNotFound);
    const { item, fallbacks } = observed([a, b], { a: asleep }, { a: paused });
    expect(await item()).toEqual({ ok: true, value: 'b' });
    expect(fallbacks).toEqual(['a ModelNotFound -> b']);
  });

  test('that falls asleep during every call is given up after three wakings', async () => {
    const { item, woken, fallbacks } = observed([a, b]);
    expect(await item({ a: asleep })).toEqual({ ok: true, value: 'b' });
    expect(woken).toEqual(['a', 'a', 'a']);
    expect(fallbacks).toEqual(['a EndpointAsleep -> b']);
  });
});

describe('a target that is given up', () => {
  test.each([FAILURES.TargetExhausted, FAILURES.ModelNotFound] as const)(
    'by %s: the item goes on, the next items start where it led, and one fallback is reported',
    async (type) => {
      const { item, asked, fallbacks } = observed([a, b, c], { a: failing(type) });
      expect(await item()).toEqual({ ok: true, value: 'b' });
      expect(await item()).toEqual({ ok: true, value: 'b' });
      expect(asked).toEqual(['a', 'b', 'b']);
      expect(fallbacks).toEqual([`a ${type} -> b`]);
    },
  );

  test('by many items at once is one fallback', async () => {
    const { item, fallbacks } = observed([a, b], { a: failing(FAILURES.TargetExhausted) });
    const outcomes = await Promise.all(Array.from({ length: 24 }, () => item()));
    expect(outcomes.every((outcome) => outcome.ok && outcome.value === 'b')).toBe(true);
    expect(fallbacks).toEqual(['a TargetExhausted -> b']);
  });

  test('because of a timeout by Temporal counts as exhausted', async () => {
    const late = activityFailure(
      new TimeoutFailure('late', undefined, TimeoutType.SCHEDULE_TO_CLOSE),
    );
    const { item, fallbacks } = observed([a, b], { a: late });
    expect(await item()).toEqual({ ok: true, value: 'b' });
    expect(fallbacks).toEqual(['a TargetExhausted -> b']);
  });

  // `TIMEOUT` is in older histories.
  test.each([RetryState.MAXIMUM_ATTEMPTS_REACHED, RetryState.TIMEOUT])(
    'because its policy allows no other try (%s) counts as exhausted, whatever the last failure was',
    async (retryState) => {
      const loading = new ActivityFailure(
        'activity failed',
        'ensureEndpointReady',
        '1',
        retryState,
        '',
        ApplicationFailure.retryable('its endpoint is initializing', FAILURES.ModelLoading),
      );
      const asleep = failing(FAILURES.EndpointAsleep);
      const { item, fallbacks } = observed([a, b], { a: asleep }, { a: loading });
      expect(await item()).toEqual({ ok: true, value: 'b' });
      expect(fallbacks).toEqual(['a TargetExhausted -> b']);
    },
  );

  test('and was the last one ends the chain: no target is asked any more', async () => {
    const { chain, item, asked } = observed([a, b], {
      a: failing(FAILURES.ModelNotFound),
      b: failing(FAILURES.TargetExhausted, 'b answered 503 six times'),
    });
    const end = { type: 'TargetExhausted', target: 'b', message: 'b answered 503 six times' };
    expect(chain.end).toBeNull();
    expect(await item()).toEqual({ ok: false, failure: end });
    expect(await item()).toEqual({ ok: false, failure: end });
    expect(asked).toEqual(['a', 'b']);
    expect(chain.end).toEqual(end);
  });

  test('only the last target is asked as the last', async () => {
    const { item, lasts } = observed([a, b, c], {
      a: failing(FAILURES.TargetExhausted),
      b: failing(FAILURES.TargetExhausted),
    });
    await item();
    expect(lasts).toEqual({ a: false, b: false, c: true });
  });
});

describe('an oversized item', () => {
  const tooLarge = { a: failing(FAILURES.TooLarge) };

  test('moves on by itself: other items stay, and no fallback is reported', async () => {
    const { item, asked, fallbacks } = observed([a, b]);
    expect(await item(tooLarge)).toEqual({ ok: true, value: 'b' });
    expect(await item()).toEqual({ ok: true, value: 'a' });
    expect(asked).toEqual(['a', 'b', 'a']);
    expect(fallbacks).toEqual([]);
  });

  test('that no target takes fails, and other items do not', async () => {
    const { chain, item } = observed([a]);
    expect(await item(tooLarge)).toMatchObject({ ok: false, failure: { type: 'TooLarge' } });
    expect(await item()).toEqual({ ok: true, value: 'a' });
    expect(chain.end).toBeNull();
  });

  test('that finds the later targets dead neither moves nor ends the chain', async () => {
    const dead = { b: failing(FAILURES.ModelNotFound), c: failing(FAILURES.TargetExhausted) };
    const { chain, item, fallbacks } = observed([a, b, c], dead);
    expect(await item(tooLarge)).toMatchObject({ ok: false, failure: { type: 'TooLarge' } });
    expect(await item()).toEqual({ ok: true, value: 'a' });
    expect(chain.end).toBeNull();
    expect(fallbacks).toEqual([]);
  });
});

test('an item that a provider refuses fails, asks no other target, and changes nothing for other items', async () => {
  const { chain, item, asked, fallbacks } = observed([a, b]);
  const outcome = await item({ a: failing(FAILURES.BadRequest, 'a refused this chunk') });
  expect(outcome).toEqual({
    ok: false,
    failure: { type: 'BadRequest', target: 'a', message: 'a refused this chunk' },
  });
  expect(await item()).toEqual({ ok: true, value: 'a' });
  expect(asked).toEqual(['a', 'a']);
  expect(fallbacks).toEqual([]);
  expect(chain.end).toBeNull();
});

describe.each([FAILURES.Unauthorized, FAILURES.OutOfCredit] as const)('%s', (type) => {
  test('skips the targets with the same credentials', async () => {
    const { item, asked, fallbacks } = observed(
      [target('one', 'HF_TOKEN'), target('two', 'HF_TOKEN'), target('three', 'OTHER')],
      { one: failing(type) },
    );
    expect(await item()).toEqual({ ok: true, value: 'three' });
    expect(asked).toEqual(['one', 'three']);
    expect(fallbacks).toEqual([`one ${type} -> three`]);
  });

  test('ends the chain when no other credentials follow', async () => {
    const { chain, item, asked } = observed(
      [target('one', 'HF_TOKEN'), target('two', 'HF_TOKEN')],
      {
        one: failing(type, 'one refused HF_TOKEN'),
      },
    );
    expect(await item()).toMatchObject({ ok: false, failure: { type, target: 'one' } });
    expect(asked).toEqual(['one']);
    expect(chain.end?.message).toBe('one refused HF_TOKEN');
  });
});

describe('after thirty minutes', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function fallenBack() {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const seen = observed([a, b], { a: failing(FAILURES.TargetExhausted) });
    await seen.item();
    seen.asked.length = 0;
    return seen;
  }

  test('and not before, one item asks the earlier target; when it answers, all items return', async () => {
    const { item, asked, failures } = await fallenBack();
    vi.advanceTimersByTime(THIRTY_MINUTES_MS - 1);
    await item();
    expect(asked).toEqual(['b']);
    delete failures['a'];
    vi.advanceTimersByTime(1);
    await Promise.all([item(), item(), item()]);
    await item();
    expect(asked).toEqual(['b', 'a', 'b', 'b', 'a']);
  });

  test('a probe that fails is answered by the current target, reports nothing, and is repeated after the same time', async () => {
    const { item, asked, fallbacks } = await fallenBack();
    vi.advanceTimersByTime(THIRTY_MINUTES_MS);
    expect(await item()).toEqual({ ok: true, value: 'b' });
    await item();
    vi.advanceTimersByTime(THIRTY_MINUTES_MS);
    await item();
    expect(asked).toEqual(['a', 'b', 'b', 'a', 'b']);
    expect(fallbacks).toEqual(['a TargetExhausted -> b']);
  });

  test('a probe that is refused for its credentials is answered by the current target, even with the same credentials', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const [one, two] = [target('one', 'HF_TOKEN'), target('two', 'HF_TOKEN')];
    const seen = observed([one, two], { one: failing(FAILURES.TargetExhausted) });
    await seen.item();
    seen.failures['one'] = failing(FAILURES.Unauthorized);
    vi.advanceTimersByTime(THIRTY_MINUTES_MS);
    expect(await seen.item()).toEqual({ ok: true, value: 'two' });
    expect(seen.chain.end).toBeNull();
  });

  test('a probe that is refused for its credentials does not go past the current target', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const targets = [
      target('one', 'HF_TOKEN'),
      target('two', 'HF_TOKEN'),
      target('three', 'OTHER'),
    ];
    const seen = observed(targets, { one: failing(FAILURES.TargetExhausted) });
    await seen.item();
    seen.failures['one'] = failing(FAILURES.Unauthorized);
    vi.advanceTimersByTime(THIRTY_MINUTES_MS);
    expect(await seen.item()).toEqual({ ok: true, value: 'two' });
    expect(seen.fallbacks).toEqual(['one TargetExhausted -> two']);
  });
});

describe('a chain that ended', () => {
  const exhausted = failing(FAILURES.TargetExhausted);

  test.each([
    ['the only target', [a]],
    ['the first of two targets', [a, b]],
  ])('asks again when %s answers an item that was sent before', async (_what, targets) => {
    const { chain, run, item, asked } = observed(targets, { b: exhausted });
    const late = Promise.withResolvers<string>();
    const sibling = run(() => late.promise);
    const lost = item({ a: exhausted });
    await expect.poll(() => chain.end).not.toBeNull();
    late.resolve('a');
    expect(await sibling).toEqual({ ok: true, value: 'a' });
    expect(await lost).toMatchObject({ ok: false });
    expect(chain.end).toBeNull();
    asked.length = 0;
    expect(await item()).toEqual({ ok: true, value: 'a' });
    expect(asked).toEqual(['a']);
  });

  test('keeps new items waiting while an earlier one may still be answered', async () => {
    const { chain, run, item, asked } = observed([a]);
    const late = Promise.withResolvers<string>();
    const sibling = run(() => late.promise);
    expect(await item({ a: exhausted })).toMatchObject({ ok: false });
    asked.length = 0;
    const waiting = [item(), item()];
    await Promise.resolve();
    expect(chain.end).not.toBeNull();
    expect(asked).toEqual([]);
    late.resolve('a');
    expect(await sibling).toMatchObject({ ok: true });
    expect(await Promise.all(waiting)).toMatchObject([{ ok: true }, { ok: true }]);
  });

  test('sends items that waited to the target that revived it', async () => {
    const { run, item, asked } = observed([a, b]);
    const late = Promise.withResolvers<string>();
    const sibling = run(() => late.promise);
    await item({ a: exhausted, b: exhausted });
    asked.length = 0;
    const waiting = item();
    late.resolve('a');
    await sibling;
    expect(await waiting).toEqual({ ok: true, value: 'a' });
    expect(asked).toEqual(['a']);
  });

  test('fails the items that wait when the last earlier one fails too', async () => {
    const { run, item, asked } = observed([a]);
    const late = Promise.withResolvers<string>();
    const sibling = run(() => late.promise);
    await item({ a: exhausted });
    const waiting = [item(), item()];
    asked.length = 0;
    late.reject(exhausted);
    expect(await sibling).toMatchObject({ ok: false });
    expect(await Promise.all(waiting)).toMatchObject([{ ok: false }, { ok: false }]);
    expect(asked).toEqual([]);
  });

  test('stays ended after an answer that was stored already: nobody was asked for it', async () => {
    const { chain, item } = observed([a]);
    const late = Promise.withResolvers<{ reused: boolean }>();
    const sibling = chain.run(() => late.promise);
    await item({ a: exhausted });
    late.resolve({ reused: true });
    expect(await sibling).toMatchObject({ ok: true });
    expect(await item()).toMatchObject({ ok: false });
  });

  test('stays ended in a history that began without this rule', async () => {
    const { run, item } = observed([a], {}, {}, { patched: () => false });
    const late = Promise.withResolvers<string>();
    const sibling = run(() => late.promise);
    await item({ a: exhausted });
    expect(await item()).toMatchObject({ ok: false });
    late.resolve('a');
    await sibling;
    expect(await item()).toMatchObject({ ok: false });
  });
});

describe('a probe that meets a stored answer', () => {
  const exhausted = { a: failing(FAILURES.TargetExhausted) };

  test('says nothing about the target: the items stay, and the next one probes', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { chain, item, asked } = observed([a, b], exhausted);
    await item();
    vi.advanceTimersByTime(THIRTY_MINUTES_MS);
    expect(await chain.run(() => Promise.resolve({ reused: true }))).toMatchObject({ ok: true });
    asked.length = 0;
    await Promise.all([item(), item()]);
    expect(asked).toEqual(['a', 'b', 'b']);
  });
});

test('a target that comes and goes is one fallback in a job', async () => {
  const { run, fallbacks } = observed([a, b, c], {}, {}, { probeMs: 0 });
  let isUp = true;
  for (let items = 0; items < 10; items += 1) {
    await run(async (name) => {
      if (name === 'a') isUp = !isUp;
      if (name === 'a' && !isUp) throw failing(FAILURES.TargetExhausted);
      return await Promise.resolve(name);
    });
  }
  expect(fallbacks).toEqual(['a TargetExhausted -> b']);
});

test('an item sent before the others moved on joins them, past targets that were given up', async () => {
  const { run, asked } = observed([a, b, c]);
  const late = Promise.withResolvers<string>();
  const item = (isSlow: boolean) =>
    run(async (name) => {
      asked.push(name);
      await Promise.resolve();
      if (name === 'a' && isSlow) return await late.promise;
      if (name !== 'c') throw failing(FAILURES.TargetExhausted);
      return name;
    });
  const slow = item(true);
  expect(await item(false)).toEqual({ ok: true, value: 'c' });
  late.reject(failing(FAILURES.TargetExhausted));
  expect(await slow).toEqual({ ok: true, value: 'c' });
  expect(asked).toEqual(['a', 'a', 'b', 'c', 'c']);
});

test.each([
  ['cancellation', activityFailure(new CancelledFailure('cancelled'))],
  ['cancellation of the scope', new CancelledFailure('cancelled')],
  ['a failure that is not about a target', failing(FAILURES.MissingObject)],
  ['a bug', new RangeError('no such chunk')],
])('%s is thrown unchanged', async (_what, error) => {
  const { item, asked, fallbacks } = observed([a, b], { a: error });
  await expect(item()).rejects.toBe(error);
  expect(asked).toEqual(['a']);
  expect(fallbacks).toEqual([]);
});

test('an empty chain says that no target is configured', async () => {
  const { item } = observed([]);
  expect(await item()).toMatchObject({ ok: false, failure: { type: 'NoTarget', target: '' } });
});

test('whatever fails, an item asks targets in the order of the chain, and none twice', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const fate = fc.option(
    fc.constantFrom(
      FAILURES.TargetExhausted,
      FAILURES.ModelNotFound,
      FAILURES.Unauthorized,
      FAILURES.OutOfCredit,
      FAILURES.TooLarge,
      FAILURES.BadRequest,
    ),
  );
  const anItem = fc.record({
    fates: fc.tuple(fate, fate, fate, fate),
    afterMs: fc.constantFrom(0, 0, THIRTY_MINUTES_MS),
    together: fc.boolean(),
  });
  const credentials = fc.array(fc.constantFrom('x', 'y'), { minLength: 4, maxLength: 4 });
  try {
    await fc.assert(
      fc.asyncProperty(credentials, fc.array(anItem, { maxLength: 12 }), async (keys, items) => {
        vi.useFakeTimers({ now: 1_800_000_000_000 });
        const targets = names.map((name, index) => target(name, keys[index]));
        const chain = new Chain(targets, {
          onFallback: () => undefined,
          onStray: () => undefined,
          wake: () => Promise.resolve(),
          patched: () => true,
        });
        const running: Promise<void>[] = [];
        for (const { fates, afterMs, together } of items) {
          vi.advanceTimersByTime(afterMs);
          const asked: number[] = [];
          const one = chain
            .run(async ({ name }) => {
              const index = names.indexOf(name);
              asked.push(index);
              await Promise.resolve();
              const type = fates[index];
              if (type) throw failing(type);
              return { index, reused: false };
            })
            .then((outcome) => {
              expect(asked).toEqual([...new Set(asked)].toSorted((x, y) => x - y));
              // It ends with an answer, with the last target's failure, with its own TooLarge, or because the chain had ended.
              const tooLarge = asked.filter((index) => fates[index] === FAILURES.TooLarge);
              const ends = outcome.ok
                ? [asked.at(-1)]
                : [asked.at(-1), ...tooLarge, names.indexOf(chain.end?.target ?? '')];
              const end = outcome.ok ? outcome.value.index : names.indexOf(outcome.failure.target);
              expect(ends).toContain(end);
            });
          running.push(one);
          if (!together) await one;
        }
        await Promise.all(running);
      }),
      { numRuns: 300 },
    );
  } finally {
    vi.useRealTimers();
  }
});
