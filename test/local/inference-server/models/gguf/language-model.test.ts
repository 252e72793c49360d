import type { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toGrammarSchema } from '../../../../../local/inference-server/models/gguf/grammar-schema.ts';
import {
  startLanguageModel,
  type LanguageModel,
} from '../../../../../local/inference-server/models/gguf/language-model.ts';
import { ggufModelId } from '../../../../../local/inference-server/models/gguf/model-id.ts';
import { createFileStore } from '../../../../../local/inference-server/kept-results.ts';
import { createManagedEndpoints } from '../../../../../local/inference-server/managed-endpoints.ts';
import { createNsfwClassifier } from '../../../../../local/inference-server/models/nsfw-classifier.ts';
import { createScriptedTranscriber } from '../../../../../local/inference-server/models/scripted-transcriber.ts';
import { createInferenceServer } from '../../../../../local/inference-server/server.ts';

const options = (path: string) => ({
  runtime: '/nowhere',
  path,
  program: new URL('./model-process.ts', import.meta.url),
});

let model: LanguageModel;
let app: ReturnType<typeof fastify>;
let url: string;
beforeAll(async () => {
  model = await startLanguageModel(options('/models/Small Model.Q4.gguf'));
  app = createInferenceServer({
    transcriber: createScriptedTranscriber({ latencyMs: 0 }),
    diarizer: null,
    languageModel: model,
    classify: createNsfwClassifier(),
    files: createFileStore(),
    endpoints: createManagedEndpoints({ startMs: 0 }),
    faults: null,
    queueDelayMs: 0,
    requireToken: null,
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await model.close();
});

const chat = async (content: string, more: object = {}, signal: AbortSignal | null = null) => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: model.id, messages: [{ role: 'user', content }], ...more }),
    signal,
  });
  return { status: response.status, text: await response.text() };
};

interface Echo {
  readonly running: number;
  readonly pid: number;
  readonly task: object;
}
const echoOf = ({ text }: { readonly text: string }): Echo => {
  const { choices } = JSON.parse(text) as { choices: [{ message: { content: string } }] };
  return JSON.parse(choices[0].message.content) as Echo;
};

describe('a chat of the language model', () => {
  test('arrives whole, and comes back with the counts of the model', async () => {
    const schema = { type: 'object', properties: { colour: { type: 'string' } } };
    const answer = await chat('Hello', {
      max_tokens: 40,
      temperature: 0.2,
      top_p: 0.9,
      top_k: -1,
      seed: 7,
      stop: 'END',
      response_format: { type: 'json_schema', json_schema: { name: 'colour', schema } },
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      object: 'chat.completion',
      model: 'gguf/Small-Model.Q4',
      choices: [{ finish_reason: 'length' }],
      usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
    });
    expect(echoOf(answer).task).toEqual({
      messages: [{ role: 'user', content: 'Hello' }],
      schema,
      maxTokens: 40,
      temperature: 0.2,
      topP: 0.9,
      topK: 0,
      seed: 7,
      stops: ['END'],
    });
  });

  test('is streamed where it asks for that', async () => {
    const { text } = await chat('Hello', { stream: true, stream_options: { include_usage: true } });
    expect(text).toContain('"total_tokens":17');
    expect(text).toMatch(/"model":"gguf\/Small-Model\.Q4".*\n\ndata: \[DONE\]\n\n$/s);
  });

  test('waits for the one before it', async () => {
    const answers = await Promise.all([chat('a'), chat('b'), chat('c')]);
    expect(answers.map((answer) => echoOf(answer).running)).toEqual([1, 1, 1]);
  });

  test.each([
    ['too long', 400, /context length is 4096 tokens.*9000 in the messages.*context_length_exceed/],
    ['bad schema', 400, /unknown type: strange.*response_format/],
    ['fail', 500, /Internal Server Error/],
  ])('that is answered "%s" gets status %i', async (content, status, message) => {
    expect(await chat(content)).toEqual({ status, text: expect.stringMatching(message) });
  });

  test('that kills the process gets 500, and the next one another process', async () => {
    const before = echoOf(await chat('a')).pid;
    expect((await chat('die')).status).toBe(500);
    const after = echoOf(await chat('b'));
    expect(after.pid).not.toBe(before);
    expect(after.running).toBe(1);
  });

  test('is broken off when its client leaves', async () => {
    const controller = new AbortController();
    const left = chat('wait', {}, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(left).rejects.toThrow(/abort/);
    expect(echoOf(await chat('a')).running).toBe(1);
  });
});

test('the list of models has it first, with its context', async () => {
  const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: object[] };
  expect(data).toMatchObject([
    { id: 'gguf/Small-Model.Q4', max_model_len: 4096 },
    { id: 'hansard/extractive-v1' },
  ]);
  const one = await fetch(`${url}/v1/models/${model.id}`);
  expect(await one.json()).toEqual(data[0]);
});

test('a provider does not have it', async () => {
  const response = await fetch(`${url}/together/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: model.id, messages: [{ role: 'user', content: 'a' }] }),
  });
  expect(response.status).toBe(400);
});

test.each([
  ['/models/broken.gguf', 'the model /models/broken.gguf cannot be used: not enough memory'],
  ['/models/dying.gguf', 'the process of /models/dying.gguf ended with 9'],
])('%s fails at the start', async (path, message) => {
  await expect(startLanguageModel(options(path))).rejects.toThrow(message);
});

test('another file is another model', () => {
  expect(ggufModelId('/a/qwen2.5 1.5b.Q4_K_M.GGUF')).toBe('gguf/qwen2.5-1.5b.Q4_K_M');
});

test('alternatives have the name that grammars know, but for a property of that name', () => {
  const schema = {
    type: 'object',
    properties: { due: { anyOf: [{ type: 'string' }, { type: 'null' }] }, anyOf: { type: 'null' } },
  };
  expect(toGrammarSchema(schema)).toEqual({
    type: 'object',
    properties: { due: { oneOf: [{ type: 'string' }, { type: 'null' }] }, anyOf: { type: 'null' } },
  });
});
