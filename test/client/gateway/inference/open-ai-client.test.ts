import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseText } from 'media-captions';
import OpenAI, { APIError, toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { parseLocalConfig } from '../../../../local/config.ts';
import type { FaultRule } from '../../../../local/inference-server/faults.ts';
import { provideVirtualEnvironment } from '../../../../local/provision/python-venv.ts';
import { sampleRecording, type SampleRecording } from '../../../support/sample-recording.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

/** The official client of OpenAI, which is told the gateway's address and a key of it, and nothing else. */

const tenant = freshTenant();
const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let gateway: Awaited<ReturnType<typeof testGateway>>;
let folder: string;
let recording: SampleRecording;
let baseURL: string;
let keyId: string;
let key: string;
let admin: { readonly authorization: string };
let client: OpenAI;

beforeAll(async () => {
  await migrate(db);
  folder = await mkdtemp(join(tmpdir(), 'hansard-openai-'));
  recording = await sampleRecording(12);
  const local = await readFile('local/hansard.yaml', 'utf8');
  // So that there are two chunks.
  const HANSARD_CONFIG = await configured(local.replace('audioSeconds: 28', 'audioSeconds: 8'));
  gateway = await testGateway({ env: { HANSARD_CONFIG } });
  baseURL = `${await gateway.app.listen({ port: 0, host: '127.0.0.1' })}/v1`;
  const made = await gateway.keyOf(tenant, 'submitter');
  ({ id: keyId, key } = made);
  admin = (await gateway.keyOf(tenant, 'admin')).headers;
  client = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });
});
afterEach(async () => await setFaults([]));
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await recording[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  await db.destroy();
});

/** The path of a `hansard.yaml` with this text. */
async function configured(text: string): Promise<string> {
  const path = join(folder, `${randomUUID()}.yaml`);
  await writeFile(path, text);
  return path;
}

const setFaults = async (rules: readonly FaultRule[]) => {
  const response = await fetch(`${testStack().inference.url}/local/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rules),
  });
  expect(response.status).toBe(200);
};

const ledger = async () =>
  await db
    .selectFrom('ledgerEntry')
    .select(['jobId', 'account', 'role', 'target', 'state'])
    .where('tenant', '=', tenant)
    .orderBy('createdAt')
    .execute();

const DECISION = 'We decided to hire a painter for the hall.';
/** A text that nobody asked about before, so that no answer to it is kept. */
const aTalk = () =>
  `Ann: Hello to all of ${randomUUID()}. ${DECISION} Bob: I will call her on Monday.`;
const asked = (content = aTalk()) => ({
  model: 'summarize',
  messages: [{ role: 'user' as const, content }],
  max_tokens: 200,
});

test('every role with targets and every target is a model', async () => {
  const names = [];
  for await (const { id } of client.models.list()) names.push(id);
  expect(names).toEqual(expect.arrayContaining(['summarize', 'extractive-v1', 'transcribe']));
  expect(names).not.toContain('generate');
  expect(await client.models.retrieve('extractive-v1')).toEqual({
    id: 'extractive-v1',
    object: 'model',
    created: 0,
    owned_by: 'hansard',
  });
  await expect(client.models.retrieve('none/of these')).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
  });
});

test('a chat is answered by the target of the role, stands in the ledger, and is kept', async () => {
  const before = (await ledger()).length;
  const body = asked();
  const { data, response } = await client.chat.completions.create(body).withResponse();
  expect(data).toMatchObject({
    object: 'chat.completion',
    model: 'hansard/extractive-v1',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
  });
  expect(data.choices[0]?.message.content).toContain(DECISION);
  expect(data.usage?.prompt_tokens).toBeGreaterThan(5);
  const header = (name: string) => response.headers.get(name);
  expect([header('hansard-target'), header('hansard-cache'), header('hansard-degraded')]).toEqual([
    'extractive-v1',
    'miss',
    null,
  ]);
  expect(header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);

  const again = await client.chat.completions.create(body).withResponse();
  expect(again.response.headers.get('hansard-cache')).toBe('hit');
  expect(again.data.choices).toEqual(data.choices);
  const rows = (await ledger()).slice(before);
  expect(rows).toEqual([
    {
      jobId: `request/${keyId}`,
      account: 'request',
      role: 'summarize',
      target: 'extractive-v1',
      state: 'accepted',
    },
  ]);

  const anew = await client.chat.completions
    .create(body, { headers: { 'cache-control': 'no-cache' } })
    .withResponse();
  expect(anew.response.headers.get('hansard-cache')).toBe('miss');
  expect((await ledger()).slice(before).map(({ state }) => state)).toEqual([
    'accepted',
    'accepted',
  ]);
});

test('equal requests at the same time are one paid call', async () => {
  const before = (await ledger()).length;
  const body = asked();
  await setFaults([{ role: 'summarize', nth: 'every', delayMs: 200 }]);
  const all = await Promise.all(
    Array.from({ length: 5 }, () => client.chat.completions.create(body)),
  );
  expect(new Set(all.map(({ choices }) => choices[0]?.message.content)).size).toBe(1);
  expect((await ledger()).length - before).toBe(1);
});

test('an answer follows the JSON schema that is asked for', async () => {
  const { choices } = await client.chat.completions.create({
    ...asked(),
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'summary',
        strict: true,
        schema: {
          type: 'object',
          properties: { summary: { type: 'string' } },
          required: ['summary'],
          additionalProperties: false,
        },
      },
    },
  });
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ summary: expect.any(String) });
});

test('a call that fails for a moment is tried again, and both tries stand in the ledger', async () => {
  const before = (await ledger()).length;
  await setFaults([{ role: 'summarize', nth: 1, status: 503, body: { error: 'busy' } }]);
  const { choices } = await client.chat.completions.create(asked());
  expect(choices[0]?.message.content).toContain(DECISION);
  expect((await ledger()).slice(before).map(({ state }) => state)).toEqual(['failed', 'accepted']);
});

test('a pause that the provider asks for reaches the client, which keeps it and asks again', async () => {
  const pause = {
    role: 'summarize' as const,
    nth: 1,
    status: 429,
    headers: { 'retry-after': '3' },
    body: { error: 'slow down' },
  };
  await setFaults([pause]);
  await expect(client.chat.completions.create(asked())).rejects.toMatchObject({
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
  });
  // Its gate is closed for that time, of which the client is told, too.
  const before = (await ledger()).length;
  const patient = new OpenAI({ baseURL, apiKey: key, maxRetries: 3 });
  const { choices } = await patient.chat.completions.create(asked());
  expect(choices[0]?.message.content).toContain(DECISION);
  expect((await ledger()).slice(before).map(({ state }) => state)).toEqual(['accepted']);
});

test.each([
  [{ ...asked(), model: 'gpt-5' }, 404, 'model_not_found', 'model'],
  [{ ...asked(), tools: [] }, 400, 'invalid_request', null],
  [{ ...asked(), messages: [] }, 400, 'invalid_request', 'messages'],
  [{ ...asked(), model: 'transcribe' }, 404, 'model_not_found', 'model'],
])(
  'what cannot be asked is refused in the form of OpenAI: %#',
  async (body, status, code, param) => {
    const error: unknown = await client.chat.completions
      .create(body as Parameters<typeof client.chat.completions.create>[0])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, code, param, type: 'invalid_request_error' });
  },
);

test('a key that is none, and one that may not ask, are told so in the form of OpenAI', async () => {
  const wrong = new OpenAI({ baseURL, apiKey: 'sk-none', maxRetries: 0 });
  await expect(wrong.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  const viewer = await gateway.keyOf(tenant, 'viewer');
  const reader = new OpenAI({ baseURL, apiKey: viewer.key, maxRetries: 0 });
  await expect(reader.chat.completions.create(asked())).rejects.toMatchObject({
    status: 403,
    code: 'not_allowed',
    type: 'permission_error',
  });
});

test('a chat streams while the target writes it, and is kept as a whole', async () => {
  const body = asked();
  await setFaults([{ role: 'summarize', nth: 'every', drip: { bytes: 400, everyMs: 20 } }]);
  const { data: stream, response } = await client.chat.completions
    .create({ ...body, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  expect(response.headers.get('hansard-cache')).toBe('miss');
  expect(response.headers.get('hansard-target')).toBe('extractive-v1');
  const chunks = await Array.fromAsync(stream);
  const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.content || []);
  expect(pieces.length).toBeGreaterThan(1);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(5);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');

  const whole = await client.chat.completions.create(body).withResponse();
  expect(whole.response.headers.get('hansard-cache')).toBe('hit');
  expect(whole.data.choices[0]?.message.content).toBe(pieces.join(''));
  const kept = await client.chat.completions.create({ ...body, stream: true });
  const told = (await Array.fromAsync(kept)).map(({ choices }) => choices[0]?.delta.content ?? '');
  expect(told.join('')).toBe(pieces.join(''));
});

test('clients that go away in the middle lose no answer that is paid for, and keep no slot of the target', async () => {
  const before = (await ledger()).length;
  // One more than the target has slots.
  const bodies = [asked(), asked(), asked()];
  await setFaults([{ role: 'summarize', nth: 'every', drip: { bytes: 400, everyMs: 30 } }]);
  await Promise.all(
    bodies.map(async (body) => {
      const stream = await client.chat.completions.create({ ...body, stream: true });
      for await (const { choices } of stream) if (choices[0]?.delta.content) break;
      // As it does when its loop is left.
      expect(stream.controller.signal.aborted).toBe(true);
    }),
  );
  await client.chat.completions.create(asked());
  await expect
    .poll(async () => (await ledger()).slice(before).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(Array(4).fill('accepted'));
  for (const body of bodies) {
    const { response } = await client.chat.completions.create(body).withResponse();
    expect(response.headers.get('hansard-cache')).toBe('hit');
  }
});

test('a stream that breaks off tells of it, is not asked for again, and is in doubt', async () => {
  const before = (await ledger()).length;
  await setFaults([
    { role: 'summarize', nth: 'every', cut: 1_500, drip: { bytes: 500, everyMs: 20 } },
  ]);
  const stream = await client.chat.completions.create({ ...asked(), stream: true });
  await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'target_failed' });
  expect((await ledger()).slice(before).map(({ state }) => state)).toEqual(['in_doubt']);
});

test('a recording is transcribed in the forms of OpenAI, with the times of its words', async () => {
  const before = (await ledger()).length;
  const file = async () => await toFile(await readFile(recording.path), 'planning-meeting.flac');
  const { data, response } = await client.audio.transcriptions
    .create({
      file: await file(),
      model: 'transcribe',
      language: 'en',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    })
    .withResponse();
  expect(response.headers.get('hansard-target')).toBe('whisper-base');
  expect(response.headers.get('hansard-cache')).toBe('miss');
  const { text, words = [], segments = [], language, duration } = data;
  expect(language).toBe('english');
  expect(duration).toBeCloseTo(12, 1);
  expect(text).toMatch(/planning meeting.+launch date/i);
  const letters = (parts: readonly string[]) => parts.join('').replaceAll(/\s/g, '');
  expect(letters(words.map(({ word }) => word))).toBe(letters(segments.map((one) => one.text)));
  expect(words.every(({ start, end }) => start <= end && end <= duration)).toBe(true);
  expect(words.map(({ start }) => start)).toEqual(
    words.map(({ start }) => start).toSorted((a, b) => a - b),
  );
  const paid = (await ledger()).length - before;
  expect(paid).toBeGreaterThan(1);

  const again = await client.audio.transcriptions
    .create({
      file: await file(),
      model: 'whisper-base',
      language: 'en',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    })
    .withResponse();
  expect(again.response.headers.get('hansard-cache')).toBe('hit');
  expect(again.data.words).toEqual(words);
  expect(again.data.segments).toBeUndefined();
  expect((await ledger()).length - before).toBe(paid);
});

test('a recording is transcribed as text and as subtitles, which are paid for once', async () => {
  const heard = async (format: 'json' | 'text' | 'srt' | 'vtt') => {
    const file = await toFile(await readFile(recording.path), 'planning-meeting.flac');
    const options = { file, model: 'transcribe', language: 'en', response_format: format };
    const { data, response } = await client.audio.transcriptions.create(options).withResponse();
    return { data: data as unknown, type: response.headers.get('content-type') };
  };
  const json = await heard('json');
  const before = (await ledger()).length;
  const { text } = json.data as { text: string };
  expect(text).toMatch(/planning meeting.+launch date/i);
  expect(await heard('text')).toEqual({ data: `${text}\n`, type: 'text/plain; charset=utf-8' });
  const [srt, vtt] = [await heard('srt'), await heard('vtt')];
  expect([srt.type, vtt.type]).toEqual(['text/plain; charset=utf-8', 'text/vtt; charset=utf-8']);
  for (const [{ data }, type] of [
    [srt, 'srt'],
    [vtt, 'vtt'],
  ] as const) {
    const { cues, errors } = await parseText(String(data), {
      type,
      strict: type === 'vtt',
      errors: true,
    });
    expect([type, errors]).toEqual([type, []]);
    const words = (said: string) => said.replaceAll(/\s+/g, ' ').trim();
    expect(words(cues.map((cue) => cue.text).join(' '))).toBe(words(text));
    expect(cues.every(({ startTime, endTime }) => startTime < endTime && endTime <= 12.5)).toBe(
      true,
    );
  }
  expect((await ledger()).length).toBe(before);
  const untimed = client.audio.transcriptions.create({
    file: await toFile(await readFile(recording.path), 'planning-meeting.flac'),
    model: 'transcribe',
    response_format: 'json',
    timestamp_granularities: ['word'],
  });
  await expect(untimed).rejects.toMatchObject({
    status: 400,
    param: 'timestamp_granularities[]',
  });
});

test('texts become vectors, which the client reads as numbers', async () => {
  const input = ['We hire a painter.', 'A painter is hired by us.'];
  const { data, response } = await client.embeddings
    .create({ model: 'embed', input })
    .withResponse();
  expect(response.headers.get('hansard-target')).toBe('hashing-v1');
  expect(data.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 64],
    [1, 64],
  ]);
  const plain = await client.embeddings.create({ model: 'embed', input, encoding_format: 'float' });
  for (const [at, value] of (plain.data[0]?.embedding ?? []).entries())
    expect(data.data[0]?.embedding[at]).toBeCloseTo(value, 6);
});

test('texts get their labels', async () => {
  const answer = await client.post('/classify', {
    body: { model: 'classify', input: ['This is wonderful.', 'This is terrible.'] },
  });
  const labels = (label: string) => expect.arrayContaining([{ label, score: expect.any(Number) }]);
  expect(answer).toMatchObject({
    data: [{ labels: labels('positive') }, { labels: labels('negative') }],
  });
});

test('a picture that is judged safe is answered with its mark, and can be moderated', async () => {
  const picture = await client.images.generate({
    model: 'illustrate',
    prompt: 'a lighthouse at the sea',
    size: '512x256',
  });
  const base64 = picture.data?.[0]?.b64_json ?? '';
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect((await sharp(bytes).metadata()).xmp?.toString()).toContain('trainedAlgorithmicMedia');
  const url = `data:image/png;base64,${base64}`;
  const { results } = await client.moderations.create({
    model: 'moderate',
    input: [{ type: 'image_url', image_url: { url } }],
  });
  expect(results).toMatchObject([{ flagged: false, categories: { sexual: false } }]);
});

test('a picture that nobody could judge is not shown', async () => {
  await setFaults([
    { role: 'moderate', nth: 'every', body: [{ label: 'cat', score: 1 }], status: 200 },
  ]);
  const drawing = client.images.generate({ model: 'illustrate', prompt: `a cat ${randomUUID()}` });
  await expect(drawing).rejects.toMatchObject({ status: 400, code: 'content_policy_violation' });
});

test('what is no recording, or no form, is refused in the form of OpenAI', async () => {
  const text = await toFile(Buffer.from('This is no recording at all.'), 'speech.mp3');
  await expect(
    client.audio.transcriptions.create({ file: text, model: 'transcribe' }),
  ).rejects.toMatchObject({ status: 400, code: 'recording_unusable', param: 'file' });
  await expect(
    client.audio.transcriptions.create({ file: text, model: 'transcribe', language: 'tlh' }),
  ).rejects.toMatchObject({ status: 400, param: 'language' });
});

test('the next target answers where the first does not, and an earlier answer where none does', async () => {
  // Nothing listens at the first.
  const HANSARD_CONFIG = await configured(`roles:
  summarize:
    - { name: away, contract: openai, url: 'http://127.0.0.1:9', model: a/b }
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1 }`);
  await using other = await testGateway({ env: { HANSARD_CONFIG } });
  const url = `${await other.app.listen({ port: 0, host: '127.0.0.1' })}/v1`;
  const asking = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
  const body = asked();
  const toldOf = async (headers = {}) => {
    const { response } = await asking.chat.completions.create(body, { headers }).withResponse();
    const told = ['hansard-target', 'hansard-cache', 'hansard-degraded'];
    return told.map((name) => response.headers.get(name));
  };
  expect(await toldOf()).toEqual(['extractive-v1', 'miss', 'fallback']);
  expect(await toldOf()).toEqual(['extractive-v1', 'hit', 'fallback']);

  await setFaults([{ role: 'summarize', nth: 'every', status: 503, body: { error: 'busy' } }]);
  expect(await toldOf({ 'cache-control': 'no-cache' })).toEqual([
    'extractive-v1',
    'stale',
    'earlier',
  ]);
  // Its gate is open again for the tests of other files, too.
  await setFaults([]);
  expect(await toldOf({ 'cache-control': 'no-cache' })).toContain('miss');
  await expect(asking.chat.completions.create({ ...asked(), model: 'away' })).rejects.toMatchObject(
    { status: 503, code: 'target_paused' },
  );
  const metrics = await other.app.inject({ url: '/metrics', headers: admin });
  expect(metrics.body).toMatch(/hansard_\w+\{[^}]*target="away"/);
});

test('the client for Python is answered, too', { timeout: 300_000 }, async () => {
  const { home, overrides } = parseLocalConfig(process.env);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const python = await provideVirtualEnvironment(
    { home, overrides, environment: process.env, log },
    {
      folder: 'openai-client',
      packages: ['openai==3.57.0'],
      purpose: 'OpenAI’s client for Python',
      size: 'about 30 MB',
    },
  );
  const script = join(import.meta.dirname, 'open_ai_python_client.py');
  const env = { PATH: process.env['PATH'] ?? '' };
  const { stdout } = await promisify(execFile)(
    python,
    [script, baseURL, key, recording.path, testStack().inference.url],
    {
      env,
    },
  );
  const text: unknown = expect.stringContaining('painter');
  expect(JSON.parse(stdout)).toEqual({
    models: true,
    chat: text,
    stream: text,
    form: { summary: expect.any(String) },
    usage: true,
    retrieved: 'extractive-v1',
    word: 'Good',
    text: expect.stringMatching(/planning meeting/i),
    srt: '1',
    vtt: 'WEBVTT',
    vectors: [64, 64],
    floats: true,
    picture: 'iVBORw0K',
    flagged: [false],
    refused: 'model_not_found',
    stranger: 'invalid_api_key',
    unheard: 'recording_unusable',
    retried: text,
  });
});

test('nothing of the question, the answer or the tokens is logged', () => {
  const secrets = [DECISION, 'hall', testStack().env['HF_TOKEN'] ?? 'no token'];
  expect(secrets.filter((secret) => gateway.logged().includes(secret))).toEqual([]);
});
