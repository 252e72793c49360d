import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { answerOf, clientOf } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { get } = clientOf(() => server.url);

const mappingOf = async (id: string) =>
  answerOf(await get(`/api/models/${id}?expand[]=inferenceProviderMapping`));

describe('the mapping of a model to its providers', () => {
  test('is keyed by provider, with the name that each provider has for the model', async () => {
    const task = 'automatic-speech-recognition';
    const live = { status: 'live', providerId: 'openai/whisper-base', task };
    const providerId = `openai/whisper-base:${sha256('openai/whisper-base')}`;
    expect(await mappingOf('openai/whisper-base')).toEqual({
      status: 200,
      body: {
        id: 'openai/whisper-base',
        inferenceProviderMapping: {
          'hf-inference': live,
          'fal-ai': live,
          replicate: { ...live, providerId },
          together: live,
          deepinfra: live,
        },
      },
    });
    expect(await mappingOf('hansard/lexicon-v1')).toMatchObject({
      body: { inferenceProviderMapping: { 'hf-inference': { task: 'text-classification' } } },
    });
  });

  test('is asked for by either name of the parameter, along with the task', async () => {
    const path = '/api/models/hansard/extractive-v1';
    const asked = '?expand=inferenceProviderMapping&expand=pipeline_tag&expand[]=inference';
    expect(await answerOf(await get(path + asked))).toMatchObject({
      body: { inferenceProviderMapping: {}, pipeline_tag: 'text-generation', inference: 'warm' },
    });
    expect(await answerOf(await get(path))).toEqual({
      status: 200,
      body: {
        id: 'hansard/extractive-v1',
        modelId: 'hansard/extractive-v1',
        pipeline_tag: 'text-generation',
        tags: ['text-generation', 'conversational'],
      },
    });
  });

  test('knows models that are not live', async () => {
    expect(await mappingOf('hansard/staging-v0')).toMatchObject({
      body: { inferenceProviderMapping: { 'hf-inference': { status: 'staging' } } },
    });
    expect(await mappingOf('hansard/error-v0')).toMatchObject({
      body: { inferenceProviderMapping: { together: { status: 'error' } } },
    });
  });

  test('refuses unknown models and fields', async () => {
    expect(await mappingOf('openai/whisper-9')).toEqual({
      status: 404,
      body: { error: 'Repository not found' },
    });
    const field = await get('/api/models/openai/whisper-base?expand[]=secrets');
    expect(field.status).toBe(400);
  });
});

describe('tokenizer.json', () => {
  test('counts like the server: four bytes per token', async () => {
    const { body } = await answerOf(
      await get('/hansard/extractive-v1/resolve/main/tokenizer.json'),
    );
    const tokenizer = new Tokenizer(body, {});
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const { ids } = tokenizer.encode(text, { add_special_tokens: false });
        expect(ids.length).toBe(Math.ceil(Buffer.byteLength(text) / 4));
      }),
    );
  });

  test('exists only for models with tokens', async () => {
    expect((await get('/openai/whisper-base/resolve/main/tokenizer.json')).status).toBe(404);
    expect((await get('/openai/gpt-9/resolve/main/tokenizer.json')).status).toBe(404);
  });
});
