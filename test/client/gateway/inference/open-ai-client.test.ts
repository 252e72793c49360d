import { randomUUID } from 'node:crypto';
import OpenAI, { APIError } from 'openai';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import type { FaultRule } from '../../../../local/inference-server/faults.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

/** The official client of OpenAI, which is told the gateway's address and a key of it, and nothing else. */

const tenant = freshTenant();
const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let gateway: Awaited<ReturnType<typeof testGateway>>;
let baseURL: string;
let keyId: string;
let client: OpenAI;

beforeAll(async () => {
  await migrate(db);
  gateway = await testGateway();
  baseURL = `${await gateway.app.listen({ port: 0, host: '127.0.0.1' })}/v1`;
  const made = await gateway.keyOf(tenant, 'submitter');
  keyId = made.id;
  client = new OpenAI({ baseURL, apiKey: made.key, maxRetries: 0 });
});
afterEach(async () => await setFaults([]));
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
});

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
  expect(data._request_id).toMatch(/^[0-9a-f-]{36}$/);

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
  expect(pieces.length).toBeGreaterThan(2);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(5);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');

  const whole = await client.chat.completions.create(body).withResponse();
  expect(whole.response.headers.get('hansard-cache')).toBe('hit');
  expect(whole.data.choices[0]?.message.content).toBe(pieces.join(''));
  const kept = await client.chat.completions.create({ ...body, stream: true });
  const told = (await Array.fromAsync(kept)).map(({ choices }) => choices[0]?.delta.content ?? '');
  expect(told.join('')).toBe(pieces.join(''));
});

test('a client that goes away in the middle does not lose the answer that is paid for', async () => {
  const before = (await ledger()).length;
  const body = asked();
  await setFaults([{ role: 'summarize', nth: 'every', drip: { bytes: 400, everyMs: 30 } }]);
  const stream = await client.chat.completions.create({ ...body, stream: true });
  for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  await expect
    .poll(async () => (await ledger()).slice(before).map(({ state }) => state), { timeout: 5_000 })
    .toEqual(['accepted']);
  const { response } = await client.chat.completions.create(body).withResponse();
  expect(response.headers.get('hansard-cache')).toBe('hit');
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

test('nothing of the question, the answer or the tokens is logged', () => {
  const secrets = [DECISION, 'hall', testStack().env['HF_TOKEN'] ?? 'no token'];
  expect(secrets.filter((secret) => gateway.logged().includes(secret))).toEqual([]);
});
