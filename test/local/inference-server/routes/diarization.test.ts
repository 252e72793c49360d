import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { diarizationError, readRttm } from '../../../../bench/diarization-error.ts';
import { conversationPath } from '../../../adapters/media/conversation.ts';
import { answerOf, base64, clientOf, silentWav } from '../client.ts';
import {
  readStatistics,
  startServer,
  startSpeakerServer,
  type RunningServer,
} from '../start-server.ts';

/* Who spoke: a dedicated server of a diarization pipeline, over the real networks. */

// The first call loads the networks, on one thread of a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speakers-'));
  server = await startSpeakerServer(folder);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const { post, postJson, put } = clientOf(() => server.url);

const SPEAKERS = '/toolkit/hansard/speakers-v1';
const FLAC = { 'content-type': 'audio/flac' };
const OGG = { 'content-type': 'audio/ogg' };
const answerSchema = z.strictObject({
  diarization: z.array(
    z.strictObject({
      label: z.string().regex(/^SPEAKER_\d\d$/),
      start: z.string().regex(/^\d+(\.\d{1,3})?$/),
      stop: z.string().regex(/^\d+(\.\d{1,3})?$/),
    }),
  ),
});
const SECONDS = 32;

/** The first 32 s of a reading: two people, one after the other. */
async function readingStart() {
  const path = conversationPath('reading-a.opus');
  const cut = ['-v', 'error', '-t', String(SECONDS), '-i', path, '-c', 'copy', '-f', 'ogg', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', cut, { encoding: 'buffer' });
  const rttm = await readFile(conversationPath('reading-a.rttm'), 'utf8');
  return {
    audio: new Uint8Array(stdout),
    reference: readRttm(rttm).filter(({ end }) => end < SECONDS),
  };
}

const leftBehind = async () =>
  (await readdir(folder)).filter((name) => name.startsWith('hansard-body-'));

test('a reading is given to its two speakers, in the form of pyannote behind an endpoint', async () => {
  const { audio, reference } = await readingStart();
  const response = await post(SPEAKERS, audio, OGG);
  expect(response.headers.get('x-compute-audio-length')).toMatch(/^3[12]/);
  const { diarization } = answerSchema.parse(await response.json());
  const found = diarization.map(({ label, start, stop }) => ({
    speaker: label,
    start: Number(start),
    end: Number(stop),
  }));
  expect(new Set(found.map(({ speaker }) => speaker))).toEqual(
    new Set(['SPEAKER_00', 'SPEAKER_01']),
  );
  expect(diarizationError(reference, found).rate).toBeLessThan(0.02);
  const { requests, billed, byInput } = await readStatistics(server.url);
  expect([requests['diarize'], billed['diarize']]).toEqual([1, 1]);
  expect(byInput[createHash('sha256').update(audio).digest('hex')]).toBe(1);
  await expect.poll(leftBehind).toEqual([]);
});

test('silence has no speakers, as bytes with the number of speakers and as JSON', async () => {
  const audio = silentWav(3);
  const raw = await post(`${SPEAKERS}?num_speakers=2`, audio, { 'content-type': 'audio/wav' });
  expect(await answerOf(raw)).toEqual({ status: 200, body: { diarization: [] } });
  const json = await postJson(SPEAKERS, { inputs: base64(audio), parameters: { num_speakers: 1 } });
  expect(await answerOf(json)).toEqual({ status: 200, body: { diarization: [] } });
});

test('what is no recording is refused, and nothing is billed or left behind', async () => {
  const { billed: before } = await readStatistics(server.url);
  for (const [path, bytes, headers, message] of [
    [SPEAKERS, 'no sound at all', FLAC, 'format not recognised'],
    [SPEAKERS, '', FLAC, 'no body'],
    [SPEAKERS, 'x', { 'content-type': 'image/png' }, 'takes audio, not image'],
    [`${SPEAKERS}?num_speakers=0`, 'x', FLAC, 'num_speakers'],
    [`${SPEAKERS}?speed=2`, 'x', FLAC, "unexpected keyword argument 'speed'"],
  ] as const) {
    const { status, body } = await answerOf(await post(path, bytes, headers));
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: expect.stringContaining(message) },
    });
  }
  expect((await readStatistics(server.url)).billed).toEqual(before);
  await expect.poll(leftBehind).toEqual([]);
});

test('faults strike it by its role', async () => {
  await put('/local/faults', [{ role: 'diarize', nth: 1, status: 503, body: { error: 'busy' } }]);
  expect(await answerOf(await post(SPEAKERS, silentWav(1), FLAC))).toEqual({
    status: 503,
    body: { error: 'busy' },
  });
  await expect.poll(leftBehind).toEqual([]);
});

test('a server without the models says which variables it needs', async () => {
  const without = await startServer('--scripted-transcriber');
  const response = await clientOf(() => without.url).post(SPEAKERS, silentWav(1), FLAC);
  expect(await answerOf(response)).toEqual({
    status: 404,
    body: { error: expect.stringContaining('HANSARD_SPEAKER_MODELS') },
  });
  await without.stop();
});
