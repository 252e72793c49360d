import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { answerOf, base64, clientOf, silentWav } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber', '--queue-delay-ms', '1500');
});
afterAll(() => server.stop());
const { get, post, postJson, billed } = clientOf(() => server.url);

const VERSION = sha256('openai/whisper-base');
const PICTURES = '/replicate/v1/models/hansard/procedural-v1/predictions';
const audio = `data:audio/wav;base64,${base64(silentWav(6))}`;
const predictionSchema = z.object({
  id: z.string(),
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled']),
  output: z.unknown(),
  error: z.string().nullable(),
  urls: z.object({ get: z.url(), cancel: z.url() }),
});
const fileSchema = z.object({
  id: z.string(),
  content_type: z.string(),
  size: z.number(),
  checksums: z.object({ sha256: z.string() }),
  urls: z.object({ get: z.url() }),
});
const read = async (response: Response) => predictionSchema.parse(await response.json());

describe('predictions on replicate', () => {
  test('waits for speech as long as `Prefer: wait` allows, and bills it once', async () => {
    const before = await billed('transcribe');
    const response = await postJson(
      '/replicate/v1/predictions',
      { version: VERSION, input: { audio, language: 'en' } },
      { prefer: 'wait' },
    );
    expect(response.status).toBe(201);
    const { status, output } = await read(response);
    expect(status).toBe('succeeded');
    expect(output).toMatchObject({
      transcription: expect.stringMatching(/\w/) as string,
      detected_language: 'english',
      translation: null,
    });
    expect(await billed('transcribe')).toBe(before + 1);
  });

  test('answers `processing` when the wait is over, and the picture to a later poll', async () => {
    const before = await billed('illustrate');
    const input = { prompt: 'a harbour', width: 64, height: 64, seed: 1 };
    const response = await postJson(PICTURES, { input }, { prefer: 'wait=1' });
    expect(response.status).toBe(201);
    const first = await read(response);
    expect(first).toMatchObject({ status: 'processing', output: null, error: null });
    expect(new URL(first.urls.get).host).toBe('api.replicate.com');
    const path = `/replicate${new URL(first.urls.get).pathname}`;
    await expect
      .poll(async () => (await read(await get(path))).status, { timeout: 10_000 })
      .toBe('succeeded');
    const [url] = z.tuple([z.url()]).parse((await read(await get(path))).output);
    expect((await fetch(url)).headers.get('content-type')).toBe('image/png');
    expect(await billed('illustrate')).toBe(before + 1);
  });

  test('does not wait without `Prefer: wait`', async () => {
    const input = { prompt: 'a harbour', width: 64, height: 64 };
    expect(await read(await postJson(PICTURES, { input }))).toMatchObject({
      status: 'starting',
      output: null,
    });
  });

  test('cancels a prediction that still runs, whoever waits for it', async () => {
    const input = { prompt: 'a harbour', width: 64, height: 64, seed: 2 };
    const { urls } = await read(await postJson(PICTURES, { input }));
    const [state, cancel] = [urls.get, urls.cancel].map(
      (address) => `/replicate${new URL(address).pathname}`,
    );
    const ended = { status: 'canceled', output: null, error: null };
    expect(await read(await post(cancel ?? '', ''))).toMatchObject(ended);
    expect(await read(await get(state ?? ''))).toMatchObject(ended);
    expect((await post('/replicate/v1/predictions/none/cancel', '')).status).toBe(404);
  });

  test('leaves a finished prediction as it is', async () => {
    const body = { version: VERSION, input: { audio } };
    const { id } = await read(
      await postJson('/replicate/v1/predictions', body, { prefer: 'wait' }),
    );
    const after = await read(await post(`/replicate/v1/predictions/${id}/cancel`, ''));
    expect(after.status).toBe('succeeded');
    expect(after.output).not.toBeNull();
  });

  test('takes a file that was uploaded before, until it is deleted', async () => {
    const form = new FormData();
    form.append('content', new Blob([silentWav(6)], { type: 'audio/wav' }), 'chunk.wav');
    const uploaded = await post('/replicate/v1/files', form);
    expect(uploaded.status).toBe(201);
    const file = fileSchema.parse(await uploaded.json());
    expect(file).toMatchObject({ content_type: 'audio/wav', size: 192_044 });
    expect(file.checksums.sha256).toBe(sha256(silentWav(6)));
    const path = `/replicate${new URL(file.urls.get).pathname}`;
    expect(await answerOf(await get(path))).toMatchObject({ status: 200, body: { id: file.id } });
    const body = { version: VERSION, input: { audio: file.urls.get } };
    const done = await postJson('/replicate/v1/predictions', body, { prefer: 'wait' });
    expect((await read(done)).status).toBe('succeeded');
    expect((await fetch(server.url + path, { method: 'DELETE' })).status).toBe(204);
    expect((await get(path)).status).toBe(404);
    expect((await post('/replicate/v1/files', '{}')).status).toBe(400);
  });

  test('fails a prediction whose audio it cannot decode', async () => {
    const broken = `data:audio/wav;base64,${base64(Buffer.from('no audio'))}`;
    const body = { version: `openai/whisper-base:${VERSION}`, input: { audio: broken } };
    const response = await postJson('/replicate/v1/predictions', body, { prefer: 'wait' });
    expect(await read(response)).toMatchObject({
      status: 'failed',
      output: null,
      error: 'The audio could not be decoded',
    });
  });

  test('refuses with problem details', async () => {
    const before = await billed('transcribe');
    const rows = [
      [{ version: 'f'.repeat(64), input: { audio } }, 422, 'Invalid version or not permitted'],
      [{ version: VERSION, input: {} }, 422, 'Input validation failed'],
      [{ version: VERSION, input: { audio, chunk: 1 } }, 422, 'Input validation failed'],
      [{ version: VERSION, input: { audio: 'data:,x' } }, 422, 'Input validation failed'],
      [{ input: { audio } }, 422, 'Input validation failed'],
    ] as const;
    for (const [body, status, title] of rows) {
      const response = await postJson('/replicate/v1/predictions', body);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await answerOf(response)).toMatchObject({ status, body: { status, title } });
    }
    expect((await post('/replicate/v1/predictions', '{')).status).toBe(400);
    const unknown = await get('/replicate/v1/predictions/none');
    expect(await answerOf(unknown)).toMatchObject({ status: 404, body: { status: 404 } });
    const model = await postJson('/replicate/v1/models/openai/gpt/predictions', { input: {} });
    expect(await answerOf(model)).toEqual({
      status: 400,
      body: { error: 'Model not supported by provider replicate' },
    });
    expect(await billed('transcribe')).toBe(before);
  });
});
