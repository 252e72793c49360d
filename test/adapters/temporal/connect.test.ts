import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  connectClient,
  connectWorker,
  temporalAddress,
} from '../../../adapters/temporal/connect.ts';
import {
  TemporalSettingsError,
  TemporalUnreachableError,
} from '../../../adapters/temporal/temporal-errors.ts';
import { startSilentProxy } from '../../support/silent-proxy.ts';
import { testStack } from '../../support/stack.ts';
import { freshNamespace } from './fresh-namespace.ts';

/** The discard port: nobody listens there. */
const NOBODY = '127.0.0.1:9';

test('a client and a worker connect to the address and the namespace of the variables', async () => {
  const env = { ...testStack().env, TEMPORAL_NAMESPACE: 'elsewhere' };
  const client = await connectClient({ env });
  expect(client.options.namespace).toBe('elsewhere');
  await client.connection.close();

  const worker = await connectWorker({ env });
  expect(worker.namespace).toBe('elsewhere');
  await worker.client.connection.close();
  await worker.connection.close();
});

test('the variables of the process are not read where others are given', () => {
  expect(temporalAddress({ env: { TEMPORAL_ADDRESS: 'host:1' } }).address).toBe('host:1');
  expect(temporalAddress({ env: {} })).toEqual({ address: 'localhost:7233', namespace: 'default' });
});

test.each([connectClient, connectWorker])(
  'where nobody listens the error names the address and the remedy',
  async (connect) => {
    const asked = connect({ env: { TEMPORAL_ADDRESS: NOBODY }, connectTimeoutMs: 500 });
    await expect(asked).rejects.toThrow(TemporalUnreachableError);
    await expect(asked).rejects.toThrow(/127\.0\.0\.1:9.*TEMPORAL_ADDRESS/);
  },
);

/** The stack's server behind a proxy, with short deadlines. */
async function behindProxy(shape = {}) {
  const proxy = await startSilentProxy(testStack().temporal.address, shape);
  onTestFinished(async () => await proxy[Symbol.asyncDispose]());
  const env = { ...testStack().env, TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}` };
  const keepAlive = { everyMs: 200, answerMs: 300 };
  return { proxy, options: { env, connectTimeoutMs: 600, callTimeoutMs: 500, keepAlive } };
}

test('a call over a connection that fell silent ends by its deadline, and later calls use a new connection', async () => {
  const { proxy, options } = await behindProxy();
  const client = await connectClient(options);
  onTestFinished(() => client.connection.close());
  const namespace = { namespace: client.options.namespace };
  const ask = () => client.connection.workflowService.describeNamespace(namespace);
  await ask();
  proxy.fallSilent();
  const from = performance.now();
  await expect(ask()).rejects.toMatchObject({ code: 4 });
  expect(performance.now() - from).toBeLessThan(3_000);
  proxy.carryNew();
  await vi.waitFor(ask, { timeout: 20_000, interval: 100 });
});

test('closing a connection ends a call that waits for its next try, and throws nothing later', async () => {
  const proxy = await startSilentProxy(testStack().temporal.address);
  const env = { ...testStack().env, TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}` };
  const client = await connectClient({ env });
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  // The test runner's own listeners would count it against the run, not against this test.
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
  onTestFinished(() => {
    process.removeListener('uncaughtException', note);
    for (const other of others) process.on('uncaughtException', other);
  });
  await proxy[Symbol.asyncDispose]();
  const asked = client.connection.workflowService.describeNamespace({ namespace: 'default' });
  const ended = asked.catch((error: unknown) => error);
  // The first tries are over, and the next one is some hundred milliseconds away.
  await sleep(600);
  await client.connection.close();
  expect(await ended).toMatchObject({
    code: 1,
    details: 'the connection to Temporal was closed',
  });
  expect(uncaught).toEqual([]);
});

test.each([connectClient, connectWorker])(
  'a server that accepts connections and says nothing does not answer',
  async (connect) => {
    const { proxy, options } = await behindProxy();
    proxy.fallSilent();
    await expect(connect(options)).rejects.toThrow(TemporalUnreachableError);
  },
);

test('a worker whose second connection stays silent gives up too', async () => {
  const { options } = await behindProxy({ carried: 1 });
  await expect(connectWorker(options)).rejects.toThrow(TemporalUnreachableError);
});

test('settings that cannot be read are an error of their own', async () => {
  const env = { TEMPORAL_TLS: 'true', TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such/file' };
  await expect(connectClient({ env })).rejects.toThrow(TemporalSettingsError);
});

test('a history of more than 4 MB can be fetched', async () => {
  await using place = await freshNamespace();
  const handle = await place.client.workflow.start('nobody', {
    workflowId: 'long',
    taskQueue: 'nobody',
  });
  const sent = Array.from({ length: 4 }, () => handle.signal('more', 'x'.repeat(1_500_000)));
  await Promise.all(sent);
  const { events } = await handle.fetchHistory();
  expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(4);
  await handle.terminate();
});
