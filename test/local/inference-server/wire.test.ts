import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { wordErrorRate } from '../../support/word-error-rate.ts';
import {
  reductionMessages,
  sectionMessages,
  SUMMARY_SCHEMA,
} from '../../../activities/summary/prompts.ts';
import { summaryDraftSchema } from '../../../workflows/contracts/summary-draft.ts';
import { base64, clientOf } from './client.ts';
import { readStatistics, sampleFlac, startServer, type RunningServer } from './start-server.ts';

// Whisper runs on two threads of a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/* Every route and its refusals, against the real server with its real models. */

let server: RunningServer;
let audio: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  [server, audio] = await Promise.all([startServer(), sampleFlac(0, 7)]);
});
afterAll(() => server.stop());

const WHISPER = '/hf-inference/models/openai/whisper-base';
const NSFW = '/hf-inference/models/hansard/nsfwjs-mobilenet-v2-mid';
const PICTURES = '/hf-inference/models/hansard/procedural-v1';
const CHAT = '/v1/chat/completions';

const { get, post, postJson } = clientOf(() => server.url);
const chat = (change: object = {}) => ({
  model: 'hansard/extractive-v1',
  messages: [{ role: 'user', content: 'We decided to paint the boat. It is blue.' }],
  ...change,
});

const textSchema = z.object({ text: z.string() });
const chunksSchema = textSchema.extend({
  chunks: z.array(z.object({ text: z.string(), timestamp: z.tuple([z.number(), z.number()]) })),
});

/** Of as many words as the first sentence has. */
async function errorRateAtFirst(text: string): Promise<number> {
  const path = join(import.meta.dirname, '../../../local/samples/script.json');
  const script = z
    .object({ sentences: z.array(textSchema) })
    .parse(JSON.parse(await readFile(path, 'utf8')));
  const first = script.sentences[0]?.text ?? '';
  const heard = text.split(/\s+/).filter(Boolean).slice(0, first.split(' ').length).join(' ');
  return wordErrorRate(first, heard).rate;
}

describe('speech recognition on hf-inference', () => {
  test('a client that goes away takes no answer from the others', async () => {
    const leave = new AbortController();
    const sent = { method: 'POST', headers: { 'content-type': 'audio/flac' }, body: audio };
    const gone = fetch(`${server.url}${WHISPER}`, { ...sent, signal: leave.signal });
    const others = [0, 1].map(() => fetch(`${server.url}${WHISPER}`, sent));
    setTimeout(() => leave.abort(), 100);
    await expect(gone).rejects.toThrow('aborted');
    const [one, other] = await Promise.all(
      others.map(async (response) => textSchema.parse(await (await response).json())),
    );
    expect(await errorRateAtFirst(one?.text ?? '')).toBeLessThan(0.2);
    expect(other).toEqual(one);
  });

  test('transcribes the sample from JSON, with times inside its length', async () => {
    const response = await postJson(WHISPER, {
      inputs: base64(audio),
      parameters: {
        return_timestamps: true,
        generation_parameters: { language: 'en', no_repeat_ngram_size: 4 },
      },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sha')).toBe('faster-whisper-base-int8');
    expect(response.headers.get('x-compute-type')).toBe('cpu');
    expect(Number(response.headers.get('x-compute-audio-length'))).toBeCloseTo(7, 1);
    expect(response.headers.get('x-request-id')).toMatch(/.{8}/);
    const { text, chunks } = chunksSchema.parse(await response.json());
    expect(await errorRateAtFirst(text)).toBeLessThan(0.2);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    for (const { timestamp } of chunks) {
      expect(timestamp[0]).toBeLessThanOrEqual(timestamp[1]);
      expect(timestamp[1]).toBeLessThanOrEqual(7.1);
    }
  });

  test('takes raw bytes with parameters in the query, and counts both forms under the same digest', async () => {
    const before = (await readStatistics(server.url)).byInput[sha256(audio)] ?? 0;
    const response = await post(`${WHISPER}?return_timestamps=true`, audio, {
      'content-type': 'audio/flac',
    });
    expect(chunksSchema.parse(await response.json()).chunks.length).toBeGreaterThan(0);
    const plain = await postJson(WHISPER, { inputs: base64(audio), parameters: {} });
    expect(await plain.json()).not.toHaveProperty('chunks');
    expect((await readStatistics(server.url)).byInput[sha256(audio)]).toBe(before + 2);
  });

  test.each([
    ['audio/mp4', undefined, 'Content type "audio/mp4" not supported'],
    ['application/json; charset=utf-8', undefined, 'not supported'],
    ['audio/webm; codecs=opus', undefined, 'not supported'],
    ['audio/flac', 'application/json, */*', 'Accept type'],
    ['image/png', undefined, 'Soundfile is either not in the correct format'],
  ])('refuses Content-Type %s with Accept %s', async (type, accept, message) => {
    const headers = { 'content-type': type, ...(accept === undefined ? {} : { accept }) };
    expect(await refusalOf(await post(WHISPER, audio, headers))).toEqual(refused(400, message));
  });

  test('refuses JSON that the toolkit refuses', async () => {
    const inputs = base64(audio);
    const rows: [unknown, string][] = [
      [{ parameters: {} }, 'Body needs to provide a inputs key'],
      [{ inputs }, 'File name too long'],
      [{ inputs: `${inputs.slice(0, 4)}\n${inputs.slice(4, 7)}`, parameters: {} }, 'Only base64'],
      [{ inputs: 'ab-_', parameters: {} }, 'Only base64 data is allowed'],
      [{ inputs: 'abc', parameters: {} }, 'Incorrect padding'],
      [{ inputs: base64(Buffer.from('no audio')), parameters: {} }, 'Soundfile'],
      [{ inputs, parameters: { language: 'en' } }, "unexpected keyword argument 'language'"],
      [
        { inputs, parameters: { generation_parameters: { penalty_alpha: 1 } } },
        "not used by the model: ['penalty_alpha']",
      ],
      [
        { inputs, parameters: { generation_parameters: { language: 'xx' } } },
        'Unsupported language',
      ],
      [{ inputs, parameters: { return_timestamps: 'sentence' } }, 'return_timestamps'],
    ];
    for (const [body, message] of rows) {
      expect(await refusalOf(await postJson(WHISPER, body))).toEqual(refused(400, message));
    }
  });

  test('refuses more than 30 seconds, as hf-inference does', async () => {
    const long = await sampleFlac(0, 31);
    const headers = { 'content-type': 'audio/flac' };
    expect(await refusalOf(await post(WHISPER, long, headers))).toEqual(
      refused(400, '3000 mel input features'),
    );
  });
});

describe('/v1/audio/transcriptions', () => {
  const form = (fields: Record<string, string> = {}, file: Uint8Array<ArrayBuffer> = audio) => {
    const data = new FormData();
    for (const [name, value] of Object.entries({ model: 'openai/whisper-base', ...fields })) {
      data.append(name, value);
    }
    data.append('file', new Blob([file], { type: 'audio/flac' }), 'chunk.flac');
    return data;
  };

  test('answers verbose_json with segments, words and the name of the language', async () => {
    const response = await post(
      '/v1/audio/transcriptions',
      form({ response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }),
    );
    const answer = textSchema
      .extend({
        language: z.literal('english'),
        duration: z.number(),
        segments: z.array(
          z.object({ id: z.number(), start: z.number(), end: z.number(), text: z.string() }),
        ),
        words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })),
      })
      .parse(await response.json());
    expect(answer.duration).toBeCloseTo(7, 1);
    expect(
      answer.segments
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(answer.text);
    expect(answer.words.length).toBeGreaterThan(10);
  });

  test('answers json and text', async () => {
    const json = await post('/v1/audio/transcriptions', form({ language: 'en' }));
    const { text } = textSchema.parse(await json.json());
    const plain = await post('/v1/audio/transcriptions', form({ response_format: 'text' }));
    expect((await plain.text()).trim()).toBe(text);
  });

  test('refuses what it cannot use', async () => {
    const path = '/v1/audio/transcriptions';
    const noFile = new FormData();
    noFile.append('model', 'whisper-base');
    expect(await refusalOf(await post(path, noFile))).toEqual(refused(400, 'file'));
    expect(await refusalOf(await post(path, form({ model: 'whisper-9' })))).toEqual(
      refused(404, 'does not exist'),
    );
    expect(await refusalOf(await post(path, form({ response_format: 'srt' })))).toEqual(
      refused(400, 'response_format'),
    );
    expect(await refusalOf(await post(path, form({ vad: 'yes' })))).toEqual(
      refused(400, 'Unrecognized request argument'),
    );
    expect(await refusalOf(await post(path, form({ language: 'Klingon' })))).toEqual(
      refused(400, 'Unsupported language'),
    );
    expect(await refusalOf(await post(path, form({}, new Uint8Array(9))))).toEqual(
      refused(400, 'could not be decoded'),
    );
    expect(await refusalOf(await postJson(path, {}))).toEqual(refused(415, 'multipart/form-data'));
  });
});

describe('/v1/chat/completions', () => {
  const answerSchema = z.object({
    choices: z.tuple([
      z.object({ message: z.object({ content: z.string() }), finish_reason: z.literal('stop') }),
    ]),
    usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }),
  });
  const contentOf = async (response: Response) =>
    answerSchema.parse(await response.json()).choices[0].message.content;
  const responseFormat = {
    type: 'json_schema',
    json_schema: { name: SUMMARY_SCHEMA.name, strict: true, schema: SUMMARY_SCHEMA.json },
  };
  const text = Array.from({ length: 12 }, (_unused, index) => [
    `[s${2 * index + 1} 00:00:${10 + index}] We decided to move stand ${index} to the north hall.`,
    `[s${2 * index + 2} 00:01:${10 + index}] Nora will send plan ${index} to the printers by Friday.`,
  ])
    .flat()
    .join('\n');

  test('answers our section and reduction prompts in our schema', async () => {
    const section = chat({
      messages: sectionMessages({ text, language: 'en' }),
      response_format: responseFormat,
      max_tokens: 2000,
    });
    const draft = summaryDraftSchema.parse(
      JSON.parse(await contentOf(await postJson(CHAT, section))),
    );
    expect(draft.decisions.length).toBeGreaterThan(0);
    expect(draft.actionItems.length).toBeGreaterThan(0);
    const quotes = draft.decisions.flatMap(({ citations }) => citations);
    expect(quotes.every(({ quote }) => text.includes(quote))).toBe(true);

    const reduction = chat({
      messages: reductionMessages({ partials: [draft, draft], language: 'en' }),
      response_format: responseFormat,
      max_tokens: 2000,
    });
    const merged = summaryDraftSchema.parse(
      JSON.parse(await contentOf(await postJson(CHAT, reduction))),
    );
    expect(merged.decisions.length).toBeGreaterThan(0);
  });

  test('respects max_tokens by dropping whole items', async () => {
    const ask = async (maxTokens: number) => {
      const response = await postJson(
        CHAT,
        chat({
          messages: sectionMessages({ text, language: 'en' }),
          response_format: responseFormat,
          max_tokens: maxTokens,
        }),
      );
      const { choices, usage } = answerSchema.parse(await response.json());
      expect(usage.completion_tokens).toBeLessThanOrEqual(maxTokens);
      const draft = summaryDraftSchema.parse(JSON.parse(choices[0].message.content));
      return draft.decisions.length + draft.actionItems.length + draft.keyPoints.length;
    };
    expect(await ask(300)).toBeLessThan(await ask(3000));
  });

  test('answers any other prompt with some of its sentences, in plain text', async () => {
    const content = await contentOf(await postJson(CHAT, chat()));
    expect('We decided to paint the boat. It is blue.').toContain(content);
    expect(content).not.toBe('');
  });

  test('refuses what it cannot do, in the OpenAI form', async () => {
    const rows: [object, string][] = [
      [{ model: 'gpt-9' }, 'model_not_supported'],
      [{ model: 'openai/whisper-base' }, 'model_not_supported'],
      [{ stream_options: { include_usage: true } }, 'only allowed with stream'],
      [{ n: 2 }, 'at n'],
      [{ messages: [] }, 'messages'],
      [{ messages: [{ role: 'system', content: 'x' }] }, 'no user message'],
      [{ temperature: 3 }, 'temperature'],
      [{ tools: [] }, 'tools'],
      [{ max_tokens: 8190 }, 'context_length_exceeded'],
      [{ messages: [{ role: 'user', content: 'word '.repeat(8000) }] }, 'context_length_exceeded'],
      [
        {
          response_format: {
            type: 'json_schema',
            json_schema: {
              name: 'x',
              schema: { type: 'object', properties: { tldr: { type: 'string' } } },
            },
          },
        },
        'fills schemas with these properties only',
      ],
    ];
    for (const [change, message] of rows) {
      expect(await refusalOf(await postJson(CHAT, chat(change)))).toEqual(refused(400, message));
    }
    expect(await refusalOf(await post(CHAT, '{', { 'content-type': 'application/json' }))).toEqual(
      refused(400, 'could not parse the JSON body'),
    );
    expect(await refusalOf(await post(CHAT, '{}', { 'content-type': 'text/plain' }))).toEqual(
      refused(415, 'application/json'),
    );
  });
});

describe('pictures on hf-inference', () => {
  const draw = (parameters: object, accept = 'image/png') =>
    postJson(PICTURES, { inputs: 'a harbour', parameters }, { accept });
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

  test('draws the same picture for the same request and another one for another seed', async () => {
    const [first, again, other] = [
      await bytesOf(await draw({ width: 256, height: 144, seed: 1 })),
      await bytesOf(await draw({ width: 256, height: 144, seed: 1 })),
      await bytesOf(await draw({ width: 256, height: 144, seed: 2 })),
    ];
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, other)).not.toBe(0);
    expect(await sharp(first).metadata()).toMatchObject({ format: 'png', width: 256, height: 144 });
  });

  test('answers JPEG or base64 in JSON on request', async () => {
    const small = { width: 64, height: 64 };
    const jpeg = await bytesOf(await draw(small, 'image/jpeg'));
    expect((await sharp(jpeg).metadata()).format).toBe('jpeg');
    const json = z.string().parse(await (await draw(small, 'application/json')).json());
    expect((await sharp(Buffer.from(json, 'base64')).metadata()).format).toBe('png');
  });

  test('is 1024 x 576 by default, and nsfwjs classifies it as harmless', async () => {
    const picture = await bytesOf(await draw({}));
    expect(await sharp(picture).metadata()).toMatchObject({ width: 1024, height: 576 });
    const labels = z
      .array(z.object({ label: z.enum(['nsfw', 'normal']), score: z.number().min(0).max(1) }))
      .parse(await (await post(NSFW, picture, { 'content-type': 'image/png' })).json());
    expect(labels.map(({ label }) => label)).toEqual(['normal', 'nsfw']);
    expect(labels[1]?.score).toBeLessThan(0.5);
    const top = await postJson(NSFW, { inputs: base64(picture), parameters: { top_k: 1 } });
    expect(await top.json()).toHaveLength(1);
    expect((await readStatistics(server.url)).byInput[sha256(picture)]).toBe(2);
  });

  test('refuses wrong sizes, unknown parameters and bytes that are not a picture', async () => {
    expect(await refusalOf(await draw({ width: 100 }))).toEqual(refused(400, 'width'));
    expect(await refusalOf(await draw({ width: 2048 }))).toEqual(refused(400, 'width'));
    expect(await refusalOf(await draw({ style: 'oil' }))).toEqual(
      refused(400, "unexpected keyword argument 'style'"),
    );
    expect(await refusalOf(await draw({}, 'image/*'))).toEqual(refused(400, 'Accept type'));
    expect(await refusalOf(await post(PICTURES, audio, { 'content-type': 'audio/flac' }))).toEqual(
      refused(400, 'prompt'),
    );
    const noPicture = await post(NSFW, 'GIF99', { 'content-type': 'image/gif' });
    expect(await refusalOf(noPicture)).toEqual(refused(400, 'cannot identify image file'));
    expect(
      await refusalOf(
        await postJson(NSFW, { inputs: 'AAAA', parameters: { function_to_apply: 'sigmoid' } }),
      ),
    ).toEqual(refused(400, 'function_to_apply'));
  });
});

describe('models and health', () => {
  test('lists the chat model as the router does', async () => {
    expect(await (await get('/v1/models')).json()).toMatchObject({
      object: 'list',
      data: [
        {
          id: 'hansard/extractive-v1',
          providers: ['hf-inference', 'together', 'deepinfra', 'nscale'].map((provider) => ({
            provider,
            status: 'live',
            context_length: 8192,
            pricing: { input: 0, output: 0 },
          })),
        },
      ],
    });
    expect(await (await get('/v1/models/hansard/extractive-v1')).json()).toMatchObject({
      id: 'hansard/extractive-v1',
    });
    expect(await refusalOf(await get('/v1/models/openai/gpt-oss-120b'))).toEqual(
      refused(404, 'does not exist'),
    );
  });

  test('refuses unknown models and unknown routes', async () => {
    const path = '/hf-inference/models/openai/whisper-large-v3';
    const answer = await post(path, audio, { 'content-type': 'audio/flac' });
    expect(await refusalOf(answer)).toEqual(
      refused(400, 'Model not supported by provider hf-inference'),
    );
    expect(await refusalOf(await get('/v1/completions'))).toEqual(refused(404, 'Not Found'));
  });

  test('is healthy, and has no fault route without --faults', async () => {
    expect(await (await get('/health')).text()).toBe('Ok');
    const faults = await fetch(`${server.url}/local/faults`, { method: 'PUT', body: '[]' });
    expect(faults.status).toBe(404);
  });

  test('refuses a Content-Type that is no media type', async () => {
    const response = await post(WHISPER, new Uint8Array(4), { 'content-type': 'no media type' });
    expect(await refusalOf(response)).toMatchObject({ status: 415 });
  });

  test('refuses a body above 32 MiB', async () => {
    const large = new Uint8Array(32 * 1024 * 1024 + 1);
    expect(await refusalOf(await post(WHISPER, large, { 'content-type': 'audio/flac' }))).toEqual(
      refused(413, 'Payload'),
    );
  });
});

const refusalOf = async (response: Response) => ({
  status: response.status,
  body: await response.text(),
});

const refused = (status: number, message: string) => ({
  status,
  body: expect.stringContaining(JSON.stringify(message).slice(1, -1)),
});
