import { randomBytes, randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectRedis } from '../../../adapters/cache/connect-redis.ts';
import { choosePort } from '../../../local/choose-port.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { startSilentProxy } from '../../support/silent-proxy.ts';
import { testStack } from '../../support/stack.ts';

async function connected(url = testStack().redis.url, options = {}) {
  const said: string[] = [];
  const redis = await connectRedis(url, { log: (message) => said.push(message), ...options });
  onTestFinished(() => redis.close());
  return { redis, said };
}

test('text and bytes are read as they were written', async () => {
  const { redis } = await connected();
  const key = `test:${randomUUID()}`;
  expect(await redis.get(key)).toBeNull();
  expect(await redis.set(key, 'äöü 会议')).toBe(true);
  expect(await redis.get(key)).toBe('äöü 会议');
  const bytes = new Uint8Array(randomBytes(100_000));
  await redis.set(key, bytes.subarray(1));
  expect(Buffer.from((await redis.getBytes(key)) ?? []).equals(bytes.subarray(1))).toBe(true);
  expect(await redis.del([key, `${key}:other`])).toBe(1);
  expect(await redis.del([])).toBe(0);
});

test('onlyIfAbsent does not change an existing key until it expires', async () => {
  const { redis } = await connected();
  const key = `test:${randomUUID()}`;
  expect(await redis.set(key, 'a', { onlyIfAbsent: true, ttlMs: 40 })).toBe(true);
  expect(await redis.set(key, 'b', { onlyIfAbsent: true })).toBe(false);
  await vi.waitFor(async () => expect(await redis.get(key)).toBeNull(), 20_000);
});

test('Lua returns integers, text, null and arrays; its errors have the code refused', async () => {
  const { redis } = await connected();
  const script = 'return { 1, ARGV[1], redis.call("GET", KEYS[1]), KEYS[1] }';
  const key = `test:${randomUUID()}`;
  const asked = { keys: [key], arguments: ['text'] };
  expect(await redis.eval(script, asked)).toEqual([1, 'text', null, key]);
  await expect(redis.eval('return nonsense(', asked)).rejects.toMatchObject({
    name: 'RedisError',
    code: 'refused',
  });
});

test('a scan finds exactly the keys that match the glob', async () => {
  const { redis } = await connected();
  const prefix = `test:${randomUUID()}`;
  const keys = Array.from({ length: 1_200 }, (_, index) => `${prefix}:${index}`);
  await Promise.all(
    [...keys, `${prefix}-other`].map((key) => redis.set(key, '', { ttlMs: 5_000 })),
  );
  const found = new Set<string>();
  for await (const batch of redis.scan(`${prefix}:*`)) for (const key of batch) found.add(key);
  expect(found).toEqual(new Set(keys));
});

test('while Redis is down commands fail at once, and it is used again when it is back', async () => {
  await using server = await startRedisServer();
  const { redis, said } = await connected(server.url);
  await redis.set('a', 'b');
  await server.stop();
  await vi.waitFor(() => expect(redis.isReady()).toBe(false), 20_000);
  const startedAt = performance.now();
  const failures = await Promise.all(
    Array.from({ length: 50 }, () => redis.get('a').catch((error: unknown) => error)),
  );
  expect(performance.now() - startedAt).toBeLessThan(400);
  for (const failure of failures) expect(failure).toMatchObject({ code: 'offline' });
  await server.start();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 5_000);
  expect(await redis.get('a')).toBeNull();
  expect(said).toEqual([
    expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is down \(\w+\); continuing without it$/),
    expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is back$/),
  ]);
});

test('a hanging Redis costs one wait, not one for each command, and is used again when it answers', async () => {
  await using server = await startRedisServer();
  const { redis } = await connected(server.url, { commandTimeoutMs: 150 });
  await redis.set('a', 'b');
  server.hang();
  onTestFinished(() => server.goOn());
  const startedAt = performance.now();
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'timeout' });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(149);
  const hungSince = performance.now();
  for (let count = 0; count < 20; count += 1) {
    await expect(redis.get('a')).rejects.toMatchObject({ code: 'offline' });
  }
  // Twenty waits would be three seconds.
  expect(performance.now() - hungSince).toBeLessThan(1_000);
  server.goOn();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 5_000);
  expect(await redis.get('a')).toBe('b');
});

test('a blocked event loop of our own does not count as a timeout of Redis', async () => {
  const { redis } = await connected(undefined, { commandTimeoutMs: 50 });
  const answer = redis.get('a');
  // Sent, and then nothing of ours runs for longer than the timeout.
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  expect(await answer).toBeNull();
});

test('a Redis that is not up yet is not an error, and is used once it is up', async () => {
  await using server = await startRedisServer();
  await server.stop();
  const startedAt = performance.now();
  const { redis, said } = await connected(server.url, { firstConnectionMs: 100 });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await expect(redis.set('a', 'b')).rejects.toMatchObject({ code: 'offline' });
  expect(said).toEqual([expect.stringContaining('is down (ECONNREFUSED)')]);
  await server.start();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 5_000);
});

test('a wrong password is reported by its code, never with the password', async () => {
  await using server = await startRedisServer();
  const url = server.url.replace(server.password, 'wrong-one');
  const { redis, said } = await connected(url, { firstConnectionMs: 200 });
  expect(said).toEqual([expect.stringContaining('WRONGPASS')]);
  const error: unknown = await redis.get('a').catch((reason: unknown) => reason);
  expect(`${said.join()} ${String(error)}`).not.toMatch(/wrong-one|secret-of/);
});

test('a closed connection fails at once and can be closed twice', async () => {
  const port = await choosePort(0, 'no variable');
  const away = await connectRedis(`redis://127.0.0.1:${port}`, { firstConnectionMs: 10 });
  away.close();
  const { redis } = await connected();
  redis.close();
  redis.close();
  expect(redis.isReady()).toBe(false);
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'offline' });
});

test('a connection that fell silent costs one wait, and is replaced', async () => {
  const direct = new URL(testStack().redis.url);
  await using proxy = await startSilentProxy(direct.host);
  const url = Object.assign(new URL(direct), { port: String(proxy.port) }).href;
  const { redis, said } = await connected(url, { commandTimeoutMs: 150, silenceMs: 400 });
  await redis.set(`test:${randomUUID()}`, 'a', { ttlMs: 5_000 });
  proxy.fallSilent();
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'timeout' });
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'offline' });
  proxy.carryNew();
  await vi.waitFor(() => expect(redis.isReady()).toBe(true), 10_000);
  expect(await redis.get(`test:${randomUUID()}`)).toBeNull();
  expect(said).toEqual([expect.stringContaining('is down'), expect.stringContaining('is back')]);
  redis.close();
});
