import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { SUMMARY_SCHEMA } from '../../../../activities/summary/prompts.ts';
import { summaryDraftSchema } from '../../../../workflows/contracts/summary-draft.ts';
import { answerOf, clientOf, silentWav, speechForm, serveFile } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* Together, DeepInfra and nscale: OpenAI's routes, each in its own dialect. */

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { post, postJson, billed, billedFor } = clientOf(() => server.url);

const textFields = { model: 'openai/whisper-base', response_format: 'verbose_json' };
const flatFormat = { type: 'json_schema', schema: SUMMARY_SCHEMA.json };
const openAiFormat = {
  type: 'json_schema',
  json_schema: { name: 'meeting_summary', strict: true, schema: SUMMARY_SCHEMA.json },
};
const chat = (response_format?: object) => ({
  model: 'hansard/extractive-v1',
  messages: [{ role: 'user', content: 'We decided to paint the boat. It is blue.' }],
  ...(response_format && { response_format }),
});
const completionSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
});
const draftIn = async (response: Response) =>
  summaryDraftSchema.parse(
    JSON.parse(completionSchema.parse(await response.json()).choices[0].message.content),
  );

describe('together', () => {
  const refusalSchema = z.strictObject({
    id: z.string(),
    error: z.strictObject({
      message: z.string(),
      type: z.literal('invalid_request_error'),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  });
  const refusedParam = async (response: Response) => {
    expect(response.status).toBe(400);
    return refusalSchema.parse(await response.json()).error.param;
  };
  const SPEECH = '/together/v1/audio/transcriptions';

  test('takes speech as a file or as the address of one, and answers plain segments', async () => {
    const store = await serveFile('/chunk.wav', silentWav(6));
    try {
      const fields = { ...textFields, 'timestamp_granularities[]': 'segment' };
      const uploaded = await post(SPEECH, speechForm(fields));
      expect(uploaded.headers.get('retry-after')).toBe('2');
      const named = await post(SPEECH, speechForm(fields, `${store.url}/chunk.wav`));
      const answer = await answerOf(uploaded);
      expect(await answerOf(named)).toEqual(answer);
      z.object({
        text: z.string().min(1),
        segments: z
          .array(
            z.strictObject({ id: z.int(), start: z.number(), end: z.number(), text: z.string() }),
          )
          .min(1),
      }).parse(answer.body);
      expect(await billedFor(sha256(silentWav(6)))).toBe(2);
      const gone = await post(SPEECH, speechForm(textFields, `${store.url}/none.wav`));
      expect(await refusedParam(gone)).toBe('file');
    } finally {
      await store.close();
    }
  });

  test('refuses unsupported formats and files, and unknown models', async () => {
    const asText = { ...textFields, response_format: 'text' };
    expect(await refusedParam(await post(SPEECH, speechForm(asText)))).toBe('response_format');
    expect(await refusedParam(await post(SPEECH, speechForm(textFields, null)))).toBe('file');
    const other = speechForm({ ...textFields, model: 'openai/whisper-large-v3' });
    expect(await answerOf(await post(SPEECH, other))).toEqual({
      status: 400,
      body: { error: 'Model not supported by provider together' },
    });
  });

  test('needs the schema beside its type, and refuses the form of OpenAI', async () => {
    const path = '/together/v1/chat/completions';
    const before = await billed('summarize');
    const answered = await postJson(path, chat(flatFormat));
    expect(answered.headers.get('x-inference-provider')).toBe('together');
    expect((await draftIn(answered)).summary).not.toBe('');
    expect(await refusedParam(await postJson(path, chat(openAiFormat)))).toMatch(
      /^response_format/,
    );
    expect(await billed('summarize')).toBe(before + 1);
  });

  test('draws pictures into the answer or to an address, by default JPEG', async () => {
    const path = '/together/v1/images/generations';
    const order = { model: 'hansard/procedural-v1', prompt: 'a harbour', width: 64, height: 64 };
    const inside = z
      .object({ data: z.tuple([z.strictObject({ index: z.literal(0), b64_json: z.string() })]) })
      .parse(await (await postJson(path, { ...order, response_format: 'base64' })).json());
    const bytes = Buffer.from(inside.data[0].b64_json, 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 64 });
    const outside = z
      .object({ data: z.tuple([z.strictObject({ index: z.literal(0), url: z.url() })]) })
      .parse(await (await postJson(path, order)).json());
    const file = await fetch(outside.data[0].url);
    expect(file.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.compare(Buffer.from(await file.arrayBuffer()), bytes)).toBe(0);
    const openAi = { ...order, response_format: 'b64_json' };
    expect(await refusedParam(await postJson(path, openAi))).toBe('response_format');
  });

  test('embeds texts', async () => {
    const body = { model: 'hansard/hashing-v1', input: ['one text', 'another'] };
    const { data } = z
      .object({
        data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()).length(64) })),
      })
      .parse(await (await postJson('/together/v1/embeddings', body)).json());
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    const empty = { ...body, input: [] };
    expect(await refusedParam(await postJson('/together/v1/embeddings', empty))).toBe('input');
  });
});

describe('deepinfra', () => {
  test('serves speech, chats and embeddings below its own path', async () => {
    const base = '/deepinfra/v1/openai';
    const heard = await post(`${base}/audio/transcriptions`, speechForm(textFields));
    expect(await answerOf(heard)).toMatchObject({ status: 200, body: { language: 'english' } });
    expect(
      (await draftIn(await postJson(`${base}/chat/completions`, chat(openAiFormat)))).summary,
    ).not.toBe('');
    const body = { model: 'hansard/hashing-v1', input: 'one text' };
    expect(await answerOf(await postJson(`${base}/embeddings`, body))).toMatchObject({
      status: 200,
      body: { object: 'list', usage: { prompt_tokens: 2, total_tokens: 2 } },
    });
  });

  test('refuses in the form of OpenAI; the router refuses unknown models', async () => {
    const path = '/deepinfra/v1/openai/audio/transcriptions';
    expect(await answerOf(await post(path, speechForm(textFields, null)))).toMatchObject({
      status: 400,
      body: { error: { param: 'file' } },
    });
    const picture = { ...chat(), model: 'hansard/procedural-v1' };
    expect(
      await answerOf(await postJson('/deepinfra/v1/openai/chat/completions', picture)),
    ).toEqual({ status: 400, body: { error: 'Model not supported by provider deepinfra' } });
  });
});

describe('nscale', () => {
  test('draws pictures only into the answer', async () => {
    const path = '/nscale/v1/images/generations';
    const order = { model: 'hansard/procedural-v1', prompt: 'a harbour', size: '128x64' };
    const { data } = z
      .object({ data: z.tuple([z.strictObject({ b64_json: z.string() })]) })
      .parse(await (await postJson(path, { ...order, response_format: 'b64_json' })).json());
    const bytes = Buffer.from(data[0].b64_json, 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 128, height: 64 });
    const byUrl = { ...order, response_format: 'url' };
    expect(await answerOf(await postJson(path, byUrl))).toMatchObject({
      status: 400,
      body: { error: { param: 'response_format' } },
    });
  });

  test('chats, and refuses unknown models', async () => {
    const path = '/nscale/v1/chat/completions';
    expect((await draftIn(await postJson(path, chat(openAiFormat)))).summary).not.toBe('');
    expect((await postJson(path, { ...chat(), model: 'openai/gpt-oss-20b' })).status).toBe(400);
  });
});
