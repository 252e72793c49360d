import { afterEach, expect, test } from 'vitest';
import type { ResolveHost } from '../../../adapters/inference/wire/address-guard.ts';
import { createWebhookSender } from '../../../adapters/webhooks/post-message.ts';
import { newSecret } from '../../../adapters/webhooks/sign-message.ts';
import { withRawServer, withServer } from '../inference/with-server.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

function posting({ loopback = false, resolveHost = resolving('10.0.0.1') } = {}) {
  const sender = createWebhookSender({ loopback, resolveHost });
  cleanUp.push(() => sender.close());
  return async (url: string) =>
    await sender.post(
      { id: 'msg_1', url, body: '{}', secrets: [newSecret()] },
      new AbortController().signal,
    );
}

const resolving =
  (...addresses: readonly string[]): ResolveHost =>
  async () =>
    await Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test.each([
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '224.0.0.1',
  '0.0.0.0',
  '::1',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  'fd00:ec2::254',
  'fe80::1',
])('%s gets nothing, by number or by name', async (address) => {
  const post = posting({ resolveHost: resolving(address) });
  const literal = address.includes(':') ? `[${address}]` : address;
  const refused = {
    verdict: 'refused',
    status: null,
    error: 'its address is not allowed: it is not in the public network',
    retryAfterMs: null,
  };
  expect(await post(`https://${literal}/`)).toEqual(refused);
  expect(await post('https://hooks.example:8443/')).toEqual(refused);
});

test('a name is looked up once for a connection: a second answer is never asked for', async () => {
  const asked: string[] = [];
  const answers = ['127.0.0.1', '8.8.8.8'];
  const post = posting({
    resolveHost: async (host) => {
      asked.push(host);
      return await Promise.resolve([{ address: answers.shift() ?? '8.8.8.8', family: 4 }]);
    },
  });
  expect(await post('https://rebinding.example/')).toMatchObject({
    error: 'its address is not allowed: it is not in the public network',
  });
  expect(asked).toEqual(['rebinding.example']);
});

test('the loopback is let through by number only, and only where that is set', async () => {
  const paths: (string | undefined)[] = [];
  await withServer(
    (request, response) => {
      paths.push(request.url);
      response.writeHead(204).end();
    },
    async (baseUrl) => {
      const { port } = new URL(baseUrl);
      const allowed = posting({ loopback: true, resolveHost: resolving('127.0.0.1') });
      expect(await allowed(`${baseUrl}/hook?key=1`)).toEqual({
        verdict: 'accepted',
        status: 204,
        error: null,
        retryAfterMs: null,
      });
      expect(await allowed(`http://localhost:${port}/named`)).toMatchObject({
        error: 'its address is not allowed: it is not https',
      });
      expect(await allowed(`https://localhost:${port}/named`)).toMatchObject({ status: null });
      expect(await posting()(`${baseUrl}/unset`)).toMatchObject({
        verdict: 'refused',
        status: null,
      });
    },
  );
  expect(paths).toEqual(['/hook?key=1']);
});

test.each([
  [
    302,
    { location: 'http://127.0.0.1:1/inside' },
    'it answered 302, and redirects are not followed',
  ],
  [429, { 'retry-after': '120' }, 'it answered 429'],
  [500, {}, 'it answered 500'],
])('an answer of %i is no acceptance', async (status, headers: Record<string, string>, error) => {
  await withServer(
    (_, response) => void response.writeHead(status, headers).end(),
    async (url) => {
      const { 'retry-after': seconds } = headers;
      expect(await posting({ loopback: true })(url)).toEqual({
        verdict: 'refused',
        status,
        error,
        retryAfterMs: seconds === undefined ? null : 120_000,
      });
    },
  );
});

test('an answer of 200 is an acceptance however long it is, and a head without end is none', async () => {
  await withServer(
    (_, response) => void response.end('x'.repeat(1_000_000)),
    async (url) => {
      expect(await posting({ loopback: true })(url)).toMatchObject({
        verdict: 'accepted',
        status: 200,
      });
    },
  );
  await withRawServer(
    (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${'x-more: 0123456789\r\n'.repeat(10_000)}\r\n`);
    },
    async (url) => {
      const { verdict, error } = await posting({ loopback: true })(url);
      expect([verdict, error]).toEqual([
        'refused',
        expect.stringMatching(/^it closed the connection .*UND_ERR_HEADERS_OVERFLOW/),
      ]);
    },
  );
});
