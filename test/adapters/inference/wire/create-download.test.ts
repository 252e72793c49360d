import { inspect } from 'node:util';
import type { RequestListener } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { createDownload } from '../../../../adapters/inference/wire/create-download.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { aTarget, SECRET } from '../a-target.ts';
import { withRawServer, withServer } from '../with-server.ts';

const png = smallestInput('moderate').image;
let inner = '127.0.0.1';
const { download, downloadText, close } = createDownload({
  userAgent: 'hansard-test',
  resolveHost: async () => await Promise.resolve([{ address: inner, family: 4 }]),
});
afterAll(close);

const fetchPicture = async (url: string, target: Partial<Target> = {}, deadlineMs = 300) =>
  await download(url, aTarget({ role: 'illustrate', privateDownloads: true, ...target }), {
    signal: new AbortController().signal,
    deadlineMs,
  });

const fetchText = async (url: string, target: Partial<Target> = {}) =>
  await downloadText(url, aTarget({ privateDownloads: true, ...target }), {
    signal: new AbortController().signal,
    deadlineMs: 2000,
  });

const failure = async (url: string, target: Partial<Target> = {}): Promise<InferenceError> => {
  const error: unknown = await fetchPicture(url, target).then(
    () => 'it was fetched',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InferenceError);
  // The provider has worked, whatever became of the file.
  expect(error).toMatchObject({ charge: 'billed' });
  const text = inspect(error, { depth: null });
  expect(text).not.toContain(SECRET);
  expect((error as InferenceError).message).not.toContain('signed-secret');
  return error as InferenceError;
};

const serving =
  (headers: Record<string, string>[] = []): RequestListener =>
  (request, response) => {
    headers.push(request.headers as Record<string, string>);
    response.end(png);
  };

test('fetches the picture by what it is, without credentials', async () => {
  const headers: Record<string, string>[] = [];
  await withServer(serving(headers), async (url) => {
    const picture = await fetchPicture(`${url}/x?signature=signed-secret`, { billTo: 'org' });
    expect(picture.mediaType).toBe('image/png');
    expect(Buffer.from(picture.bytes).equals(png)).toBe(true);
    expect(headers[0]).not.toHaveProperty('authorization');
    expect(headers[0]).not.toHaveProperty('x-hf-bill-to');
    expect(headers[0]).not.toHaveProperty('cookie');
  });
});

test.each([
  'https://files.example/x',
  'https://127.0.0.1/x',
  'http://files.example/x',
  'no address',
])('an address that leads inside, or nowhere, is refused: %s', async (url) => {
  const error = await failure(url, { privateDownloads: false });
  expect(error).toMatchObject({ kind: 'provider_bug' });
  expect(error.message).toMatch(/is not fetched/);
});

test('follows three redirects and no fourth, and each is checked anew', async () => {
  let redirects = 3;
  let location = '/again';
  await withServer(
    (_, response) => {
      redirects -= 1;
      if (redirects >= 0) response.writeHead(302, { location }).end();
      else response.end(png);
    },
    async (url) => {
      expect((await fetchPicture(url)).mediaType).toBe('image/png');
      redirects = 4;
      expect((await failure(url)).message).toMatch(/more than 3 times/);
      redirects = 1;
      location = 'file:///etc/passwd';
      expect((await failure(url)).message).toMatch(/not https/);
      redirects = 1;
      location = 'http://user:password@127.0.0.1/';
      expect((await failure(url)).message).toMatch(/credentials/);
    },
  );
});

test.each([
  [404, 'provider_bug'],
  [410, 'provider_bug'],
  [403, 'provider_bug'],
] as const)('a file that answers %i is gone: %s', async (status, kind) => {
  let calls = 0;
  await withServer(
    (_, response) => {
      calls += 1;
      response.writeHead(status).end();
    },
    async (url) => {
      expect(await failure(url)).toMatchObject({ kind, status });
      expect(calls).toBe(1);
    },
  );
});

test('a file that cannot be had now is asked for once: whoever holds a ticket comes back for it', async () => {
  let calls = 0;
  await withServer(
    (_, response) => {
      calls += 1;
      response.writeHead(503).end();
    },
    async (url) => {
      expect(await failure(url)).toMatchObject({ kind: 'transient', status: 503 });
      expect(calls).toBe(1);
    },
  );
});

test('a file server that hangs is given up at the deadline, and one that breaks off is passing trouble', async () => {
  await withServer(
    () => undefined,
    async (url) => {
      expect(await failure(url)).toMatchObject({ kind: 'transient' });
    },
  );
  await withRawServer(
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n\x89PNG'),
    async (url) => {
      expect(await failure(url)).toMatchObject({ kind: 'transient' });
    },
  );
});

test('fetches a text once, without credentials, and takes off its mark', async () => {
  const asked: Record<string, string>[] = [];
  await withServer(
    (request, response) => {
      asked.push(request.headers as Record<string, string>);
      response.end('\uFEFFGrüße. 你好。\n');
    },
    async (url) => {
      expect(await fetchText(url)).toBe('Grüße. 你好。\n');
      expect(asked).toHaveLength(1);
      expect(asked[0]).toMatchObject({ accept: 'text/plain' });
      expect(asked[0]).not.toHaveProperty('authorization');
    },
  );
});

test.each([
  ['a page', { 'content-type': 'text/html' }, 'Sign in', /is no plain text/],
  ['bytes', { 'content-type': 'text/plain' }, png, /is no plain text/],
  ['too long', {}, 'x'.repeat(1024 * 1024 + 1), /the server of its transcript /],
])('a text that is none is refused: %s', async (_what, headers, body, message) => {
  await withServer(
    (_, response) => response.writeHead(200, headers).end(body),
    async (url) => {
      const error: unknown = await fetchText(url).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'provider_bug', charge: 'billed' });
      expect((error as Error).message).toMatch(message);
    },
  );
});

test('the address of a text passes the same guard', async () => {
  await expect(fetchText('https://127.0.0.1/x', { privateDownloads: false })).rejects.toThrow(
    /address for its transcript that is not fetched/,
  );
});

test('a file that is no picture is refused, whatever its type says', async () => {
  await withServer(
    (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('<svg/>'),
    async (url) => {
      expect(await failure(url)).toMatchObject({ kind: 'provider_bug' });
    },
  );
});

test('a file without end is cut', async () => {
  await withServer(
    (_, response) => {
      const piece = Buffer.alloc(1024 * 1024);
      const write = (): void => {
        if (!response.destroyed) response.write(piece, write);
      };
      write();
    },
    async (url) => {
      await expect(fetchPicture(url, {}, 20_000)).rejects.toMatchObject({
        kind: 'provider_bug',
        charge: 'billed',
      });
    },
  );
});

test('the caller who aborts gets back his own reason', async () => {
  const reason = new Error('the job was cancelled');
  await withServer(
    () => undefined,
    async (url) => {
      const controller = new AbortController();
      const running = download(url, aTarget({ privateDownloads: true }), {
        signal: controller.signal,
        deadlineMs: 5000,
      });
      setTimeout(() => controller.abort(reason), 60);
      await expect(running).rejects.toBe(reason);
    },
  );
});

test('a public target stays outside even where the name server says otherwise later', async () => {
  inner = '10.0.0.1';
  expect((await failure('https://files.example/x', { privateDownloads: false })).message).toMatch(
    /public network/,
  );
});
