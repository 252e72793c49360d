import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { CacheCipher, EntryPlace } from '../../../adapters/cache/redis-level.ts';
import { connectRedis, type RedisConnection } from '../../../adapters/cache/connect-redis.ts';
import { createCache } from '../../../adapters/cache/cache.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { testStack } from '../../support/stack.ts';
import { countingLoad, textOf } from './counting-load.ts';

async function connection(url = testStack().redis.url): Promise<RedisConnection> {
  const redis = await connectRedis(url);
  onTestFinished(() => redis.close());
  return redis;
}

const newTenant = () => `t-${randomUUID().slice(0, 12)}`;

async function keysOf(redis: RedisConnection, tenant: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of redis.scan(`hansard:cache:${tenant}:*`)) found.push(...keys);
  return found;
}

const lifeOf = (redis: RedisConnection, key: string) =>
  redis.eval('return redis.call("PTTL", KEYS[1])', { keys: [key], arguments: [] });

test('an empty memory finds the answer in Redis, with its age', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const long = countingLoad('会议'.repeat(100_000));
  await createCache({ redis }).getOrLoad(tenant, 'key', long.load);
  const later = createCache({ redis, now: () => Date.now() + 60_000 });
  const result = await later.getOrLoad(tenant, 'key', long.load);
  expect([textOf(result), result.from]).toEqual(['会议'.repeat(100_000), 'redis']);
  expect(result.ageMs).toBeGreaterThanOrEqual(60_000);
  expect((await later.getOrLoad(tenant, 'key', long.load)).from).toBe('memory');
  expect(long.calls()).toBe(1);
});

test('Redis keeps an answer for its fresh and its stale time, "nothing" for 30 s', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const cache = createCache({ redis });
  const times = { freshMs: 3_600_000, staleMs: 0 };
  await cache.getOrLoad(tenant, 'value', countingLoad('x').load, times);
  await cache.getOrLoad(tenant, 'stale', countingLoad('x').load, { ...times, staleMs: 60_000 });
  await cache.getOrLoad(tenant, 'nothing', countingLoad(async () => null).load);
  const life = async (key: string) => Number(await lifeOf(redis, `hansard:cache:${tenant}:${key}`));
  for (const [key, expected] of [
    ['value', 3_600_000],
    ['stale', 3_660_000],
    ['nothing', 30_000],
  ] as const) {
    expect(await life(key)).toBeLessThanOrEqual(expected);
    expect(await life(key)).toBeGreaterThan(expected - 10_000);
  }
});

test('"nothing" and a refusal keep their kind in Redis', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const refusal = countingLoad(async () => ({ value: Buffer.from('no'), negative: true }));
  const nothing = countingLoad(async () => null);
  const [one, other] = [createCache({ redis }), createCache({ redis })];
  await one.getOrLoad(tenant, 'refusal', refusal.load);
  await one.getOrLoad(tenant, 'nothing', nothing.load);
  const refused = await other.getOrLoad(tenant, 'refusal', refusal.load);
  expect([textOf(refused), refused.negative, refused.from]).toEqual(['no', true, 'redis']);
  const missing = await other.getOrLoad(tenant, 'nothing', nothing.load);
  expect([textOf(missing), missing.negative, missing.from]).toEqual([null, true, 'redis']);
});

test('when the load fails, an older answer that only Redis has is returned', async () => {
  const redis = await connection();
  const tenant = newTenant();
  await createCache({ redis }).getOrLoad(tenant, 'key', countingLoad('old').load);
  const later = createCache({ redis, now: () => Date.now() + 3_700_000 });
  const result = await later.getOrLoad(tenant, 'key', async () => {
    throw new Error('down');
  });
  expect([textOf(result), result.from]).toEqual(['old', 'stale']);
});

test('erasing a tenant deletes all its keys in Redis and keeps other tenants', async () => {
  const redis = await connection();
  const [tenant, neighbour] = [newTenant(), newTenant()];
  const cache = createCache({ redis });
  await Promise.all(
    Array.from({ length: 700 }, (_, index) =>
      cache.getOrLoad(tenant, `key-${index}`, countingLoad('x').load),
    ),
  );
  await cache.getOrLoad(neighbour, 'key', countingLoad('x').load);
  await cache.getOrLoad(`${tenant}-2`, 'key', countingLoad('x').load);
  expect(await cache.eraseTenant(tenant)).toEqual({ memory: 700, redis: 700 });
  expect(await keysOf(redis, tenant)).toEqual([]);
  expect(await keysOf(redis, neighbour)).toHaveLength(1);
  expect(await keysOf(redis, `${tenant}-2`)).toHaveLength(1);
});

test('a load that runs while its tenant is erased is not cached anywhere, whichever process erases it', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const [cache, eraser] = [createCache({ redis }), createCache({ redis })];
  const result = await cache.getOrLoad(tenant, 'key', async () => {
    await eraser.eraseTenant(tenant);
    return { value: Buffer.from('before') };
  });
  expect(textOf(result)).toBe('before');
  expect(await keysOf(redis, tenant)).toEqual([]);
  const after = await cache.getOrLoad(tenant, 'key', countingLoad('after').load);
  expect([textOf(after), after.from]).toEqual(['after', 'load']);
  expect(await keysOf(redis, tenant)).toHaveLength(1);
});

test('an expired lock that another process holds now is not released', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const lock = `hansard:cache-lock:${tenant}:key`;
  const cache = createCache({ redis, lockMs: 50 });
  await cache.getOrLoad(tenant, 'key', async () => {
    await vi.waitFor(async () => expect(await redis.get(lock)).toBeNull(), 20_000);
    await redis.set(lock, 'of another', { ttlMs: 5_000 });
    return { value: Buffer.from('x') };
  });
  expect(await redis.get(lock)).toBe('of another');
});

test('a lock is released when its load ends', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const lock = `hansard:cache-lock:${tenant}:key`;
  const cache = createCache({ redis });
  let during: string | null = null;
  await cache
    .getOrLoad(tenant, 'key', async () => {
      during = await redis.get(lock);
      throw new Error('down');
    })
    .catch(() => undefined);
  expect(during).not.toBeNull();
  expect(await redis.get(lock)).toBeNull();
});

test('a Redis that stops during loads costs no answer and is used again when it is back', async () => {
  await using server = await startRedisServer();
  const redis = await connection(server.url);
  const tenant = newTenant();
  const [cache, other] = [createCache({ redis }), createCache({ redis })];
  const before = countingLoad('before');
  await cache.getOrLoad(tenant, 'before', before.load);
  const during = countingLoad(async () => {
    await server.stop();
    return { value: Buffer.from('during') };
  });
  expect((await cache.getOrLoad(tenant, 'during', during.load)).from).toBe('load');
  expect((await cache.getOrLoad(tenant, 'before', before.load)).from).toBe('memory');
  expect((await cache.getOrLoad(tenant, 'during', during.load)).from).toBe('memory');
  const away = countingLoad('away');
  const asking = [1, 2].map(() => cache.getOrLoad(tenant, 'away', away.load));
  expect((await Promise.all(asking)).map(textOf)).toEqual(['away', 'away']);
  expect(away.calls()).toBe(1);
  await expect(cache.eraseTenant(tenant)).rejects.toMatchObject({ code: 'offline' });

  await server.start();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 5_000);
  await cache.getOrLoad(tenant, 'back', countingLoad('back').load);
  const shared = await other.getOrLoad(tenant, 'back', countingLoad('not asked').load);
  expect([textOf(shared), shared.from]).toEqual(['back', 'redis']);
});

test('a hanging Redis delays an answer by one timeout, not by one for each step', async () => {
  await using server = await startRedisServer();
  const redis = await connection(server.url);
  const cache = createCache({ redis });
  await cache.getOrLoad('acme', 'warm', countingLoad('x').load);
  server.hang();
  onTestFinished(() => server.goOn());
  const startedAt = performance.now();
  expect((await cache.getOrLoad('umbra', 'key', countingLoad('x').load)).from).toBe('load');
  // One command's timeout is 500 ms, and a load has six steps in Redis.
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  const secondAt = performance.now();
  expect((await cache.getOrLoad('umbra', 'other', countingLoad('x').load)).from).toBe('load');
  expect(performance.now() - secondAt).toBeLessThan(400);
  server.goOn();
});

test('after Redis lost its data, entries in memory are no longer used', async () => {
  await using server = await startRedisServer();
  const redis = await connection(server.url);
  let nowMs = Date.now();
  const cache = createCache({ redis, now: () => nowMs });
  await cache.getOrLoad('acme', 'key', countingLoad('before').load);
  await server.stop();
  await server.start();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 5_000);
  nowMs += 1_000;
  expect((await cache.getOrLoad('acme', 'key', countingLoad('after').load)).from).toBe('load');
});

const secret = randomBytes(32);
/** AES-256-GCM, nonce and tag before the text. */
const cipher: CacheCipher = {
  seal: async (plain, associated) => {
    const nonce = randomBytes(12);
    const sealing = createCipheriv('aes-256-gcm', secret, nonce).setAAD(bytesOf(associated));
    const text = Buffer.concat([sealing.update(plain), sealing.final()]);
    return Buffer.concat([nonce, sealing.getAuthTag(), text]);
  },
  open: async (sealed, associated) => {
    const opening = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12));
    opening.setAAD(bytesOf(associated)).setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([opening.update(sealed.subarray(28)), opening.final()]);
  },
};
const bytesOf = ({ tenant, key }: EntryPlace) => Buffer.from(JSON.stringify([tenant, key]));

test('with a cipher Redis holds no readable value, and a process with the key reads it', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const load = countingLoad('what was said in the meeting');
  await createCache({ redis, cipher }).getOrLoad(tenant, 'key', load.load);
  const stored = Buffer.from((await redis.getBytes(`hansard:cache:${tenant}:key`)) ?? []);
  expect(stored.byteLength).toBeGreaterThan(28);
  expect(stored.toString('latin1')).not.toContain('said');
  const result = await createCache({ redis, cipher }).getOrLoad(tenant, 'key', load.load);
  expect([textOf(result), result.from]).toEqual(['what was said in the meeting', 'redis']);
});

test("a sealed value under another tenant's key is ignored and reported", async () => {
  const redis = await connection();
  const [tenant, thief] = [newTenant(), newTenant()];
  await createCache({ redis, cipher }).getOrLoad(tenant, 'key', countingLoad('secret').load);
  const stored = (await redis.getBytes(`hansard:cache:${tenant}:key`)) ?? new Uint8Array();
  await redis.set(`hansard:cache:${thief}:key`, stored, { ttlMs: 5_000 });
  const problems: string[] = [];
  const onProblem = (message: string) => problems.push(message);
  const cache = createCache({ redis, cipher, onProblem });
  const result = await cache.getOrLoad(thief, 'key', countingLoad('own').load);
  expect([textOf(result), result.from]).toEqual(['own', 'load']);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join()).not.toContain(thief);
});

test('values stored with and without encryption are not read by the other mode', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const plain = createCache({ redis });
  await plain.getOrLoad(tenant, 'a', countingLoad('plain').load);
  const sealed = createCache({ redis, cipher });
  expect((await sealed.getOrLoad(tenant, 'a', countingLoad('sealed').load)).from).toBe('load');
  const result = await createCache({ redis }).getOrLoad(tenant, 'a', countingLoad('new').load);
  expect([textOf(result), result.from]).toEqual(['new', 'load']);
});

test('a value that cannot be sealed is returned but not written to Redis', async () => {
  const redis = await connection();
  const tenant = newTenant();
  const broken: CacheCipher = {
    ...cipher,
    seal: async () => {
      throw new Error('no key');
    },
  };
  const problems: string[] = [];
  const cache = createCache({ redis, cipher: broken, onProblem: (said) => problems.push(said) });
  const result = await cache.getOrLoad(tenant, 'key', countingLoad('secret').load);
  expect(textOf(result)).toBe('secret');
  expect(await keysOf(redis, tenant)).toEqual([]);
  expect(problems).toEqual([expect.stringContaining('cannot be sealed')]);
});

test('foreign data in Redis is replaced by a new load', async () => {
  const redis = await connection();
  const tenant = newTenant();
  for (const [key, bytes] of [
    ['empty', []],
    ['text', [...Buffer.from('<html>')]],
    ['short', [0, 1, 0, 0]],
    ['version', [0, 9, ...new Uint8Array(20)]],
    ['kind', [0, 1, 9, ...new Uint8Array(20)]],
  ] as const) {
    await redis.set(`hansard:cache:${tenant}:${key}`, Uint8Array.from(bytes), { ttlMs: 5_000 });
    const [one, other] = [createCache({ redis }), createCache({ redis })];
    expect((await one.getOrLoad(tenant, key, countingLoad('x').load)).from).toBe('load');
    expect((await other.getOrLoad(tenant, key, countingLoad('y').load)).from).toBe('redis');
  }
});
