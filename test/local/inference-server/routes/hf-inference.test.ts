import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf, clientOf } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* The tasks on texts; those on audio and pictures are in wire.test.ts. */

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { post, postJson, billed } = clientOf(() => server.url);

const LABELS = '/hf-inference/models/hansard/lexicon-v1';
const SUMMARY = '/hf-inference/models/hansard/extractive-v1';
const VECTORS = '/hf-inference/models/hansard/hashing-v1/pipeline/feature-extraction';

describe('text classification', () => {
  test('answers labels as a list in a list, and bills them', async () => {
    const before = await billed('classify');
    const body = {
      inputs: 'The launch failed, and everybody was angry.',
      parameters: { top_k: 100 },
    };
    const [labels] = z
      .tuple([z.array(z.object({ label: z.string(), score: z.number() })).length(3)])
      .parse(await (await postJson(LABELS, body)).json());
    expect(labels[0]?.label).toBe('negative');
    expect(await billed('classify')).toBe(before + 1);
  });

  test('refuses unknown parameters of its pipeline', async () => {
    const strange = { inputs: 'x', parameters: { labels: ['a'] } };
    expect(await answerOf(await postJson(LABELS, strange))).toEqual({
      status: 400,
      body: {
        error:
          "TextClassificationPipeline._sanitize_parameters() got an unexpected keyword argument 'labels'",
      },
    });
    expect((await postJson(LABELS, { inputs: ['a', 'b'] })).status).toBe(400);
  });
});

describe('summarization', () => {
  const inputs = Array.from(
    { length: 20 },
    (_unused, week) => `We decided to paint boat ${week} in week ${2 * week}.`,
  ).join(' ');

  test('answers sentences of the text within the requested length', async () => {
    const before = await billed('summarize');
    const ask = async (parameters: object) => {
      const response = await postJson(SUMMARY, { inputs, parameters });
      const [one] = z
        .tuple([z.strictObject({ summary_text: z.string() })])
        .parse(await response.json());
      return one.summary_text;
    };
    const short = await ask({ generate_parameters: { max_new_tokens: 12 } });
    expect(inputs).toContain(short);
    expect(short.length).toBeLessThanOrEqual(48);
    const long = await ask({ clean_up_tokenization_spaces: true, truncation: 'longest_first' });
    expect(long.length).toBeGreaterThan(short.length);
    expect(await billed('summarize')).toBe(before + 2);
  });

  test('fails for a too long text unless it may truncate', async () => {
    const long = 'We decided to paint the boat. '.repeat(1500);
    expect(await answerOf(await postJson(SUMMARY, { inputs: long }))).toEqual({
      status: 400,
      body: { error: 'index out of range in self' },
    });
    const parameters = { truncation: 'longest_first' };
    expect((await postJson(SUMMARY, { inputs: long, parameters })).status).toBe(200);
  });
});

describe('feature extraction', () => {
  test('answers one vector per text, as a list for a list of texts', async () => {
    const before = await billed('embed');
    const one = await answerOf(await postJson(VECTORS, { inputs: 'a boat', normalize: true }));
    const list = await answerOf(await postJson(VECTORS, { inputs: ['a boat', 'a house'] }));
    expect(z.array(z.number()).length(64).parse(one.body)).toEqual(
      z.tuple([z.unknown(), z.unknown()]).parse(list.body)[0],
    );
    expect(await billed('embed')).toBe(before + 2);
  });

  test('refuses parameters under `parameters`, raw bytes, and models for other tasks', async () => {
    const nested = { inputs: 'x', parameters: { normalize: true } };
    expect((await postJson(VECTORS, nested)).status).toBe(400);
    expect((await post(VECTORS, 'x', { 'content-type': 'audio/flac' })).status).toBe(400);
    const other = '/hf-inference/models/hansard/lexicon-v1/pipeline/feature-extraction';
    expect(await answerOf(await postJson(other, { inputs: 'x' }))).toEqual({
      status: 400,
      body: { error: 'Model not supported by provider hf-inference' },
    });
  });
});

describe('a chat', () => {
  test.each([
    [{ model: 'x', messages: 'Which boat is painted?' }],
    [{ model: 'x', max_tokens: 500 }],
    [{ model: 'x', messages: [{ role: 'user', content: 'x' }], response_format: { type: 'xml' } }],
  ])('of another shape is refused in the words of Text Generation Inference: %j', async (body) => {
    const before = await billed('summarize');
    const response = await postJson(`${SUMMARY}/v1/chat/completions`, body);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(
      /^Failed to deserialize the JSON body into the target type: /,
    );
    expect(await billed('summarize')).toBe(before);
  });
});
