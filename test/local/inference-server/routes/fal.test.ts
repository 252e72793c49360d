import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { answerOf, base64, clientOf, silentWav, serveFile } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber', '--queue-delay-ms', '2000');
});
afterAll(() => server.stop());
const { get, postJson, billed, billedFor } = clientOf(() => server.url);

const SPEECH = '/fal-ai/openai/whisper-base';
const PICTURES = '/fal-ai/hansard/procedural-v1';
/** The queue takes two seconds. */
const POLL = { timeout: 10_000 };
const dataUrl = (type: string) => `data:${type};base64,${base64(silentWav(6))}`;

describe('speech on fal', () => {
  const transcriptSchema = z.strictObject({
    text: z.string().min(1),
    chunks: z.array(
      z.strictObject({
        timestamp: z.tuple([z.number(), z.number()]),
        text: z.string(),
        speaker: z.null(),
      }),
    ),
    inferred_languages: z.tuple([z.literal('en')]),
    diarization_segments: z.tuple([]),
  });

  test('answers at once from a data URL, and bills the audio', async () => {
    const response = await postJson(SPEECH, {
      audio_url: dataUrl('audio/x-wav'),
      task: 'transcribe',
      language: 'en',
      chunk_level: 'segment',
    });
    expect(response.headers.get('x-fal-request-id')).toMatch(/^[\w-]{36}$/);
    const { text, chunks } = transcriptSchema.parse(await response.json());
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(await billedFor(sha256(silentWav(6)))).toBe(1);
  });

  test('fetches the audio from an address, and reports what it cannot fetch', async () => {
    const store = await serveFile('/chunk.wav?signature=1', silentWav(7));
    try {
      const heard = await postJson(SPEECH, { audio_url: `${store.url}/chunk.wav?signature=1` });
      expect(transcriptSchema.parse(await heard.json()).chunks).not.toEqual([]);
      expect(await billedFor(sha256(silentWav(7)))).toBe(1);
      const gone = await postJson(SPEECH, { audio_url: `${store.url}/chunk.wav` });
      expect(await answerOf(gone)).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', 'audio_url'], type: 'file_download_error' }] },
      });
    } finally {
      await store.close();
    }
  });

  test.each(['audio/wav', 'audio/flac', 'audio/ogg', 'audio/mp4'])(
    'refuses a data URL of %s',
    async (type) => {
      expect(await answerOf(await postJson(SPEECH, { audio_url: dataUrl(type) }))).toEqual({
        status: 400,
        body: { detail: 'Unsupported data URL' },
      });
    },
  );

  test('refuses missing and unknown fields, and bills nothing for it', async () => {
    const before = await billed('transcribe');
    for (const [body, field, type] of [
      [{}, 'audio_url', 'missing'],
      [{ audio_url: dataUrl('audio/x-wav'), parameters: {} }, 'parameters', 'value_error'],
      [{ audio_url: dataUrl('audio/x-wav'), language: 'xx' }, 'language', 'enum'],
    ] as const) {
      expect(await answerOf(await postJson(SPEECH, body))).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', field], msg: expect.any(String) as string, type }] },
      });
    }
    expect(await billed('transcribe')).toBe(before);
  });
});

describe('pictures in the queue of fal', () => {
  const placeSchema = z.object({
    status: z.literal('IN_QUEUE'),
    request_id: z.string(),
    response_url: z.url(),
    status_url: z.url(),
  });
  const submit = async () =>
    placeSchema.parse(
      await (
        await postJson(`${PICTURES}?_subdomain=queue`, {
          prompt: 'a harbour',
          image_size: { width: 128, height: 64 },
          seed: 3,
        })
      ).json(),
    );
  const pathOf = (url: string) => `/fal-ai${new URL(url).pathname}`;

  test('goes through its phases, is billed once, and ends in a picture', async () => {
    const before = await billed('illustrate');
    const place = await submit();
    expect(new URL(place.response_url).host).toBe('queue.fal.run');
    expect(place.status_url).toBe(`${place.response_url}/status`);
    const path = pathOf(place.response_url);
    expect(await answerOf(await get(`${path}?_subdomain=queue`))).toEqual({
      status: 400,
      body: { detail: 'Request is still in progress' },
    });
    const phases = new Set<unknown>();
    await expect
      .poll(async () => {
        const { status } = z
          .object({ status: z.string() })
          .parse(await (await get(`${path}/status?_subdomain=queue`)).json());
        phases.add(status);
        return status;
      }, POLL)
      .toBe('COMPLETED');
    expect([...phases]).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
    const result = z
      .object({
        images: z.tuple([
          z.object({
            url: z.url(),
            width: z.literal(128),
            height: z.literal(64),
            content_type: z.literal('image/png'),
          }),
        ]),
        seed: z.literal(3),
        has_nsfw_concepts: z.tuple([z.literal(false)]),
        prompt: z.literal('a harbour'),
      })
      .parse(await (await get(`${path}?_subdomain=queue`)).json());
    expect(result.images[0].url).toMatch(new RegExp(`^${server.url}/files/[0-9a-f]{64}\\.png$`));
    const file = await fetch(result.images[0].url);
    expect(file.headers.get('content-type')).toBe('image/png');
    const png = new Uint8Array(await file.arrayBuffer());
    expect(result.images[0].url).toContain(sha256(png));
    expect(await sharp(png).metadata()).toMatchObject({ width: 128, height: 64, format: 'png' });
    expect(await billed('illustrate')).toBe(before + 1);
  });

  test('answers 404 for unknown work, and without the subdomain', async () => {
    const path = pathOf((await submit()).response_url);
    const unknown = `${PICTURES}/requests/00000000-0000-4000-8000-000000000000`;
    for (const wrong of [
      `${unknown}?_subdomain=queue`,
      `${unknown}/status?_subdomain=queue`,
      `${path}/status`,
      `${path.replace('hansard/procedural-v1', 'openai/whisper-base')}?_subdomain=queue`,
    ]) {
      expect((await get(wrong)).status).toBe(404);
    }
  });

  test('refuses sizes outside image_size, and unknown models', async () => {
    const flat = await postJson(PICTURES, { prompt: 'a harbour', width: 64, height: 64 });
    expect(await answerOf(flat)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'width'] }] },
    });
    expect(await answerOf(await postJson('/fal-ai/fal-ai/flux/dev', { prompt: 'x' }))).toEqual({
      status: 400,
      body: { error: 'Model not supported by provider fal-ai' },
    });
  });
});
