import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createCache, type Cache } from '../../../adapters/cache/cache.ts';
import { connectRedis, type RedisConnection } from '../../../adapters/cache/connect-redis.ts';
import { testStack } from '../../support/stack.ts';
import { countingLoad, textOf } from './counting-load.ts';
import { inAnotherProcess, type CacheProcess } from './in-another-process.ts';

let redis: RedisConnection;
let here: Cache;
let there: CacheProcess;
beforeAll(async () => {
  const { url } = testStack().redis;
  redis = await connectRedis(url);
  here = createCache({ redis });
  there = await inAnotherProcess(url);
});
afterAll(async () => {
  await there[Symbol.asyncDispose]();
  redis.close();
});

const newTenant = () => `t-${randomUUID().slice(0, 12)}`;
const load = (value: string) => countingLoad(value).load;

test('an answer of one process is found by another, first in Redis, then in memory', async () => {
  const tenant = newTenant();
  await here.getOrLoad(tenant, 'key', load('answer'));
  const question = { verb: 'ask', tenant, key: 'key', value: 'other', loadMs: 0 } as const;
  const { loads: before } = await there.ask({ ...question, key: 'warm' });
  expect(await there.ask(question)).toEqual({ value: 'answer', from: 'redis', loads: before });
  expect(await there.ask(question)).toEqual({ value: 'answer', from: 'memory', loads: before });
});

test('concurrent processes load once', async () => {
  const tenant = newTenant();
  const question = { verb: 'ask', tenant, key: 'key', value: 'theirs', loadMs: 200 } as const;
  const { loads: before } = await there.ask({ ...question, key: 'warm', loadMs: 0 });
  const ours = countingLoad(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { value: Buffer.from('ours') };
  });
  const [answers, results] = await Promise.all([
    Promise.all([there.ask(question), there.ask(question), there.ask(question)]),
    Promise.all([1, 2, 3].map(() => here.getOrLoad(tenant, 'key', ours.load))),
  ]);
  const theirLoads = (answers[0]?.loads ?? 0) - before;
  expect(theirLoads + ours.calls()).toBe(1);
  expect(new Set([...answers.map(({ value }) => value), ...results.map(textOf)]).size).toBe(1);
});

test('a process that dies while loading delays the others only until its lock expires', async () => {
  const tenant = newTenant();
  await using doomed = await inAnotherProcess(testStack().redis.url);
  void doomed.ask({ verb: 'ask', tenant, key: 'key', value: 'never', loadMs: 60_000 });
  await vi.waitFor(
    async () => expect(await redis.get(`hansard:cache-lock:${tenant}:key`)).not.toBeNull(),
    20_000,
  );
  await doomed.kill();
  const impatient = createCache({ redis, lockMs: 300 });
  const startedAt = performance.now();
  const result = await impatient.getOrLoad(tenant, 'key', load('here'));
  expect([textOf(result), result.from]).toEqual(['here', 'load']);
  expect(performance.now() - startedAt).toBeGreaterThan(250);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('an erasure in another process takes effect here within a second, for that tenant only', async () => {
  const [tenant, neighbour] = [newTenant(), newTenant()];
  let passedMs = 0;
  const cache = createCache({ redis, now: () => Date.now() + passedMs });
  for (const one of [tenant, neighbour]) await cache.getOrLoad(one, 'key', load('before'));
  await there.ask({ verb: 'erase', tenant });
  passedMs = 1_000;
  const erased = await cache.getOrLoad(tenant, 'key', load('after'));
  expect([textOf(erased), erased.from]).toEqual(['after', 'load']);
  const beside = await cache.getOrLoad(neighbour, 'key', load('after'));
  expect([textOf(beside), beside.from]).toEqual(['before', 'memory']);
});
