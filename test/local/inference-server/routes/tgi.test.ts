import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sectionMessages, SUMMARY_SCHEMA } from '../../../../activities/summary/prompts.ts';
import { summaryDraftSchema } from '../../../../workflows/contracts/summary-draft.ts';
import { answerOf, clientOf } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { get, post, postJson, billed } = clientOf(() => server.url);

const GENERATE = '/tgi/generate';
const said =
  '[s1 00:00:01] We decided to paint the boat.\n[s2 00:00:09] Nora buys the paint by May.';
const messages = sectionMessages({ text: said, language: 'en' });
const grammar = { type: 'json', value: SUMMARY_SCHEMA.json };
const generated = z.object({
  generated_text: z.string(),
  details: z.object({
    finish_reason: z.string(),
    generated_tokens: z.int(),
    prefill: z.tuple([]),
    tokens: z.array(z.object({ id: z.int(), text: z.string(), logprob: z.number() })),
  }),
});
const generate = async (inputs: string, parameters: object) => {
  const response = await postJson(GENERATE, {
    inputs,
    parameters: { details: true, ...parameters },
  });
  return generated.parse(await response.json());
};

describe('/generate', () => {
  test.each([
    ['in a plain prompt', messages.map(({ content }) => content).join('\n\n')],
    [
      'with the marks of Mixtral',
      `<s>[INST] ${messages.map(({ content }) => content).join('\n')} [/INST]`,
    ],
  ])('fills the schema of its grammar %s', async (_name, inputs) => {
    const before = await billed('summarize');
    const { generated_text: text, details } = await generate(inputs, {
      grammar,
      max_new_tokens: 1000,
    });
    const draft = summaryDraftSchema.parse(JSON.parse(text));
    expect(draft.decisions[0]?.text).toContain('paint the boat');
    expect(details.finish_reason).toBe('eos_token');
    expect(details.tokens).toHaveLength(details.generated_tokens);
    expect(details.tokens.map((token) => token.text).join('')).toBe(text);
    expect(await billed('summarize')).toBe(before + 1);
  });

  test('reports its counts in headers, and why it stopped', async () => {
    const inputs = 'We decided to paint the boat. It is blue.';
    const response = await postJson(GENERATE, { inputs, parameters: {} });
    const whole = z.strictObject({ generated_text: z.string() }).parse(await response.json());
    const tokens = Math.ceil(whole.generated_text.length / 4);
    expect(response.headers.get('x-prompt-tokens')).toBe(String(Math.ceil(inputs.length / 4)));
    expect(response.headers.get('x-generated-tokens')).toBe(String(tokens));
    const stopped = await generate(inputs, { stop: ['the boat'] });
    expect(stopped.generated_text).not.toContain('the boat');
    expect(stopped.details.finish_reason).toBe('stop_sequence');
    const cut = await generate(messages[1]?.content ?? '', { grammar, max_new_tokens: 4 });
    expect(cut.details).toMatchObject({ finish_reason: 'length', generated_tokens: 4 });
  });

  test('answers a list at the root of the older API, and repeats the prompt on request', async () => {
    const inputs = 'We decided to paint the boat.';
    const body = { inputs, parameters: { return_full_text: true } };
    const [answer] = z
      .tuple([z.strictObject({ generated_text: z.string() })])
      .parse(await (await postJson('/tgi/', body)).json());
    expect(answer.generated_text.startsWith(inputs)).toBe(true);
  });

  test('streams one token per event, the last one with the whole text', async () => {
    const inputs = 'We decided to paint the boat. It is blue.';
    const { generated_text: text } = await generate(inputs, {});
    const response = await postJson('/tgi/generate_stream', { inputs });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).trimEnd().split('\n\n');
    const parsed = events.map((event) => {
      expect(event.startsWith('data:{')).toBe(true);
      return z
        .object({ token: z.object({ text: z.string() }), generated_text: z.string().nullable() })
        .parse(JSON.parse(event.slice('data:'.length)));
    });
    expect(parsed.map(({ token }) => token.text).join('')).toBe(text);
    expect(parsed.map((event) => event.generated_text).filter((one) => one !== null)).toEqual([
      text,
    ]);
  });

  test('shortens a prompt to its end with truncate', async () => {
    const inputs = `${'We decided to sell the house. '.repeat(2000)}We decided to paint the boat.`;
    expect((await postJson(GENERATE, { inputs })).status).toBe(422);
    const { generated_text: text } = await generate(inputs, { truncate: 7 });
    expect(text).toContain('boat');
    expect(text).not.toContain('house');
  });

  test('refuses too long and invalid requests, and does not bill them', async () => {
    const before = await billed('summarize');
    for (const [body, message] of [
      [{ inputs: 'word '.repeat(8000) }, '`inputs` must have less than 8191 tokens. Given: 10000'],
      [
        { inputs: 'word', parameters: { max_new_tokens: 8192 } },
        'must be <= 8192. Given: 1 `inputs` tokens and 8192 `max_new_tokens`',
      ],
      [{ inputs: '' }, '`inputs` cannot be empty'],
      [{ inputs: 'x', parameters: { grammar: { type: 'regex', value: 'a' } } }, 'grammar'],
      [
        { inputs: 'x', parameters: { grammar: { type: 'json', value: { type: 'object' } } } },
        'grammar',
      ],
    ] as const) {
      expect(await answerOf(await postJson(GENERATE, body))).toEqual({
        status: 422,
        body: {
          error: expect.stringContaining(message) as string,
          error_type: 'validation',
        },
      });
    }
    expect(await billed('summarize')).toBe(before);
  });

  test.each([
    ['{', 'application/json', 400, 'Failed to parse the request body as JSON'],
    ['{}', 'application/json', 422, 'Failed to deserialize the JSON body'],
    ['{"inputs":"x","parameters":{"temperature":0}}', 'application/json', 422, 'temperature'],
    ['{}', 'text/plain', 415, 'Expected request with `Content-Type: application/json`'],
  ])('refuses %s as %s in plain text', async (body, type, status, message) => {
    const response = await post(GENERATE, body, { 'content-type': type });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toContain(message);
  });
});

describe('the other routes of TGI', () => {
  test('reports its limits and its health', async () => {
    expect(await answerOf(await get('/tgi/info'))).toMatchObject({
      status: 200,
      body: {
        model_id: 'hansard/extractive-v1',
        max_input_tokens: 8191,
        max_total_tokens: 8192,
      },
    });
    const health = await get('/tgi/health');
    expect([health.status, await health.text()]).toEqual([200, '']);
  });

  test('cuts a text into tokens', async () => {
    const inputs = 'Grüße, Anna';
    const tokens = z
      .array(z.object({ id: z.int(), text: z.string(), start: z.int(), stop: z.int() }))
      .parse(await (await postJson('/tgi/tokenize', { inputs })).json());
    expect(tokens).toHaveLength(Math.ceil(Buffer.byteLength(inputs) / 4));
    expect(tokens.map(({ start, stop }) => inputs.slice(start, stop)).join('')).toBe(inputs);
  });
});
