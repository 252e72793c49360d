import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf, clientOf, silentWav, speechForm } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* Inference Endpoints: their management API and the proxy in front of their servers. */

/** Time from the first request until the endpoint runs. */
const START_MS = 1000;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(
    '--scripted-transcriber',
    '--faults',
    '--endpoint-start-ms',
    String(START_MS),
  );
});
afterAll(() => server.stop());
const { get, post, postJson, put, billed } = clientOf(() => server.url);

const statusSchema = z.object({
  status: z.object({ state: z.string(), url: z.url().optional(), readyReplica: z.int() }),
});
const manage = (name: string) => `/v2/endpoint/hansard/${name}`;
const statusOf = async (name: string) =>
  statusSchema.parse(await (await get(manage(name))).json()).status;
const stateOf = async (name: string) => (await statusOf(name)).state;
const setState = async (name: string, state: string, model?: string) => {
  const response = await put(`/local/endpoints/${name}`, { state, ...(model && { model }) });
  expect(response.status).toBe(200);
};
const transcribe = (name: string, headers: Record<string, string> = {}) =>
  post(`/endpoints/${name}`, silentWav(6), { 'content-type': 'audio/wav', ...headers });

describe('an endpoint that was scaled to zero', () => {
  test('answers 503 without Retry-After, starts because of it, and then serves', async () => {
    await setState('whisper', 'scaledToZero');
    const before = await billed('transcribe');
    const asleep = await transcribe('whisper');
    expect(asleep.status).toBe(503);
    expect(asleep.headers.has('retry-after')).toBe(false);
    expect(await stateOf('whisper')).toBe('initializing');
    expect((await transcribe('whisper')).status).toBe(503);
    await expect.poll(() => stateOf('whisper'), { timeout: 10_000 }).toBe('running');
    expect((await transcribe('whisper')).status).toBe(200);
    expect(await billed('transcribe')).toBe(before + 1);
  });

  test('holds a request with x-scale-up-timeout until it runs', async () => {
    await setState('whisper', 'scaledToZero');
    const start = performance.now();
    expect((await transcribe('whisper', { 'x-scale-up-timeout': '30' })).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(START_MS - 50);
    expect(await statusOf('whisper')).toMatchObject({ state: 'running', readyReplica: 1 });
  });

  test('is woken by a health check too, and not by the management API', async () => {
    await setState('whisper', 'scaledToZero');
    expect(await stateOf('whisper')).toBe('scaledToZero');
    expect((await get('/endpoints/whisper/health')).status).toBe(503);
    expect(await stateOf('whisper')).toBe('initializing');
    const held = await get('/endpoints/whisper/health', { 'x-scale-up-timeout': '30' });
    expect([held.status, await held.text()]).toEqual([200, 'Ok']);
  });
});

describe('an endpoint that was paused', () => {
  test('is not woken by a request that would wait; resuming starts it', async () => {
    await setState('whisper', 'running');
    expect((await post(`${manage('whisper')}/pause`, '')).status).toBe(200);
    const start = performance.now();
    expect((await transcribe('whisper', { 'x-scale-up-timeout': '30' })).status).toBe(503);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await stateOf('whisper')).toBe('paused');
    const resumed = await post(`${manage('whisper')}/resume`, '');
    expect(statusSchema.parse(await resumed.json()).status.state).toBe('initializing');
    await expect.poll(() => stateOf('whisper'), { timeout: 10_000 }).toBe('running');
  });
});

describe('the management API', () => {
  test('describes an endpoint, with an address once it has run', async () => {
    await setState('fresh', 'pending', 'hansard/lexicon-v1');
    expect(await statusOf('fresh')).not.toHaveProperty('url');
    await setState('fresh', 'running');
    const answer = await answerOf(await get(manage('fresh')));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        name: 'fresh',
        healthRoute: '/health',
        model: { repository: 'hansard/lexicon-v1', task: 'text-classification' },
        status: { url: `${server.url}/endpoints/fresh`, errorMessage: null },
      },
    });
    const { items } = z
      .object({ items: z.array(z.object({ name: z.string() })) })
      .parse(await (await get('/v2/endpoint/hansard')).json());
    expect(items.map(({ name }) => name)).toEqual(['whisper', 'summary', 'fresh']);
  });

  test('refuses to resume a running endpoint, and answers 404 for endpoints of others', async () => {
    await setState('whisper', 'running');
    expect(await answerOf(await post(`${manage('whisper')}/resume`, ''))).toEqual({
      status: 400,
      body: { error: expect.stringContaining('already running') as string },
    });
    expect((await get('/v2/endpoint/somebody/whisper')).status).toBe(404);
    expect((await get(manage('none'))).status).toBe(404);
    expect((await transcribe('none')).status).toBe(404);
  });

  test('scales to zero, and a failed endpoint stays failed', async () => {
    await post(`${manage('whisper')}/scale-to-zero`, '');
    expect(await stateOf('whisper')).toBe('scaledToZero');
    await setState('whisper', 'failed');
    expect((await transcribe('whisper', { 'x-scale-up-timeout': '30' })).status).toBe(503);
    expect(await answerOf(await get(manage('whisper')))).toMatchObject({
      body: { status: { state: 'failed', errorMessage: expect.any(String) as string } },
    });
  });
});

describe('the server behind an endpoint', () => {
  test('answers in every contract', async () => {
    await Promise.all([setState('whisper', 'running'), setState('summary', 'running')]);
    const form = speechForm({ model: 'openai/whisper-base' });
    expect((await post('/endpoints/whisper/v1/audio/transcriptions', form)).status).toBe(200);
    const own = await post('/endpoints/whisper/api/v1/audio/transcriptions', speechForm({}));
    expect(own.status).toBe(200);
    const inputs = 'We decided to paint the boat.';
    expect((await postJson('/endpoints/summary/generate', { inputs })).status).toBe(200);
    expect((await get('/endpoints/summary/info')).status).toBe(200);
    const messages = [{ role: 'user', content: inputs }];
    const chat = { model: 'hansard/extractive-v1', messages };
    expect((await postJson('/endpoints/summary/v1/chat/completions', chat)).status).toBe(200);
  });

  test('serves neither other providers nor the controls of this server', async () => {
    await setState('whisper', 'running');
    for (const path of [
      '/local/stats',
      '/hf-inference/models/openai/whisper-base',
      '/v2/endpoint/hansard',
    ]) {
      expect((await get(`/endpoints/whisper${path}`)).status).toBe(404);
    }
  });
});

describe('the control of states', () => {
  test('refuses unknown states and models', async () => {
    for (const wrong of [{ state: 'asleep' }, { state: 'running', model: 'gpt-9' }, {}]) {
      expect((await put('/local/endpoints/whisper', wrong)).status).toBe(400);
    }
    expect((await put('/local/endpoints/another', { state: 'running' })).status).toBe(400);
  });

  test('exists only with --faults', async () => {
    const plain = await startServer('--scripted-transcriber');
    try {
      const body = JSON.stringify({ state: 'running' });
      const response = await fetch(`${plain.url}/local/endpoints/whisper`, { method: 'PUT', body });
      expect(response.status).toBe(404);
    } finally {
      await plain.stop();
    }
  });
});
