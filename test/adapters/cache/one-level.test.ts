import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCache, type CacheOptions } from '../../../adapters/cache/cache.ts';
import { countingLoad, textOf } from './counting-load.ts';

/** Without Redis, under a clock that stands still until it is moved. */
function oneLevel(options: Partial<CacheOptions> = {}) {
  let nowMs = 1_000_000;
  const cache = createCache({ redis: null, now: () => nowMs, ...options });
  return { cache, pass: (ms: number) => (nowMs += ms) };
}

/** A load that answers when it is told to. */
function heldLoad() {
  const { promise, resolve, reject } = Promise.withResolvers<{ value: Uint8Array }>();
  return {
    ...countingLoad(() => promise),
    finish: (text: string) => resolve({ value: Buffer.from(text) }),
    fail: (error: Error) => reject(error),
  };
}

const failing = (message: string) =>
  countingLoad(async () => {
    throw new Error(message);
  });

test('an answer is loaded once and then comes from memory, with its age, until it expires', async () => {
  const { cache, pass } = oneLevel();
  const first = countingLoad('first');
  const loaded = await cache.getOrLoad('acme', 'key', first.load);
  expect(loaded).toMatchObject({ from: 'load', ageMs: 0, negative: false });
  pass(3_599_999);
  const held = await cache.getOrLoad('acme', 'key', first.load);
  expect([textOf(held), held.from, held.ageMs]).toEqual(['first', 'memory', 3_599_999]);
  pass(1);
  const anew = await cache.getOrLoad('acme', 'key', countingLoad('second').load);
  expect([textOf(anew), anew.from]).toEqual(['second', 'load']);
  expect(first.calls()).toBe(1);
});

test('an answer expires by the times that it was loaded with, whatever a later caller asks for', async () => {
  const { cache, pass } = oneLevel();
  await cache.getOrLoad('acme', 'key', countingLoad('brief').load, { freshMs: 100, staleMs: 50 });
  pass(149);
  const held = await cache.getOrLoad('acme', 'key', countingLoad('later').load);
  expect([textOf(held), held.from]).toEqual(['brief', 'memory']);
  pass(1);
  const anew = await cache.getOrLoad('acme', 'key', countingLoad('later').load);
  expect([textOf(anew), anew.from]).toEqual(['later', 'load']);
});

test("tenants do not see each other's entries", async () => {
  const { cache } = oneLevel();
  await cache.getOrLoad('acme', 'key', countingLoad('theirs').load);
  const result = await cache.getOrLoad('umbra', 'key', countingLoad('ours').load);
  expect([textOf(result), result.from]).toEqual(['ours', 'load']);
});

test('concurrent callers share one load', async () => {
  const { cache } = oneLevel();
  const held = heldLoad();
  const asking = Array.from({ length: 10 }, () => cache.getOrLoad('acme', 'key', held.load));
  held.finish('answer');
  const results = await Promise.all(asking);
  expect(results.map(textOf)).toEqual(Array.from({ length: 10 }, () => 'answer'));
  expect(held.calls()).toBe(1);
});

test('a caller that aborts stops waiting with its own reason; the load continues for the others', async () => {
  const { cache } = oneLevel();
  const held = heldLoad();
  const leaving = new AbortController();
  const left = cache.getOrLoad('acme', 'key', held.load, { signal: leaving.signal });
  const stayed = cache.getOrLoad('acme', 'key', held.load);
  const reason = new Error('gone home');
  leaving.abort(reason);
  await expect(left).rejects.toBe(reason);
  held.finish('answer');
  expect(textOf(await stayed)).toBe('answer');
  await expect(
    cache.getOrLoad('acme', 'other', held.load, { signal: leaving.signal }),
  ).rejects.toBe(reason);
  expect(held.calls()).toBe(1);
});

test('a load without waiting callers is still cached, and its failure is ignored', async () => {
  const { cache } = oneLevel();
  for (const finish of ['finish', 'fail'] as const) {
    const held = heldLoad();
    const leaving = new AbortController();
    const left = cache.getOrLoad('acme', finish, held.load, { signal: leaving.signal });
    await sleep(1);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    if (finish === 'finish') held.finish('answer');
    else held.fail(new Error('late'));
    await sleep(1);
  }
  const result = await cache.getOrLoad('acme', 'finish', countingLoad('second').load);
  expect([textOf(result), result.from]).toEqual(['answer', 'memory']);
});

test('an error reaches all waiting callers and is never cached', async () => {
  const { cache } = oneLevel();
  const held = heldLoad();
  const asking = [1, 2].map(() => cache.getOrLoad('acme', 'key', held.load));
  const error = new Error('out of order');
  held.fail(error);
  for (const outcome of await Promise.allSettled(asking)) {
    expect(outcome).toEqual({ status: 'rejected', reason: error });
  }
  const result = await cache.getOrLoad('acme', 'key', countingLoad('now').load);
  expect([textOf(result), result.from]).toEqual(['now', 'load']);
});

test('when the load fails, an older answer is returned as stale until its stale time is over', async () => {
  const { cache, pass } = oneLevel();
  const times = { freshMs: 100, staleMs: 50 };
  await cache.getOrLoad('acme', 'key', countingLoad('old').load, times);
  pass(149);
  const down = failing('down');
  const stale = await cache.getOrLoad('acme', 'key', down.load, times);
  expect([textOf(stale), stale.from, stale.ageMs]).toEqual(['old', 'stale', 149]);
  expect(down.calls()).toBe(1);
  pass(1);
  await expect(cache.getOrLoad('acme', 'key', down.load, times)).rejects.toThrow('down');
});

test('a stale answer is loaded again on each call, and replaced as soon as a load succeeds', async () => {
  const { cache, pass } = oneLevel();
  const times = { freshMs: 100, staleMs: 1_000 };
  await cache.getOrLoad('acme', 'key', countingLoad('old').load, times);
  pass(100);
  const down = failing('down');
  await cache.getOrLoad('acme', 'key', down.load, times);
  await cache.getOrLoad('acme', 'key', down.load, times);
  expect(down.calls()).toBe(2);
  await cache.getOrLoad('acme', 'key', countingLoad('new').load, times);
  expect(textOf(await cache.getOrLoad('acme', 'key', down.load, times))).toBe('new');
});

test.for([
  ['nothing', null, null],
  ['a refusal', { value: Buffer.from('no'), negative: true }, 'no'],
] as const)(
  '%s is kept for 30 s and not a moment longer, whatever fails',
  async ([, said, text]) => {
    const { cache, pass } = oneLevel();
    const negative = countingLoad(async () => said);
    await cache.getOrLoad('acme', 'key', negative.load);
    pass(29_999);
    const held = await cache.getOrLoad('acme', 'key', negative.load);
    expect([textOf(held), held.from, held.negative]).toEqual([text, 'memory', true]);
    expect(negative.calls()).toBe(1);
    pass(1);
    await expect(cache.getOrLoad('acme', 'key', failing('down').load)).rejects.toThrow('down');
    const result = await cache.getOrLoad('acme', 'key', countingLoad('there').load);
    expect([textOf(result), result.negative]).toEqual(['there', false]);
  },
);

test('erasing a tenant keeps the others; its running loads are returned but not cached', async () => {
  const { cache } = oneLevel();
  for (const tenant of ['acme', 'acme-2']) {
    await cache.getOrLoad(tenant, 'key', countingLoad('before').load);
  }
  const held = heldLoad();
  const asking = cache.getOrLoad('acme', 'slow', held.load);
  await sleep(1);
  expect(await cache.eraseTenant('acme')).toEqual({ memory: 1, redis: 0 });
  const anew = countingLoad('after');
  const after = await cache.getOrLoad('acme', 'slow', anew.load);
  held.finish('before');
  expect(textOf(await asking)).toBe('before');
  expect([textOf(after), after.from]).toEqual(['after', 'load']);
  expect(textOf(await cache.getOrLoad('acme', 'slow', anew.load))).toBe('after');
  expect((await cache.getOrLoad('acme', 'key', countingLoad('after').load)).from).toBe('load');
  expect((await cache.getOrLoad('acme-2', 'key', countingLoad('after').load)).from).toBe('memory');
});

test('a value that is too long is returned but not cached', async () => {
  const { cache } = oneLevel({ maxValueBytes: 10 });
  const long = countingLoad('eleven byte');
  const fits = countingLoad('ten bytes.');
  for (const { load } of [long, long]) {
    expect(textOf(await cache.getOrLoad('acme', 'long', load))).toBe('eleven byte');
  }
  for (const { load } of [fits, fits]) await cache.getOrLoad('acme', 'fits', load);
  expect([long.calls(), fits.calls()]).toEqual([2, 1]);
});

test('memory removes the least recently used answers and stays within its limit', async () => {
  const { cache } = oneLevel({ maxBytes: 2_000 });
  const ask = (key: string) => cache.getOrLoad('acme', key, countingLoad('x'.repeat(600)).load);
  await ask('one');
  await ask('two');
  await ask('one');
  await ask('three');
  expect([(await ask('one')).from, (await ask('three')).from]).toEqual(['memory', 'memory']);
  expect((await ask('two')).from).toBe('load');
});

test('too many loads at once are rejected; cached answers and running loads are not affected', async () => {
  const { cache } = oneLevel({ maxLoads: 2 });
  await cache.getOrLoad('acme', 'held', countingLoad('held').load);
  const held = heldLoad();
  const asking = ['one', 'two'].map((key) => cache.getOrLoad('acme', key, held.load));
  await sleep(1);
  await expect(cache.getOrLoad('acme', 'three', held.load)).rejects.toMatchObject({
    name: 'CacheBusyError',
  });
  expect((await cache.getOrLoad('acme', 'held', held.load)).from).toBe('memory');
  const joined = cache.getOrLoad('acme', 'one', held.load);
  held.finish('answer');
  await Promise.all([...asking, joined]);
  expect((await cache.getOrLoad('acme', 'three', held.load)).from).toBe('load');
});

test.for([
  ['Acme', 'key'],
  ['a:b', 'key'],
  ['a*', 'key'],
  ['', 'key'],
  ['a'.repeat(33), 'key'],
  ['acme', ''],
  ['acme', 'a b'],
  ['acme', 'k'.repeat(257)],
] as const)(
  'tenant "%s" with key "%s" is refused before anything is asked',
  async ([tenant, key]) => {
    const { cache } = oneLevel();
    const { load, calls } = countingLoad('x');
    const failure: unknown = await cache
      .getOrLoad(tenant, key, load)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'CacheKeyError' });
    expect(calls()).toBe(0);
  },
);

test('invalid times are rejected', async () => {
  const { cache } = oneLevel();
  for (const times of [{ freshMs: -1 }, { staleMs: NaN }, { negativeMs: Infinity }]) {
    await expect(cache.getOrLoad('acme', 'key', countingLoad('x').load, times)).rejects.toThrow(
      RangeError,
    );
  }
});
