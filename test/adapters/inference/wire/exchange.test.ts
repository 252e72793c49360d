import { once } from 'node:events';
import { inspect } from 'node:util';
import type { Socket } from 'node:net';
import { Agent } from 'undici';
import { afterAll, expect, test } from 'vitest';
import type {
  ByteSource,
  ExchangeRequest,
} from '../../../../adapters/inference/wire/wire-message.ts';

import { createExchange, ExchangeError } from '../../../../adapters/inference/wire/exchange.ts';
import { withRawServer, withServer } from '../with-server.ts';

const agent = new Agent({ allowH2: false });
const exchange = createExchange({ agent, userAgent: 'hansard-test' });
afterAll(async () => await agent.destroy());

const request = (url: string, changes: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: 'x',
  signal: new AbortController().signal,
  deadlineMs: 5000,
  longestAnswerBytes: 1024 * 1024,
  ...changes,
});

const failure = async (url: string, changes: Partial<ExchangeRequest> = {}) => {
  const error: unknown = await exchange(request(url, changes)).then(
    () => 'it was answered',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExchangeError);
  expect((error as ExchangeError).message).not.toContain('127.0.0.1');
  return error as ExchangeError;
};

const source = (pieces: readonly string[], length?: number): ByteSource & { opened: number } => ({
  opened: 0,
  length: length ?? Buffer.byteLength(pieces.join('')),
  async *open() {
    this.opened += 1;
    for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
  },
});

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

test.each<[string, ExchangeRequest['body']]>([
  ['a body', 'x'],
  ['a body that is read from a source', source(['one piece, ', 'and another'])],
])('a server that continues without being asked has received %s', async (_, body) => {
  const say = (socket: Socket) => {
    // The whole request has arrived, and may be billed.
    setTimeout(
      () => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${HEAD}content-length: 2\r\n\r\n{}`),
      50,
    );
  };
  await withRawServer(say, async (url) => {
    expect(await failure(url, { body })).toMatchObject({
      reason: 'broken_off',
      unsent: false,
      message:
        'sent 100 Continue without being asked, which ends the connection although the request arrived (UND_ERR_SOCKET)',
    });
  });
});

test('a deadline that is further away than a timer reaches does not end the call at once', async () => {
  await withServer(
    (_request, response) => {
      setTimeout(() => response.end('{}'), 20);
    },
    async (url) => {
      const { status } = await exchange(request(url, { deadlineMs: 2 ** 40 }));
      expect(status).toBe(200);
    },
  );
});

test.each<[string, (socket: Socket) => void]>([
  ['before its headers', (socket) => socket.resetAndDestroy()],
  [
    'after its headers',
    (socket) => socket.write(`${HEAD}content-length: 9\r\n\r\n`, () => socket.resetAndDestroy()),
  ],
  [
    'in the middle of its body',
    (socket) =>
      socket.write(`${HEAD}content-length: 9\r\n\r\n{"a"`, () => socket.resetAndDestroy()),
  ],
  [
    'politely, before its length is reached',
    (socket) => socket.end(`${HEAD}content-length: 9\r\n\r\n{"a": 1}`),
  ],
  [
    'politely, between its chunks',
    (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n8\r\n{"a": 1}\r\n`),
  ],
  [
    'with chunks that are none',
    (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nsecret prompt\r\n`),
  ],
  ['in another language', (socket) => socket.end('220 secret prompt ESMTP\r\n')],
])('an answer that ends %s is no answer', async (_, say) => {
  await withRawServer(say, async (url) => {
    const error = await failure(url);
    expect(error).toMatchObject({ reason: 'broken_off', unsent: false, status: null });
    expect(`${inspect(error, { depth: null })} ${JSON.stringify(error)}`).not.toContain(
      'secret prompt',
    );
  });
});

test('a flood of headers is cut off', async () => {
  await withRawServer(
    (socket) => socket.write(`${HEAD}${'x-flood: 0123456789\r\n'.repeat(20_000)}`),
    async (url) => {
      expect(await failure(url)).toMatchObject({
        reason: 'broken_off',
        code: 'UND_ERR_HEADERS_OVERFLOW',
      });
    },
  );
});

test('headers that begin and do not end are given up at their deadline', async () => {
  await withRawServer(
    (socket) => socket.write(HEAD),
    async (url) => {
      const error = await failure(url, { headersMs: 50 });
      expect(error).toMatchObject({ reason: 'deadline', unsent: false });
      expect(error.message).toBe('did not begin to answer within 0.05 s');
    },
  );
});

test('a body that falls silent is given up before the deadline, and one that drips is not', async () => {
  await withRawServer(
    (socket) => socket.write(`${HEAD}content-length: 9\r\n\r\n{"a"`),
    async (url) => {
      expect(await failure(url, { idleMs: 50 })).toMatchObject({
        reason: 'deadline',
        code: 'UND_ERR_BODY_TIMEOUT',
      });
    },
  );
  await withServer(
    (_, response) => {
      let left = 8;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write(' ');
        else {
          clearInterval(timer);
          response.end('{}');
        }
      }, 40);
    },
    async (url) => {
      const { bytes } = await exchange(request(url, { idleMs: 250 }));
      expect(Buffer.from(bytes).toString().trim()).toBe('{}');
    },
  );
});

test('an answer of 100 MB is cut at the cap by the bytes that came, whatever it says of its length', async () => {
  let sent = 0;
  await withServer(
    (_, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const write = (): void => {
        while (!response.destroyed && sent < 100e6) {
          sent += piece.length;
          if (!response.write(piece)) {
            response.once('drain', write);
            return;
          }
        }
      };
      write();
    },
    async (url) => {
      expect(await failure(url)).toMatchObject({ reason: 'too_long', status: 200 });
      // What the sockets held when we closed.
      expect(sent).toBeLessThan(30e6);
    },
  );
});

test('a redirect is an answer', async () => {
  await withServer(
    (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end('gone'),
    async (url) => {
      const { status, headers } = await exchange(request(url));
      expect([status, headers['location']]).toEqual([302, 'http://169.254.169.254/']);
    },
  );
});

test('asks for an answer as it is, and gives each header once', async () => {
  await withServer(
    (incoming, response) => {
      response.writeHead(200, { 'X-Two': ['a', 'b'] });
      response.end(JSON.stringify(incoming.headers));
    },
    async (url) => {
      const { headers, bytes } = await exchange(request(url));
      expect(headers['x-two']).toBe('a, b');
      expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
        'accept-encoding': 'identity',
        'user-agent': 'hansard-test',
        'content-length': '1',
      });
    },
  );
});

test('a streamed body goes out with its length, read once', async () => {
  await withServer(
    (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        response.end(`${incoming.headers['content-length']} ${Buffer.concat(chunks).toString()}`),
      );
    },
    async (url) => {
      const body = source(['ab', '', 'cde', 'f']);
      const { bytes } = await exchange(request(url, { body }));
      expect(Buffer.from(bytes).toString()).toBe('6 abcdef');
      expect(body.opened).toBe(1);
      const none = await exchange(request(url, { body: source([]) }));
      expect(Buffer.from(none.bytes).toString()).toBe('0 ');
    },
  );
});

test.each<[string, ByteSource]>([
  ['ends short', source(['ab', 'cd'], 5)],
  ['goes on too long', source(['ab', 'cd'], 3)],
  [
    'breaks in the middle',
    {
      length: 4,
      async *open() {
        yield await Promise.resolve(Buffer.from('ab'));
        throw new Error('the disk is gone');
      },
    },
  ],
  [
    'says only at its end that it was damaged',
    {
      length: 4,
      async *open() {
        yield await Promise.resolve(Buffer.from('ab'));
        yield Buffer.from('cd');
        throw new Error('the checksum is another');
      },
    },
  ],
  [
    'cannot be opened',
    {
      length: 4,
      open: () => {
        throw new Error('no such file');
      },
    },
  ],
])('no server takes the body for whole whose source %s', async (_, body) => {
  let whole = 0;
  let aborted = 0;
  await withServer(
    (incoming, response) => {
      incoming.on('end', () => {
        whole += 1;
        response.end('taken');
      });
      incoming.resume().on('error', () => {
        aborted += 1;
      });
    },
    async (url) => {
      expect(await failure(url, { body })).toMatchObject({ reason: 'source_failed', unsent: true });
      const { bytes } = await exchange(request(url));
      expect(Buffer.from(bytes).toString()).toBe('taken');
      expect(whole).toBe(1);
      expect(aborted).toBeLessThanOrEqual(1);
    },
  );
});

test('an answer that comes before the body is sent counts, and the source is let go', async () => {
  let released = false;
  const endless: ByteSource = {
    length: 1e9,
    async *open() {
      try {
        for (;;) {
          yield await new Promise<Buffer>((resolve) => {
            setTimeout(() => resolve(Buffer.alloc(1000)), 5);
          });
        }
      } finally {
        released = true;
      }
    },
  };
  await withServer(
    (_, response) => response.writeHead(413).end('too large'),
    async (url) => {
      expect(await exchange(request(url, { body: endless }))).toMatchObject({ status: 413 });
      await expect.poll(() => released).toBe(true);
    },
  );
});

test('sockets go back to the pool after answers of every status', async () => {
  let connections = 0;
  await withServer(
    (incoming, response) => {
      response.writeHead(Number(incoming.url?.slice(1))).end('x'.repeat(100_000));
    },
    async (url, server) => {
      server.on('connection', () => {
        connections += 1;
      });
      for (const status of [200, 404, 500, 503, 302, 200, 404, 500, 503, 302])
        expect((await exchange(request(`${url}/${status}`))).status).toBe(status);
      // undici lets a socket rest for one turn of the event loop, which the next call does not wait for.
      expect(connections).toBeLessThanOrEqual(2);
    },
  );
});

test('a call that was given up takes its socket with it, and no other', async () => {
  await withServer(
    (incoming, response) => {
      if (incoming.url === '/fine') response.end('fine');
    },
    async (url, server) => {
      const open = async (): Promise<number> =>
        await new Promise((resolve) => {
          server.getConnections((_, count) => resolve(count));
        });
      await failure(`${url}/hangs`, { deadlineMs: 50 });
      await expect.poll(open).toBe(0);
      expect((await exchange(request(`${url}/fine`))).status).toBe(200);
      expect(await open()).toBe(1);
    },
  );
});

test('the caller who aborts wins, whatever else happens to the call', async () => {
  const reason = new Error('the job was cancelled');
  const controller = new AbortController();
  await withRawServer(
    (socket) => {
      socket.write(`${HEAD}content-length: 9\r\n\r\n{"a"`);
      controller.abort(reason);
      socket.resetAndDestroy();
    },
    async (url) => {
      const { signal } = controller;
      await expect(exchange(request(url, { signal }))).rejects.toBe(reason);
      await expect(exchange(request(url, { signal }))).rejects.toBe(reason);
    },
  );
});

test('a call that waits for a connection can be given up, and is then never sent', async () => {
  const narrow = new Agent({ connections: 1, allowH2: false });
  const throughOne = createExchange({ agent: narrow, userAgent: 'hansard-test' });
  const urls: (string | undefined)[] = [];
  await withServer(
    (incoming, response) => {
      urls.push(incoming.url);
      setTimeout(() => response.end(), 100);
    },
    async (url) => {
      const body = source(['never']);
      const reason = new Error('the job was cancelled');
      const controller = new AbortController();
      const first = throughOne(request(`${url}/first`));
      const given = throughOne(
        request(`${url}/given-up`, { body, signal: controller.signal }),
      ).catch((error: unknown) => error);
      const late = throughOne(request(`${url}/late`, { deadlineMs: 20 })).catch(
        (error: unknown) => error,
      );
      controller.abort(reason);
      expect(await given).toBe(reason);
      expect(await late).toMatchObject({ reason: 'deadline', unsent: true });
      expect((await first).status).toBe(200);
      expect((await throughOne(request(`${url}/next`))).status).toBe(200);
      expect(urls).toEqual(['/first', '/next']);
      expect(body.opened).toBe(0);
    },
  );
  await narrow.close();
});

test('listeners of a signal that serves many calls are taken off again', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await withServer(
    (incoming, response) => {
      if (incoming.url === '/reset') incoming.socket.destroy();
      else response.end();
    },
    async (url) => {
      await exchange(request(url, { signal }));
      await failure(`${url}/reset`, { signal });
      expect(listeners).toBe(0);
    },
  );
});

test('a server that nobody is, is known to be unsent', async () => {
  const url = await withServer(
    () => undefined,
    async (baseUrl) => await Promise.resolve(baseUrl),
  );
  expect(await failure(url)).toMatchObject({
    reason: 'unreachable',
    code: 'ECONNREFUSED',
    unsent: true,
  });
  const server = await withRawServer(
    (socket) => void once(socket, 'close'),
    async (raw) => await failure(raw.replace('http:', 'https:'), { deadlineMs: 100 }),
  );
  // The handshake hangs: nothing of the request has left.
  expect(server).toMatchObject({ reason: 'deadline', unsent: true });
});
