import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { readStatistics, sampleFlac, startServer, type RunningServer } from './start-server.ts';

/* Faults and statistics; the transcriber is scripted, because these tests do not depend on its words. */

let server: RunningServer;
let audio: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  [server, audio] = await Promise.all([
    startServer('--faults', '--scripted-transcriber', '--latency-ms', '200'),
    sampleFlac(0, 5),
  ]);
});
afterAll(() => server.stop());

const setFaults = (rules: unknown) =>
  fetch(`${server.url}/local/faults`, { method: 'PUT', body: JSON.stringify(rules) });
const transcribe = (signal?: AbortSignal) =>
  fetch(`${server.url}/hf-inference/models/openai/whisper-base`, {
    method: 'POST',
    headers: { 'content-type': 'audio/flac' },
    body: audio,
    ...(signal && { signal }),
  });
const transcriptions = async () => {
  const { requests, billed, byInput } = await readStatistics(server.url);
  return {
    requests: requests['transcribe'] ?? 0,
    billed: billed['transcribe'] ?? 0,
    byInput: byInput[sha256(audio)] ?? 0,
  };
};

describe('faults', () => {
  beforeEach(async () => {
    await fetch(`${server.url}/local/faults`, { method: 'DELETE' });
  });

  test('strike the nth request of their role, and are not billed', async () => {
    const before = await transcriptions();
    const body = { error: 'Model openai/whisper-base is currently loading', estimated_time: 7 };
    await setFaults([{ role: 'transcribe', nth: 2, status: 503, body }]);
    const answers = [await transcribe(), await transcribe(), await transcribe()];
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 200]);
    expect(await answers[1]?.json()).toEqual(body);
    expect(await transcriptions()).toEqual({
      requests: before.requests + 3,
      billed: before.billed + 2,
      byInput: before.byInput + 2,
    });
  });

  test('strike every request, or as many as `times` says', async () => {
    await setFaults([{ role: 'transcribe', nth: 'every', status: 500 }]);
    expect([(await transcribe()).status, (await transcribe()).status]).toEqual([500, 500]);
    await setFaults([{ role: 'transcribe', nth: 1, times: 2, status: 500 }]);
    const answers = [await transcribe(), await transcribe(), await transcribe()];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  test('do not strike other roles', async () => {
    await setFaults([{ role: 'summarize', nth: 'every', status: 500 }]);
    expect((await transcribe()).status).toBe(200);
  });

  test('fill in a date N seconds from now', async () => {
    const headers = { 'retry-after': '{date+90}' };
    await setFaults([{ role: 'transcribe', nth: 1, status: 429, headers }]);
    const asked = Date.parse((await transcribe()).headers.get('retry-after') ?? '');
    expect(asked - Date.now()).toBeGreaterThan(85_000);
    expect(asked - Date.now()).toBeLessThanOrEqual(90_000);
  });

  test('hang until the client disconnects, and compute nothing', async () => {
    const before = await transcriptions();
    await setFaults([{ role: 'transcribe', nth: 1, hang: true }]);
    await expect(transcribe(AbortSignal.timeout(500))).rejects.toThrow('timeout');
    expect((await transcriptions()).billed).toBe(before.billed);
  });

  test('cut off an answer that was billed', async () => {
    const before = await transcriptions();
    await setFaults([{ role: 'transcribe', nth: 1, cut: 5 }]);
    const response = await transcribe();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await transcriptions()).billed).toBe(before.billed + 1);
  });

  test('reset the connection before the answer, billed or not', async () => {
    const before = await transcriptions();
    await setFaults([
      { role: 'transcribe', nth: 1, resetBeforeHeaders: true },
      { role: 'transcribe', nth: 2, resetBeforeHeaders: true, billed: true },
    ]);
    const causeOf = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code;
    expect(await transcribe().catch(causeOf)).toBe('ECONNRESET');
    expect((await transcriptions()).billed).toBe(before.billed);
    expect(await transcribe().catch(causeOf)).toBe('ECONNRESET');
    expect((await transcriptions()).billed).toBe(before.billed + 1);
  });

  test('replace an answer that was billed', async () => {
    const before = await transcriptions();
    const page = '<!DOCTYPE html><title>One moment, please</title>';
    const headers = { 'content-type': 'text/html' };
    await setFaults([
      { role: 'transcribe', nth: 1, status: 200, headers, body: page, billed: true },
    ]);
    const response = await transcribe();
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toBe(page);
    expect(await transcriptions()).toEqual({
      requests: before.requests + 1,
      billed: before.billed + 1,
      byInput: before.byInput + 1,
    });
  });

  test('send the whole body of an answer in pieces', async () => {
    const whole = await (await transcribe()).text();
    await setFaults([{ role: 'transcribe', nth: 1, drip: { bytes: 10, everyMs: 50 } }]);
    const response = await transcribe();
    const start = performance.now();
    expect(await response.text()).toBe(whole);
    expect(performance.now() - start).toBeGreaterThan((whole.length / 10 - 2) * 45);
  });

  test('add headers to a real answer', async () => {
    await setFaults([{ role: 'transcribe', nth: 1, headers: { 'retry-after': '300' } }]);
    const response = await transcribe();
    expect(response.headers.get('retry-after')).toBe('300');
    expect(await response.json()).toHaveProperty('text');
  });

  test('send a real picture as JPEG with the type of a PNG', async () => {
    await setFaults([{ role: 'illustrate', nth: 1, recode: 'jpeg' }]);
    const response = await fetch(`${server.url}/hf-inference/models/hansard/procedural-v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'image/png' },
      body: JSON.stringify({ inputs: 'a harbour', parameters: { width: 256, height: 256 } }),
    });
    expect(response.headers.get('content-type')).toBe('image/png');
    const { format } = await sharp(await response.arrayBuffer()).metadata();
    expect(format).toBe('jpeg');
  });

  test('strike only one model, by its name in path or body, or only one path', async () => {
    const chat = (model: string) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'We met.' }] }),
      });
    await setFaults([
      { role: 'summarize', model: 'extractive-v1', nth: 'every', status: 500 },
      { role: 'transcribe', model: 'openai/whisper-base', nth: 2, status: 500 },
      { role: 'transcribe', path: '/hf-inference/', nth: 3, status: 502 },
    ]);
    expect((await chat('hansard/extractive-v1')).status).toBe(200);
    expect((await chat('extractive-v1')).status).toBe(500);
    const form = new FormData();
    form.set('file', new Blob([audio], { type: 'audio/flac' }), 'a.flac');
    form.set('model', 'whisper-base');
    const elsewhere = await fetch(`${server.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: form,
    });
    expect(elsewhere.status).toBe(200);
    const answers = [await transcribe(), await transcribe(), await transcribe()];
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 502]);
  });

  test('delay a real answer', async () => {
    await setFaults([{ role: 'transcribe', nth: 1, delayMs: 700 }]);
    const start = performance.now();
    expect((await transcribe()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(650);
  });

  test.each([
    [{ role: 'transcribe', nth: 1 }],
    [{ role: 'transcribe', nth: 0, status: 500 }],
    [{ role: 'transcribe', nth: 1, status: 500, wobble: true }],
    [{ role: 'transcribe', nth: 1, delayMs: 5, body: 'without a status' }],
    [{ role: 'transcribe', nth: 1, billed: true }],
    [{ role: 'transcribe', nth: 1, status: 200, recode: 'jpeg' }],
  ])('are refused if a rule contradicts itself: %o', async (rule) => {
    expect((await setFaults([rule])).status).toBe(400);
  });
});

describe('statistics', () => {
  test('bill an answer that is not read', async () => {
    const before = await transcriptions();
    await expect(transcribe(AbortSignal.timeout(100))).rejects.toThrow('timeout');
    await expect.poll(transcriptions, { timeout: 10_000 }).toEqual({
      requests: before.requests + 1,
      billed: before.billed + 1,
      byInput: before.byInput + 1,
    });
  });

  test('do not bill a refused request', async () => {
    const before = await transcriptions();
    const response = await fetch(`${server.url}/hf-inference/models/openai/whisper-base`, {
      method: 'POST',
      headers: { 'content-type': 'audio/flac' },
      body: 'no audio',
    });
    expect(response.status).toBe(400);
    expect(await transcriptions()).toEqual({ ...before, requests: before.requests + 1 });
  });
});
