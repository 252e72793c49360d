import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';
import { ObjectStoreUnreachableError } from '../../../adapters/object-store/object-store-errors.ts';
import { startSilentProxy } from '../../support/silent-proxy.ts';
import { testStack } from '../../support/stack.ts';

const SILENCE_MS = 500;
const PLAIN = { contentType: 'text/plain' };

async function behindProxy() {
  const { s3 } = testStack();
  const proxy = await startSilentProxy(s3.endpoint);
  const endpoint = `http://127.0.0.1:${proxy.port}`;
  const store = createObjectStore({
    ...s3,
    endpoint,
    forcePathStyle: true,
    silenceMs: SILENCE_MS,
  });
  onTestFinished(async () => {
    store.close();
    await proxy[Symbol.asyncDispose]();
  });
  return { proxy, store, key: `test-${randomUUID()}/silent` };
}

test('a request over a connection that fell silent fails in time, and the next uses a new one', async () => {
  const { proxy, store, key } = await behindProxy();
  await store.put(key, 'x', PLAIN);
  proxy.fallSilent();
  const from = performance.now();
  await expect(store.head(key)).rejects.toThrow(ObjectStoreUnreachableError);
  await expect(store.put(key, 'y', PLAIN)).rejects.toThrow(ObjectStoreUnreachableError);
  expect(performance.now() - from).toBeLessThan(SILENCE_MS * 10);
  proxy.carryNew();
  expect(await store.head(key)).toMatchObject({ bytes: 1 });
});

test('a download that falls silent in the middle fails in time', async () => {
  const { proxy, store, key } = await behindProxy();
  // More than the sockets on the way hold.
  const bytes = Buffer.alloc(16 * 1024 * 1024);
  await createObjectStore({ ...testStack().s3, forcePathStyle: true }).put(key, bytes, PLAIN);
  const body = await store.getStream(key);
  proxy.fallSilent();
  await expect(buffer(body)).rejects.toThrow(/timed out/);
});
