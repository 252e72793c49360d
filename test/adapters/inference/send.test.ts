import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MockAgent } from 'undici';
import { afterAll, expect, it } from 'vitest';
import type { Target, WireRequest } from '../../../adapters/inference/contract.ts';
import { InferenceError } from '../../../adapters/inference/inference-error.ts';
import { createTransport } from '../../../adapters/inference/send.ts';
import { aTarget, SECRET } from './a-target.ts';
import { withServer } from './with-server.ts';

const transport = createTransport({ userAgent: 'hansard-test' });
afterAll(async () => await transport.close());

const PROMPT = 'what Ann said';
const post = (baseUrl: string): WireRequest => ({
  method: 'POST',
  url: `${baseUrl}/models/x?y=z`,
  headers: { 'content-type': 'application/json' },
  body: PROMPT,
  parameters: {},
});
const send = async (
  baseUrl: string,
  options: { signal?: AbortSignal; deadlineMs?: number; target?: Partial<Target> } = {},
) =>
  await transport.send(post(baseUrl), aTarget({ baseUrl, ...options.target }), {
    signal: options.signal ?? new AbortController().signal,
    deadlineMs: options.deadlineMs ?? 5000,
  });

const failure = async (promise: Promise<unknown>): Promise<InferenceError> => {
  const error: unknown = await promise.then(
    () => 'it was answered',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InferenceError);
  const { message, cause } = error as InferenceError;
  const text = `${message} ${String(cause)} ${JSON.stringify(error)} ${JSON.stringify(cause)}`;
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(PROMPT);
  return error as InferenceError;
};

it('sends method, path, body, token and agent, and gives back status, headers and bytes', async () => {
  await withServer(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(418, { 'X-Request-Id': 'r1', 'Set-Cookie': ['a', 'b'] });
        response.end(
          JSON.stringify({
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
    },
    async (baseUrl) => {
      const response = await send(baseUrl);
      expect(response).toMatchObject({
        status: 418,
        headers: { 'x-request-id': 'r1', 'set-cookie': 'a, b' },
      });
      const seen = JSON.parse(Buffer.from(response.bytes).toString()) as {
        headers: Record<string, string>;
      };
      expect(seen).toMatchObject({
        method: 'POST',
        url: '/models/x?y=z',
        body: PROMPT,
        headers: {
          authorization: `Bearer ${SECRET}`,
          'user-agent': 'hansard-test',
          'content-type': 'application/json',
          'content-length': String(PROMPT.length),
        },
      });
      expect(seen.headers).not.toHaveProperty('x-hf-bill-to');
    },
  );
});

it('names the payer where the target has one, and sends no token where it has none', async () => {
  await withServer(
    (request, response) => response.end(JSON.stringify(request.headers)),
    async (baseUrl) => {
      const { bytes } = await send(baseUrl, { target: { billTo: 'org', tokens: [] } });
      const headers: unknown = JSON.parse(Buffer.from(bytes).toString());
      expect(headers).toMatchObject({ 'x-hf-bill-to': 'org' });
      expect(headers).not.toHaveProperty('authorization');
    },
  );
});

it('makes one attempt, whatever the answer, and follows no redirect', async () => {
  let calls = 0;
  await withServer(
    (_, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 503 : 307, { location: '/elsewhere', 'retry-after': '0' });
      response.end();
    },
    async (baseUrl) => {
      expect((await send(baseUrl)).status).toBe(503);
      expect((await send(baseUrl)).status).toBe(307);
      expect(calls).toBe(2);
    },
  );
});

it('a server that hangs is given up at our deadline, billed who knows', async () => {
  await withServer(
    () => undefined,
    async (baseUrl) => {
      const error = await failure(send(baseUrl, { deadlineMs: 80 }));
      expect(error).toMatchObject({ kind: 'transient', billing: 'unknown', status: null });
      expect(error.message).toMatch(/deadline of 0\.08 s/);
    },
  );
});

it('a body that drips is given up at the same deadline, and its connection closed', async () => {
  let closed: Promise<unknown> | undefined;
  await withServer(
    (_, response) => {
      closed = once(response, 'close');
      response.write('x');
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    },
    async (baseUrl) => {
      const error = await failure(send(baseUrl, { deadlineMs: 120 }));
      expect(error.message).toMatch(/deadline/);
      await closed;
    },
  );
});

it('a connection that is reset after the request may have been billed', async () => {
  await withServer(
    (request) => request.socket.destroy(),
    async (baseUrl) => {
      expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', billing: 'unknown' });
    },
  );
});

it('a body that ends early is no answer', async () => {
  await withServer(
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    },
    async (baseUrl) => {
      expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', billing: 'unknown' });
    },
  );
});

it('what is not HTTP is no answer, and is not repeated', async () => {
  const server = createTcpServer((socket) => {
    socket.on('data', () => socket.end(`${PROMPT} ${SECRET}\r\n\r\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', billing: 'unknown' });
  server.close();
});

it('a refused connection is known to be unsent', async () => {
  const closed = await withServer(
    () => undefined,
    async (baseUrl) => await Promise.resolve(baseUrl),
  );
  const refused = await failure(send(closed));
  expect(refused).toMatchObject({ kind: 'transient', billing: 'unsent' });
  expect(refused.message).toMatch(/could not be reached \(ECONNREFUSED\)/);
});

it('a TLS handshake that fails is known to be unsent', async () => {
  await withServer(
    (_, response) => response.end(),
    async (baseUrl) => {
      expect(await failure(send(baseUrl.replace('http:', 'https:')))).toMatchObject({
        kind: 'transient',
        billing: 'unsent',
      });
    },
  );
});

it.each([
  ['transcribe', 17],
  ['illustrate', 65],
] as const)('an answer to %s of %i MiB is cut off', async (role, mebibytes) => {
  await withServer(
    (_, response) => {
      const piece = Buffer.alloc(1024 * 1024);
      const write = (left: number): void => {
        if (left === 0) response.end();
        else response.write(piece, () => write(left - 1));
      };
      write(mebibytes);
    },
    async (baseUrl) => {
      expect(await failure(send(baseUrl, { target: { role }, deadlineMs: 25_000 }))).toMatchObject({
        kind: 'provider_bug',
        billing: 'billed',
        status: 200,
      });
    },
  );
});

it('the caller who aborts gets back his own reason, before and while the call runs', async () => {
  const reason = new Error('the job was cancelled');
  await withServer(
    () => undefined,
    async (baseUrl) => {
      await expect(send(baseUrl, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      const running = send(baseUrl, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 30);
      await expect(running).rejects.toBe(reason);
    },
  );
});

it('after a failure the next call is served', async () => {
  let calls = 0;
  await withServer(
    (request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.end('fine');
    },
    async (baseUrl) => {
      await failure(send(baseUrl));
      expect(Buffer.from((await send(baseUrl)).bytes).toString()).toBe('fine');
    },
  );
});

it('the token goes to the server of its target only', async () => {
  const target = aTarget({ baseUrl: 'http://127.0.0.1:1' });
  await expect(
    transport.send(post('http://127.0.0.2:1'), target, {
      signal: new AbortController().signal,
      deadlineMs: 1000,
    }),
  ).rejects.toThrowError(/leaves the target's server/);
});

it('a dispatcher that is handed in is used, and left open', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent
    .get('https://router.huggingface.co')
    .intercept({ path: '/models/x?y=z', method: 'POST' })
    .reply(200, 'mocked')
    .times(2);
  const mocked = createTransport({ userAgent: 'hansard-test', dispatcher: agent });
  for (let call = 0; call < 2; call += 1) {
    const response = await mocked.send(post('https://router.huggingface.co'), aTarget(), {
      signal: new AbortController().signal,
      deadlineMs: 1000,
    });
    expect(Buffer.from(response.bytes).toString()).toBe('mocked');
    await mocked.close();
  }
  agent.assertNoPendingInterceptors();
  await agent.close();
});
