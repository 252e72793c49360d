import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { recordTarget } from '../../../adapters/inference/targets/record-target.ts';
import { scratchTrackKey, transcriptKey } from '../../../adapters/object-store/keys.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { attempt, openBench, type ProviderAnswer } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
/** The first 24 seconds of the sample. */
let recording: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  recording = await ffmpeg('-i', SAMPLE, '-t', '24', '-f', 'flac', '-');
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
  bench.provider.answer = (request): Promise<ProviderAnswer> =>
    Promise.resolve({ status: 200, body: answerTo(request.headers['content-type']) });
});

const TURNS = [
  { label: 'SPEAKER_01', start: '0.0', stop: '3.1' },
  { label: 'SPEAKER_00', start: '3.2', stop: '24.0' },
];
const WORDS = {
  text: ' Good morning, all. Thank you.',
  chunks: [
    { text: ' Good morning, all.', timestamp: [0.2, 3] },
    { text: ' Thank you.', timestamp: [4, 6] },
  ],
};
const answerTo = (type: string | undefined) =>
  type === 'audio/ogg' ? { diarization: TURNS } : WORDS;

const prepare = ({ tenant, jobId }: JobInput, deps: Dependencies = bench.deps) =>
  attempt(() =>
    createActivities(deps).prepareRecording({
      tenant,
      jobId,
      chunkLimitSeconds: 28,
      speakers: true,
    }),
  );

type Prepared = Awaited<ReturnType<typeof prepare>>;
const callFor = ({ tenant, jobId }: JobInput, { planKey, scratch = '' }: Prepared) => ({
  tenant,
  jobId,
  planKey,
  scratch,
  target: bench.recorded.diarize,
  last: false,
});
const diarize = (job: JobInput, prepared: Prepared, deps: Dependencies = bench.deps) =>
  attempt(() => createActivities(deps).diarizeRecording(callFor(job, prepared)));

/** Transcribes the first chunk of each track, and gives the transcript. */
async function transcriptOf({ tenant, jobId }: JobInput, prepared: Prepared, diarized?: string) {
  const activities = createActivities(bench.deps);
  const job = { tenant, jobId };
  const window = { ...job, ...prepared, from: 0, to: prepared.chunks };
  const { pending } = await attempt(() => activities.lookUpChunks(window));
  const target = bench.recorded.transcribe;
  for (const { index } of pending)
    await attempt(() => activities.transcribeChunk({ ...window, target, last: true, index }));
  await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  const assembled = { ...job, planKey: prepared.planKey, windows: 1 };
  await attempt(() =>
    activities.assembleTranscript({ ...assembled, ...(diarized !== undefined && { diarized }) }),
  );
  return await bench.deps.store.getJson(transcriptKey(tenant, jobId), transcriptSchema);
}

test('the whole recording is sent once as Ogg Opus, and its transcript has speakers', async () => {
  const job = await bench.newJob(recording);
  const prepared = await prepare(job);
  expect(prepared).toMatchObject({ tracks: 1, durationSeconds: 24 });

  const first = await diarize(job, prepared);
  expect(first).toMatchObject({ target: 'voices', reused: false });
  const [request, ...others] = bench.provider.requests;
  expect(others).toEqual([]);
  expect(request?.headers).toMatchObject({ 'content-type': 'audio/ogg' });
  const path = join(bench.deps.scratchDirectory, 'sent.ogg');
  await writeFile(path, request?.body ?? '');
  const sent = await probeRecording(path);
  expect(sent.durationSeconds).toBeCloseTo(24, 1);
  expect(request?.body.length).toBeLessThan(24 * 6000);

  const { segments } = await transcriptOf(job, prepared, first.callKey);
  expect(segments.map(({ speaker, text }) => [speaker, text])).toEqual([
    ['S1', 'Good morning, all.'],
    ['S2', 'Thank you.'],
  ]);
});

test('a second job needs no call, and prepares no audio for one', async () => {
  const first = await bench.newJob(recording);
  await diarize(first, await prepare(first));
  bench.provider.requests.length = 0;
  const second = await bench.newJob(recording);
  const prepared = await prepare(second);
  expect(await bench.deps.store.head(scratchTrackKey(prepared.scratch ?? ''))).toBeNull();
  expect(await diarize(second, prepared)).toMatchObject({ reused: true });
  expect(bench.provider.requests).toEqual([]);
});

const FAL = { contract: 'fal', model: 'fal-ai/whisper' } as const;
const FAL_ANSWER = { chunks: [{ speaker: 'A', timestamp: [0, 3], text: 'x' }] };

test('a target of fal gets WAV', async () => {
  const job = await bench.newJob(recording, { forceNonce: 'fal' });
  const prepared = await prepare(job);
  const target = { ...bench.targets.diarize, ...FAL };
  const { inference } = bench.deps;
  const roles = { ...inference.roles, diarize: [target] };
  bench.provider.answer = () => Promise.resolve({ status: 200, body: FAL_ANSWER });
  const activities = createActivities({ ...bench.deps, inference: { ...inference, roles } });
  await attempt(() =>
    activities.diarizeRecording({ ...callFor(job, prepared), target: recordTarget(target) }),
  );
  const { audio_url: url = '', diarize: isAsked } = JSON.parse(
    String(bench.provider.requests[0]?.body),
  ) as { audio_url?: string; diarize?: boolean };
  expect(isAsked).toBe(true);
  const wave = Buffer.from(url.replace('data:audio/x-wav;base64,', ''), 'base64');
  expect(wave.subarray(0, 4).toString()).toBe('RIFF');
  // 24 s of 16-bit samples at 16 kHz.
  expect(wave.length / 32_000).toBeCloseTo(24, 1);
});

test('the address of the audio works as long as the call for a recording of 5 hours may take', async () => {
  const job = await bench.newJob(recording, { forceNonce: 'address' });
  const prepared = await prepare(job);
  const { inference } = bench.deps;
  const target = { ...bench.targets.diarize, ...FAL, audioByUrl: true };
  const roles = { ...inference.roles, diarize: [target] };
  bench.provider.answer = () => Promise.resolve({ status: 200, body: FAL_ANSWER });
  const activities = createActivities({ ...bench.deps, inference: { ...inference, roles } });
  const call = { ...callFor(job, prepared), target: recordTarget(target) };
  await attempt(() => activities.diarizeRecording(call), {
    startToCloseTimeoutMs: 3_900_000,
  });
  const [request] = bench.provider.requests;
  const { audio_url: url = '' } = JSON.parse(String(request?.body)) as { audio_url?: string };
  expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('3900');
  // The provider fetches it with the address alone.
  const fetched = await fetch(url);
  expect(
    Buffer.from(await fetched.arrayBuffer())
      .subarray(0, 4)
      .toString(),
  ).toBe('OggS');
});

test('where the audio cannot be encoded, the recording is prepared all the same', async () => {
  const job = await bench.newJob(recording, { forceNonce: 'no opus' });
  const lame = join(bench.deps.scratchDirectory, 'ffmpeg-without-opus');
  await writeFile(
    lame,
    '#!/bin/sh\ncase "$*" in *libopus*) echo "Unknown encoder" >&2; exit 1;; esac\nexec ffmpeg "$@"\n',
    { mode: 0o755 },
  );
  const deps = { ...bench.deps, binaries: { ffmpeg: lame, ffprobe: 'ffprobe' } };
  const prepared = await prepare(job, deps);
  expect(prepared.speechChunks).toBe(1);
  await expect(diarize(job, prepared)).rejects.toMatchObject({ type: 'MissingObject' });
  expect(bench.provider.requests).toEqual([]);
});

test('a recording that is larger than the target takes is not sent', async () => {
  const job = await bench.newJob(recording, { forceNonce: 'large' });
  const { inference } = bench.deps;
  const target = { ...bench.targets.diarize, bodyBytes: 10_000 };
  const roles = { ...inference.roles, diarize: [target] };
  const deps = { ...bench.deps, inference: { ...inference, roles } };
  await expect(diarize(job, await prepare(job), deps)).rejects.toMatchObject({ type: 'TooLarge' });
  expect(bench.provider.requests).toEqual([]);
});

test('two channels are two speakers, and no audio is prepared for a call', async () => {
  // One voice speaks the first 12 s on the left, another one the next 12 s on the right.
  const sides =
    '[0:a]atrim=0:12,apad=whole_dur=24[l];[0:a]atrim=12:24,asetpts=PTS-STARTPTS,adelay=12000[r];[l][r]join=inputs=2:channel_layout=stereo';
  const call = await ffmpeg('-i', SAMPLE, '-filter_complex', sides, '-t', '24', '-f', 'flac', '-');
  const job = await bench.newJob(call);
  const prepared = await prepare(job);
  expect(prepared.tracks).toBe(2);
  expect(await bench.deps.store.head(scratchTrackKey(prepared.scratch ?? ''))).toBeNull();
  const { segments } = await transcriptOf(job, prepared);
  expect(segments.length).toBeGreaterThanOrEqual(2);
  for (const { speaker, start } of segments)
    expect([speaker, start]).toEqual([(start ?? 0) < 11 ? 'S1' : 'S2', start]);
  expect(bench.provider.requests.map(({ headers }) => headers['content-type'])).not.toContain(
    'audio/ogg',
  );
});
