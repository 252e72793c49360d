import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { AddressInfo } from 'node:net';
import { MockAgent } from 'undici';
import { afterAll, expect, test } from 'vitest';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { WireRequest } from '../../../../adapters/inference/wire/wire-message.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import type { SendOptions } from '../../../../adapters/inference/wire/send.ts';
import { createTransport } from '../../../../adapters/inference/wire/send.ts';
import { aTarget, SECRET } from '../a-target.ts';
import { withRawServer, withServer } from '../with-server.ts';

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
  { target, ...options }: Partial<SendOptions> & { target?: Partial<Target> } = {},
) =>
  await transport.send(post(baseUrl), aTarget({ baseUrl, ...target }), {
    signal: new AbortController().signal,
    deadlineMs: 5000,
    ...options,
  });

const failure = async (promise: Promise<unknown>): Promise<InferenceError> => {
  const error: unknown = await promise.then(
    () => 'it was answered',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InferenceError);
  const text = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(PROMPT);
  return error as InferenceError;
};

test('sends method, path, body, token and agent, and gives back status, headers and bytes', async () => {
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

test('names the payer where the target has one, and sends no token where it has none', async () => {
  await withServer(
    (request, response) => response.end(JSON.stringify(request.headers)),
    async (baseUrl) => {
      const { bytes } = await send(baseUrl, { target: { billTo: 'org', apiTokens: [] } });
      const headers: unknown = JSON.parse(Buffer.from(bytes).toString());
      expect(headers).toMatchObject({ 'x-hf-bill-to': 'org' });
      expect(headers).not.toHaveProperty('authorization');
    },
  );
});

const seenHeaders = async (
  options: Parameters<typeof send>[1],
  routerUrl?: string,
): Promise<Record<string, string>> =>
  await withServer(
    (request, response) => response.end(JSON.stringify(request.headers)),
    async (baseUrl) => {
      const router = createTransport({
        userAgent: 'hansard-test',
        routerUrl: routerUrl ?? baseUrl,
      });
      const { target, ...rest } = options ?? {};
      const { bytes } = await router.send(post(baseUrl), aTarget({ baseUrl, ...target }), {
        signal: new AbortController().signal,
        deadlineMs: 65_900,
        ...rest,
      });
      await router.close();
      await router.close();
      return JSON.parse(Buffer.from(bytes).toString()) as Record<string, string>;
    },
  );

test("sends the configured headers, and never in the place of the call's own", async () => {
  const headerOf = (value: string) => ({ written: value, value });
  const headers = {
    'x-portkey-provider': headerOf('openai'),
    'content-type': headerOf('text/plain'),
  };
  expect(await seenHeaders({ target: { headers } })).toMatchObject({
    'x-portkey-provider': 'openai',
    'content-type': 'application/json',
    authorization: `Bearer ${SECRET}`,
  });
});

test('takes the token that it is told, or none', async () => {
  expect(await seenHeaders({ token: 'hf_other' })).toMatchObject({
    authorization: 'Bearer hf_other',
  });
  expect(await seenHeaders({ token: null })).not.toHaveProperty('authorization');
});

test("names the session to the router only, and only to the router's contracts", async () => {
  const name = 'x-hf-session-id';
  expect((await seenHeaders({ sessionId: 'job-1' }))[name]).toBe('job-1');
  expect((await seenHeaders({ sessionId: `a\r\nb é${'c'.repeat(300)}` }))[name]).toBe(
    `a--b--${'c'.repeat(250)}`,
  );
  expect(await seenHeaders({ sessionId: null })).not.toHaveProperty(name);
  expect(
    await seenHeaders({ sessionId: 'job-1' }, 'https://router.huggingface.co'),
  ).not.toHaveProperty(name);
  expect(
    await seenHeaders({ sessionId: 'job-1', target: { contract: 'openai' } }),
  ).not.toHaveProperty(name);
});

test('lets a dedicated endpoint that sleeps hold the request until shortly before the deadline', async () => {
  const name = 'x-scale-up-timeout';
  const sleeping = { contract: 'openai', coldStart: true } as const;
  for (const contract of ['openai', 'tgi', 'toolkit', 'hfendpoints'] as const)
    expect((await seenHeaders({ target: { ...sleeping, contract } }))[name]).toBe('60');
  const endpoint = {
    namespace: 'n',
    name: 'e',
    resume: false,
    apiTokens: [],
    tokenVariable: 'HF_TOKEN',
  };
  for (const other of [
    { target: { ...sleeping, coldStart: false } },
    { target: { ...sleeping, contract: 'hf-chat' } as const },
    { target: { ...sleeping, endpoint } },
    { target: sleeping, deadlineMs: 5900 },
  ])
    expect(await seenHeaders(other)).not.toHaveProperty(name);
});

test('a header that cannot be sent is not sent, and not told', async () => {
  await withServer(
    (_, response) => response.end(),
    async (baseUrl) => {
      const error = await failure(send(baseUrl, { token: `${SECRET}\r\nx-evil: 1` }));
      expect(error.charge).toBe('unsent');
    },
  );
});

test('audio that cannot be read to its end is nothing that the server saw', async () => {
  await withServer(
    (request, response) => request.resume().on('end', () => response.end('taken')),
    async (baseUrl) => {
      const body = {
        length: 4,
        async *open() {
          yield await Promise.resolve(Buffer.from('ab'));
          throw new Error('the store is gone');
        },
      };
      const broken = transport.send({ ...post(baseUrl), body }, aTarget({ baseUrl }), {
        signal: new AbortController().signal,
        deadlineMs: 5000,
      });
      const error = await failure(broken);
      expect(error).toMatchObject({ kind: 'transient', charge: 'unsent' });
      expect(error.message).toMatch(/could not be read/);
    },
  );
});

test('makes one attempt, whatever the answer, and follows no redirect', async () => {
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

test('a server that hangs is given up at our deadline, billed who knows', async () => {
  await withServer(
    () => undefined,
    async (baseUrl) => {
      const error = await failure(send(baseUrl, { deadlineMs: 80 }));
      expect(error).toMatchObject({ kind: 'transient', charge: 'unknown', status: null });
      expect(error.message).toMatch(/deadline of 0\.08 s/);
    },
  );
});

test('a body that drips is given up at the same deadline, and its connection closed', async () => {
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

test('a connection that is reset after the request may have been billed', async () => {
  await withServer(
    (request) => request.socket.destroy(),
    async (baseUrl) => {
      expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', charge: 'unknown' });
    },
  );
});

test('a call whose server sends 100 Continue unasked is in doubt, and the target is named', async () => {
  await withRawServer(
    (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
    async (baseUrl) => {
      const error = await failure(send(baseUrl));
      expect(error).toMatchObject({ kind: 'transient', charge: 'unknown' });
      expect(error.message).toMatch(/^the-target sent 100 Continue without being asked/);
    },
  );
});

test('a body that ends early is no answer', async () => {
  await withServer(
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    },
    async (baseUrl) => {
      expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', charge: 'unknown' });
    },
  );
});

test('what is not HTTP is no answer, and is not repeated', async () => {
  const server = createTcpServer((socket) => {
    socket.on('data', () => socket.end(`${PROMPT} ${SECRET}\r\n\r\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await failure(send(baseUrl))).toMatchObject({ kind: 'transient', charge: 'unknown' });
  server.close();
});

test('a refused connection is known to be unsent', async () => {
  const closed = await withServer(
    () => undefined,
    async (baseUrl) => await Promise.resolve(baseUrl),
  );
  const refused = await failure(send(closed));
  expect(refused).toMatchObject({ kind: 'transient', charge: 'unsent' });
  expect(refused.message).toMatch(/could not be reached \(ECONNREFUSED\)/);
});

test('a TLS handshake that fails is known to be unsent', async () => {
  await withServer(
    (_, response) => response.end(),
    async (baseUrl) => {
      expect(await failure(send(baseUrl.replace('http:', 'https:')))).toMatchObject({
        kind: 'transient',
        charge: 'unsent',
      });
    },
  );
});

test('an answer of many vectors is long, and comes whole', async () => {
  await withServer(
    (_, response) => response.end(Buffer.alloc(20 * 1024 * 1024)),
    async (baseUrl) => {
      const { bytes } = await send(baseUrl, { target: { role: 'embed' }, deadlineMs: 25_000 });
      expect(bytes.length).toBe(20 * 1024 * 1024);
    },
  );
});

test.each([
  ['transcribe', 17],
  ['summarize', 5],
  ['illustrate', 65],
  ['moderate', 3],
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
        charge: 'billed',
        status: 200,
      });
    },
  );
});

test('the caller who aborts gets back his own reason, before and while the call runs', async () => {
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

test('after a failure the next call is served', async () => {
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

test('the token goes to the server of its target only', async () => {
  const target = aTarget({ baseUrl: 'http://127.0.0.1:1' });
  await expect(
    transport.send(post('http://127.0.0.2:1'), target, {
      signal: new AbortController().signal,
      deadlineMs: 1000,
    }),
  ).rejects.toThrowError(/leaves the target's server/);
});

test('a contract may ask at the very address of the target, and not at one that begins like it', async () => {
  await withServer(
    (_, response) => response.end('fine'),
    async (baseUrl) => {
      const ask = async (url: string) =>
        await transport.send({ ...post(baseUrl), url }, aTarget({ baseUrl }), {
          signal: new AbortController().signal,
          deadlineMs: 1000,
        });
      expect((await ask(baseUrl)).status).toBe(200);
      expect((await ask(`${baseUrl}?task=x`)).status).toBe(200);
      for (const url of [`${baseUrl}0/x`, `${baseUrl}@127.0.0.2/x`, `${baseUrl}.example/x`])
        await expect(ask(url)).rejects.toThrow(/leaves the target's server|Invalid URL/);
    },
  );
});

test('a dispatcher that is handed in is used, and left open', async () => {
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
