import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AddressError,
  createGuardedAgent,
} from '../../../../adapters/inference/wire/address-guard.ts';
import { createExchange, type Exchange } from '../../../../adapters/inference/wire/exchange.ts';
import { createTokenCounters } from '../../../../adapters/inference/tokenizers/create-token-counters.ts';
import { exchangeFor } from '../../../../adapters/inference/tokenizers/hub-tokenizer.ts';
import { withServer } from '../with-server.ts';

const agent = new Agent();
const exchange = createExchange({ agent, userAgent: 'hansard/test' });
afterAll(() => agent.close());

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = join(await mkdtemp(join(tmpdir(), 'hansard-tokens-')), 'tokenizers');
});
afterEach(() => rm(join(cacheDirectory, '..'), { recursive: true }));

/** A tokenizer of words: one token each. */
const WORDS = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, good: 1, morning: 2 },
  },
};

const counters = (
  hubUrl: string,
  changes: Partial<Parameters<typeof createTokenCounters>[0]> = {},
) =>
  createTokenCounters({
    exchange,
    hubUrl,
    hubTokens: [],
    cacheDirectory,
    guarded: exchange,
    ...changes,
  });

/** A hub that answers by path, and what it was asked. */
async function withHub<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  use: (hubUrl: string, asked: { url: string; authorization: string | undefined }[]) => Promise<T>,
): Promise<T> {
  const asked: { url: string; authorization: string | undefined }[] = [];
  return await withServer(
    (request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      answer(request, response);
    },
    (url) => use(url, asked),
  );
}

const sendWords = (_: unknown, response: ServerResponse): void => {
  response.end(JSON.stringify(WORDS));
};
const refuse = (_: unknown, response: ServerResponse): void => {
  response.writeHead(404).end('Not Found');
};

describe('a bundled tokenizer', () => {
  test.each<[string, string | null, string, string, number]>([
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', null, 'mistral-v1', 'grabbed', 1],
    ['mistralai/Mistral-7B-Instruct-v0.2', null, 'mistral-v1', '🦙', 5],
    ['openai/gpt-oss-120b:cheapest', null, 'o200k_harmony', 'hello world', 2],
    ['openai/gpt-oss-20b:groq', null, 'o200k_harmony', '<|end|> of text', 7],
    ['meta-llama/Llama-3.3-70B-Instruct', null, 'llama-3', 'grabbed', 2],
    ['meta-llama/Meta-Llama-3-8B', null, 'llama-3', '<|eot_id|>', 7],
    ['my-fine-tune', 'meta-llama/Llama-3.1-8B-Instruct', 'llama-3', 'hello world', 2],
  ])(
    '%s (%s) is counted by %s, without a network',
    async (model, tokenizer, name, text, tokens) => {
      const nobody = createTokenCounters({
        exchange: () => Promise.reject(new Error('nobody may be asked')),
        guarded: () => Promise.reject(new Error('nobody may be asked')),
        hubUrl: 'https://huggingface.co',
        hubTokens: [],
        cacheDirectory,
      });
      const counter = await nobody.counterFor(model, tokenizer);
      expect([counter.source, counter.name, counter.count(text)]).toEqual([
        'bundled',
        name,
        tokens,
      ]);
    },
  );

  test('an empty text has no tokens, and a long run without a break is counted before the test is over', async () => {
    for (const model of ['a/Mixtral-8x7B', 'b/gpt-oss-20b', 'c/Llama-3.2-1B', 'unknown']) {
      const { count } = await counters('http://127.0.0.1:9').counterFor(model, null);
      expect(count('')).toBe(0);
      // By a square of its length it would take minutes.
      expect(count('a'.repeat(100_000))).toBeGreaterThan(5_000);
    }
  });

  test('a model of another vocabulary is not counted by it', async () => {
    await withHub(refuse, async (hubUrl) => {
      const hub = counters(hubUrl);
      for (const model of ['mistralai/Mixtral-8x22B-v0.1', 'a/Mistral-7B-v0.3', 'a/llama-30b'])
        expect((await hub.counterFor(model, null)).source).toBe('estimate');
    });
  });
});

describe("the hub's tokenizer", () => {
  test('is fetched once for all who ask, kept on disk, and read from there by the next process', async () => {
    await withHub(sendWords, async (hubUrl, asked) => {
      const hub = counters(hubUrl, { hubTokens: ['hf_secret'] });
      const found = await Promise.all(
        Array.from({ length: 5 }, () => hub.counterFor('Qwen/Qwen3-8B:fastest', null)),
      );
      for (const counter of found) {
        expect(counter).toMatchObject({ source: 'hub', name: 'Qwen/Qwen3-8B' });
        expect(counter.count('good morning, good morning')).toBe(5);
      }
      const once = [
        { url: '/Qwen/Qwen3-8B/resolve/main/tokenizer.json', authorization: 'Bearer hf_secret' },
      ];
      expect(asked).toEqual(once);

      const next = await counters(hubUrl).counterFor('Qwen/Qwen3-8B', null);
      expect(next.source).toBe('hub');
      expect(asked).toEqual(once);
      expect(await readdir(cacheDirectory)).toEqual([
        expect.stringMatching(/^[0-9a-f]{64}\.tokenizer$/),
      ]);
    });
  });

  test.each<[string, (path: string) => Promise<void>]>([
    ['cut off', (path) => truncate(path, 200)],
    [
      'changed',
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('good', 'evil')),
    ],
    ['emptied', (path) => truncate(path, 0)],
  ])('whose file was %s is fetched again', async (_, spoil) => {
    await withHub(sendWords, async (hubUrl, asked) => {
      await counters(hubUrl).counterFor('a/b', null);
      const [file = ''] = await readdir(cacheDirectory);
      await spoil(join(cacheDirectory, file));
      const counter = await counters(hubUrl).counterFor('a/b', null);
      expect([counter.source, counter.count('good'), asked.length]).toEqual(['hub', 1, 2]);
    });
  });

  test('is counted with, even where nothing can be kept on disk', async () => {
    await withHub(sendWords, async (hubUrl) => {
      const file = join(cacheDirectory, '..', 'a-file');
      await writeFile(file, '');
      const hub = counters(hubUrl, { cacheDirectory: join(file, 'tokenizers') });
      expect((await hub.counterFor('a/b', null)).source).toBe('hub');
    });
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['there is none', refuse],
    ['it is gated', (_, response) => response.writeHead(401).end('Access is restricted')],
    ['it is no JSON', (_, response) => response.end('<html>')],
    ['it is JSON of another kind', (_, response) => response.end('{"model":"x"}')],
    ['it is of an unknown kind', (_, response) => response.end('{"model":{"type":"Telepathy"}}')],
    ['the connection breaks', (_, response) => response.socket?.destroy()],
    [
      'it leads in circles',
      (request, response) => response.writeHead(302, { location: request.url ?? '' }).end(),
    ],
    ['it leads nowhere', (_, response) => response.writeHead(302).end()],
    [
      'it leads to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
  ])(
    'cannot be had because %s: the estimate counts, and nobody asks again for ten minutes',
    async (_, answer) => {
      await withHub(answer, async (hubUrl, asked) => {
        let now = 0;
        const hub = counters(hubUrl, { clock: () => now });
        const counter = await hub.counterFor('a/b', null);
        expect(counter.source).toBe('estimate');
        expect(counter.count('good morning')).toBeGreaterThanOrEqual(2);
        const before = asked.length;
        expect(before).toBeLessThanOrEqual(4);
        await hub.counterFor('a/b', null);
        expect(asked.length).toBe(before);
        now = 600_001;
        await hub.counterFor('a/b', null);
        expect(asked.length).toBeGreaterThan(before);
        expect(await readdir(cacheDirectory).catch(() => [])).toEqual([]);
      });
    },
  );

  test.each(['just-a-name', 'a/b/c', '../../etc/passwd', 'a/..', './b', 'a/b?x', 'a b/c', ''])(
    'is not asked for by the name %j',
    async (model) => {
      await withHub(sendWords, async (hubUrl, asked) => {
        const counter = await counters(hubUrl).counterFor(model, null);
        expect([counter.source, asked]).toEqual(['estimate', []]);
      });
    },
  );
});

describe('a hub that sends its readers on', () => {
  test('is followed to another host without the token', async () => {
    await withHub(sendWords, async (cdnUrl, askedAtCdn) => {
      await withHub(
        (_, response) => response.writeHead(307, { location: `${cdnUrl}/files/1` }).end(),
        async (hubUrl, askedAtHub) => {
          const hub = counters(hubUrl, { hubTokens: ['hf_secret'] });
          expect((await hub.counterFor('a/b', null)).source).toBe('hub');
          expect(askedAtHub).toHaveLength(1);
          expect(askedAtCdn).toEqual([{ url: '/files/1', authorization: undefined }]);
        },
      );
    });
  });

  test('is followed to the new name of a repository with the token', async () => {
    await withHub(
      (request, response) => {
        if (request.url?.startsWith('/new/') === true) sendWords(request, response);
        else response.writeHead(301, { location: '/new/b/resolve/main/tokenizer.json' }).end();
      },
      async (hubUrl, asked) => {
        const hub = counters(hubUrl, { hubTokens: ['hf_secret'] });
        expect((await hub.counterFor('a/b', null)).source).toBe('hub');
        expect(asked.map(({ authorization }) => authorization)).toEqual([
          'Bearer hf_secret',
          'Bearer hf_secret',
        ]);
      },
    );
  });

  test('is not followed to where the guard forbids', async () => {
    await withHub(sendWords, async (privateUrl, askedThere) => {
      const asked: string[] = [];
      const hub = counters('https://93.184.215.14', {
        exchange: ({ url }) => {
          asked.push(url);
          const headers = { location: privateUrl.replace('http:', 'https:') };
          return Promise.resolve({ status: 302, headers, bytes: new Uint8Array() });
        },
        guarded: ({ url }) => {
          asked.push(url);
          return Promise.reject(new Error('nobody may be asked'));
        },
      });
      expect((await hub.counterFor('a/b', null)).source).toBe('estimate');
      expect(asked).toEqual(['https://93.184.215.14/a/b/resolve/main/tokenizer.json']);
      expect(askedThere).toEqual([]);
    });
  });

  test('a public hub leads to public addresses only, a private one to its own kind too', async () => {
    const metadata = new URL('https://169.254.169.254/latest');
    const guarded: Exchange = () => Promise.reject(new Error('nobody may be asked'));
    const hub = (hubUrl: string) => ({ hubUrl, exchange, guarded });
    await expect(exchangeFor(metadata, hub('https://93.184.215.14'))).rejects.toThrow(AddressError);
    const cdn = new URL('https://cdn.example/x');
    expect(await exchangeFor(cdn, hub('https://93.184.215.14'))).toBe(guarded);
    expect(await exchangeFor(metadata, hub('http://127.0.0.1:8080'))).toBe(exchange);
  });

  test('whose name server changes its mind leads nowhere: the connection looks for itself', async () => {
    const guardedAgent = createGuardedAgent({
      resolveHost: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    const url = new URL('https://cdn.example/tokenizer.json');
    const guarded = await exchangeFor(url, {
      hubUrl: 'https://93.184.215.14',
      exchange,
      guarded: createExchange({ agent: guardedAgent, userAgent: 'hansard/test' }),
    });
    const fetched = guarded({
      method: 'GET',
      url: url.href,
      headers: {},
      body: null,
      signal: new AbortController().signal,
      deadlineMs: 5000,
      longestAnswerBytes: 1000,
    });
    await expect(fetched).rejects.toMatchObject({
      reason: 'unreachable',
      cause: expect.any(AddressError) as AddressError,
    });
    await guardedAgent.close();
  });
});

test('no vocabulary is loaded before a text is counted with it', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({
      resolve: (specifier, context, next) => {
        if (/^(?:@|\\w).*tokenizer/.test(specifier)) loaded.push(specifier);
        return next(specifier, context);
      },
    });
    const { createTokenCounters } = await import(process.argv[1]);
    const counters = createTokenCounters({ hubUrl: 'http://127.0.0.1:9', hubTokens: [], cacheDirectory: '/nowhere' });
    const before = loaded.length;
    await counters.counterFor('mistralai/Mixtral-8x7B-Instruct-v0.1', null);
    console.log(JSON.stringify({ before, loaded }));
  `;
  const module = new URL(
    '../../../../adapters/inference/tokenizers/create-token-counters.ts',
    import.meta.url,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
    fileURLToPath(module),
  ]);
  expect(JSON.parse(stdout)).toEqual({ before: 0, loaded: ['mistral-tokenizer-js'] });
});
