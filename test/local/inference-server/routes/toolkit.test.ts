import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf, base64, clientOf, silentWav } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* Dedicated servers of the inference toolkit, one per model. */

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { get, post, postJson, billed } = clientOf(() => server.url);

const SPEECH = '/toolkit/openai/whisper-base';
const PICTURES = '/toolkit/hansard/procedural-v1';
const chunksSchema = z.object({
  text: z.string(),
  chunks: z.array(z.object({ text: z.string(), timestamp: z.tuple([z.number(), z.number()]) })),
});

describe('speech', () => {
  test('takes raw bytes with the query for parameters, and audio above 30 seconds', async () => {
    const response = await post(`${SPEECH}?return_timestamps=true`, silentWav(70), {
      'content-type': 'audio/x-wav',
    });
    const { text, chunks } = chunksSchema.parse(await response.json());
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(chunks.at(-1)?.timestamp[1]).toBeGreaterThan(60);
  });

  test.each(['', '/', '/predict'])(
    'takes JSON at its route "%s", with either name',
    async (route) => {
      for (const name of ['generation_parameters', 'generate_kwargs']) {
        const before = await billed('transcribe');
        const response = await postJson(SPEECH + route, {
          inputs: base64(silentWav(6)),
          parameters: { return_timestamps: true, [name]: { language: 'en', num_beams: 2 } },
        });
        expect(chunksSchema.parse(await response.json()).chunks).not.toEqual([]);
        expect(await billed('transcribe')).toBe(before + 1);
      }
    },
  );

  test('takes bytes as audio, but not a body that says no type at all', async () => {
    const bytes = { 'content-type': 'application/octet-stream' };
    expect((await post(SPEECH, silentWav(6), bytes)).status).toBe(200);
    expect(await answerOf(await post(SPEECH, silentWav(6)))).toEqual({
      status: 400,
      body: { error: 'No content type provided and no default one configured.' },
    });
  });

  test('answers 400 to everything else', async () => {
    for (const [type, message] of [
      ['audio/mp4', 'Content type "audio/mp4" not supported'],
      ['application/json; charset=utf-8', 'not supported'],
      ['image/png', 'Soundfile is either not in the correct format'],
    ] as const) {
      const refused = await post(SPEECH, silentWav(6), { 'content-type': type });
      expect(await answerOf(refused)).toEqual({
        status: 400,
        body: { error: expect.stringContaining(message) as string },
      });
    }
    const flat = { inputs: base64(silentWav(6)), parameters: { language: 'en' } };
    expect((await postJson(SPEECH, flat)).status).toBe(400);
    expect(await answerOf(await postJson(SPEECH, { audio: 'x' }))).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('Body needs to provide a inputs key') as string },
    });
  });
});

describe('the other tasks', () => {
  test('draws pictures as bytes or as base64 in JSON, depending on Accept', async () => {
    const body = {
      inputs: 'a harbour',
      parameters: { width: 128, height: 64, scheduler: 'euler' },
    };
    const raw = await postJson(PICTURES, body, { accept: 'image/png' });
    const bytes = Buffer.from(await raw.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 128 });
    const json = await postJson(PICTURES, body, { accept: 'application/json' });
    expect(Buffer.from(z.string().parse(await json.json()), 'base64').compare(bytes)).toBe(0);
    expect((await postJson(PICTURES, body, { accept: 'image/*' })).status).toBe(400);
  });

  test('classifies pictures, with parameters in the query', async () => {
    const grey = { width: 8, height: 8, channels: 3, background: '#888888' } as const;
    const png = new Uint8Array(await sharp({ create: grey }).png().toBuffer());
    const path = '/toolkit/hansard/nsfwjs-mobilenet-v2-mid?top_k=1';
    const labels = await answerOf(await post(path, png, { 'content-type': 'image/png' }));
    expect(labels).toMatchObject({ status: 200, body: [{ label: 'normal' }] });
  });

  test('classifies texts in a flat list, by default of the best label', async () => {
    const path = '/toolkit/hansard/lexicon-v1';
    const inputs = 'The launch was a success.';
    expect(await answerOf(await postJson(path, { inputs }))).toMatchObject({
      status: 200,
      body: [{ label: 'positive' }],
    });
    const all = await answerOf(await postJson(path, { inputs, parameters: { top_k: 100 } }));
    expect(all.body).toHaveLength(3);
  });

  test('summarises and embeds', async () => {
    const summary = await postJson('/toolkit/hansard/extractive-v1', {
      inputs: 'We decided to paint the boat. It is blue.',
      parameters: { max_new_tokens: 100, do_sample: false },
    });
    expect(await answerOf(summary)).toEqual({
      status: 200,
      body: [{ summary_text: expect.stringMatching(/boat|blue/) as string }],
    });
    const vectors = await postJson('/toolkit/hansard/hashing-v1', { inputs: ['a', 'b'] });
    z.tuple([z.array(z.number()).length(64), z.array(z.number()).length(64)]).parse(
      await vectors.json(),
    );
  });

  test('is healthy for every model that it has', async () => {
    for (const path of [`${SPEECH}/health`, PICTURES]) {
      expect(await (await get(path)).text()).toBe('Ok');
    }
    expect((await get('/toolkit/openai/whisper-9/health')).status).toBe(404);
    expect((await postJson('/toolkit/openai/whisper-9', { inputs: '' })).status).toBe(404);
  });
});
