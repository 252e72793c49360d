import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLocalConfig } from '../../local/config.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { testStack } from '../support/stack.ts';

/**
 * `npm run demo` with other engines than the local ones. Hugging Face itself is out of reach of a test: a proxy on
 * another port takes the public models' names, which the very code for the public service sends, to the local server.
 */

const CLONE = resolve(import.meta.dirname, '../..');
const RECORDING = join(CLONE, 'test/fixtures/unseen/recording.flac');

const STANDS_FOR = {
  'openai/whisper-large-v3': 'openai/whisper-base',
  'openai/gpt-oss-120b:cheapest': 'hansard/extractive-v1',
  'black-forest-labs/FLUX.1-schnell': 'hansard/procedural-v1',
  'Falconsai/nsfw_image_detection': 'hansard/nsfwjs-mobilenet-v2-mid',
};

let home: string;
beforeEach(async () => {
  // A home of its own beside the shared tools: the clone's own stack may be running.
  const shared = parseLocalConfig(process.env).home;
  home = await mkdtemp(join(tmpdir(), 'hansard-home-'));
  await chmod(home, 0o755);
  for (const name of ['bin', 'models', 'venv']) await symlink(join(shared, name), join(home, name));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function demo(
  inference: string,
  env: Record<string, string>,
): Promise<{ code: number | null; printed: string; minutes: Minutes }> {
  const out = join(home, `out-${inference.replace(/\W/g, '-')}`);
  const child = spawn(
    process.execPath,
    ['local/demo.ts', RECORDING, '--exit', '--out', out, '--inference', inference],
    {
      cwd: CLONE,
      env: {
        ...process.env,
        ...env,
        HANSARD_HOME: home,
        HANSARD_PORT_TEMPORAL: '0',
        HANSARD_PORT_TEMPORAL_UI: '0',
        HANSARD_PORT_S3: '0',
        HANSARD_PORT_POSTGRES: '0',
        HANSARD_PORT_INFERENCE: '0',
        HANSARD_PORT_HEALTH: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  child.stdout.on('data', (block: Buffer) => (printed += String(block)));
  child.stderr.on('data', (block: Buffer) => (printed += String(block)));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, printed }).toMatchObject({ code: 0 });
  const text = await readFile(join(out, 'minutes.json'), 'utf8');
  return { code, printed, minutes: minutesSchema.parse(JSON.parse(text)) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  return Buffer.concat(blocks);
}

test('--inference hf makes minutes by the default targets, with the token and nothing else', async () => {
  const tokens = new Set<string | undefined>();
  await using proxy = await startProxy(tokens);
  const { printed, minutes } = await demo('hf', {
    HF_TOKEN: 'hf_a-token',
    HF_ROUTER_URL: proxy.url,
  });
  expect(printed).toContain(`engines: Hugging Face (${proxy.url})`);
  expect(printed).not.toContain('hf_a-token');
  expect(minutes).toMatchObject({ status: 'complete', degradations: [] });
  expect(minutes.engines.transcribe.map(({ model }) => model)).toEqual(['openai/whisper-large-v3']);
  expect(minutes.engines.summarize.map(({ model }) => model)).toEqual([
    'openai/gpt-oss-120b:cheapest',
  ]);
  expect(minutes.image?.verdict).toBe('safe');
  expect([...tokens]).toEqual(['Bearer hf_a-token']);
}, 240_000);

test('--inference URL lets that server summarise, and the local models do the rest', async () => {
  const { printed, minutes } = await demo(testStack().inference.url, {});
  expect(printed).toContain('summarises; small models on this machine do the rest');
  expect(minutes.status).toBe('complete');
  expect(minutes.engines.summarize.map(({ target }) => target)).toEqual(['own-server']);
  expect(minutes.engines.transcribe.map(({ target }) => target)).toEqual(['whisper-base']);
}, 240_000);

async function startProxy(tokens: Set<string | undefined>) {
  const to = testStack().inference.url;
  const server = createServer((request, response) => {
    void (async () => {
      // Calls; what is listed in public is asked without a token.
      if (request.method === 'POST') tokens.add(request.headers.authorization);
      let path = request.url ?? '/';
      let body = await bodyOf(request);
      for (const [name, model] of Object.entries(STANDS_FOR)) {
        path = path.replace(name, model);
        // The chat's body is JSON and begins with the model.
        const head = Buffer.from(`{"model":"${name}"`);
        if (body.subarray(0, head.length).equals(head)) {
          body = Buffer.concat([Buffer.from(`{"model":"${model}"`), body.subarray(head.length)]);
        }
      }
      const answer = await fetch(`${to}${path}`, {
        method: request.method ?? 'GET',
        headers: {
          'content-type': request.headers['content-type'] ?? 'application/json',
          ...(request.headers.accept && { accept: request.headers.accept }),
        },
        ...(body.length > 0 && { body }),
      });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.resolve();
    },
  };
}
