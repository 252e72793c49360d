import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { mapConcurrent } from '../../../activities/map-concurrent.ts';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { sourceDigest } from '../../../adapters/identity/source-digest.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import {
  scratchChunkKey,
  sharedScratchPrefix,
  sourceKey,
} from '../../../adapters/object-store/keys.ts';
import { chunkPlanSchema } from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../../workflows/contracts/jobs.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { attempt, openBench } from '../activity-bench.ts';

const LIMIT_SECONDS = 28;

let bench: Awaited<ReturnType<typeof openBench>>;
let scratchDirectory: string;
/** Keys of recordings that were downloaded. */
const downloads: string[] = [];

beforeAll(async () => {
  bench = await openBench();
  scratchDirectory = await mkdtemp(join(bench.deps.scratchDirectory, 'prepare-'));
});
afterAll(() => bench.close());
afterEach(async () => {
  downloads.length = 0;
  // No decoded audio may stay on the disk.
  const left = await readdir(scratchDirectory);
  if (left.length > 0) throw new Error(`left on the disk: ${left.join(', ')}`);
});

function activities() {
  const { store } = bench.deps;
  const counting: ObjectStore = {
    ...store,
    getStream: (key, options) => {
      downloads.push(key);
      return store.getStream(key, options);
    },
  };
  return createActivities({ ...bench.deps, store: counting, scratchDirectory });
}

const prepare = ({ tenant, jobId, runId }: JobReference) =>
  attempt(() =>
    activities().prepareRecording({
      tenant,
      jobId,
      ...(runId !== undefined && { runId }),
      chunkLimitSeconds: LIMIT_SECONDS,
    }),
  );

const chunksInScratch = async ({ tenant, jobId }: JobInput) =>
  (await bench.keysBelow(sharedScratchPrefix(tenant, jobId))).length;

async function failureOf(running: Promise<unknown>) {
  return (await running.catch((error: unknown) => error)) as ApplicationFailure;
}

test("a recording is planned once and for every job; its chunks are the job's own", async () => {
  const recording = await ffmpeg('-i', SAMPLE, '-t', '60', '-f', 'flac', '-');
  const [job, sibling] = [await bench.newJob(recording), await bench.newJob(recording)];
  const prepared = await prepare(job);
  expect(prepared.speechChunks).toBeGreaterThan(1);
  const plan = await bench.deps.store.getJson(prepared.planKey, chunkPlanSchema);
  expect(plan.chunks).toHaveLength(prepared.chunks);
  expect(await chunksInScratch(job)).toBe(prepared.speechChunks);
  expect(downloads).toHaveLength(1);

  // A retry of the activity finds plan and chunks, and decodes nothing.
  expect(await prepare(job)).toEqual(prepared);
  expect(downloads).toHaveLength(1);

  const { scratch, ...shared } = prepared;
  expect(scratch).toContain(`/${job.jobId}/scratch/`);
  expect(await prepare(sibling)).toMatchObject(shared);
  expect(downloads).toHaveLength(2);
  expect(await chunksInScratch(sibling)).toBe(prepared.speechChunks);
});

test('every run of a job has chunks of its own; a run that began before reads those that all had', async () => {
  const recording = await ffmpeg('-i', SAMPLE, '-t', '40', '-f', 'flac', '-');
  const job = await bench.newJob(recording);
  const { tenant, jobId } = job;
  const runs = ['a', 'b'].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);
  const [one, another] = await mapConcurrent(runs, (runId) => prepare({ ...job, runId }));
  expect(one?.scratch).not.toBe(another?.scratch);
  const chunks = 2 * (one?.speechChunks ?? 0);
  expect(await chunksInScratch(job)).toBe(chunks);

  // As an earlier version left it: without the folder of the run.
  const { scratch = '', planKey = '' } = one ?? {};
  const [index = -1] = await speechOf(planKey);
  const before = scratchChunkKey(sharedScratchPrefix(tenant, jobId), index);
  await bench.deps.store.copy(scratchChunkKey(scratch, index), before);
  bench.provider.answer = () =>
    Promise.resolve({ status: 200, body: { text: 'hello', chunks: [] } });
  downloads.length = 0;
  const call = { tenant, jobId, planKey, index, target: bench.recorded.transcribe, last: true };
  await attempt(() => activities().transcribeChunk(call));
  expect(downloads).toEqual([before]);
});

test('a job decodes nothing if all answers are stored, and encodes the chunk whose answer is missing and those that its language may reach', async () => {
  const recording = await ffmpeg('-i', SAMPLE, '-t', '70', '-f', 'flac', '-');
  const first = await bench.newJob(recording);
  const prepared = await prepare(first);
  const indexes = await speechOf(prepared.planKey);
  expect(indexes).toHaveLength(3);
  bench.provider.answer = () =>
    Promise.resolve({ status: 200, body: { text: 'hello', chunks: [] } });
  const transcribe = (index: number) =>
    attempt(() =>
      activities().transcribeChunk({
        tenant: first.tenant,
        jobId: first.jobId,
        target: bench.recorded.transcribe,
        last: true,
        ...prepared,
        index,
      }),
    );
  for (const index of indexes.slice(1)) await transcribe(index);
  downloads.length = 0;

  const lacking = await bench.newJob(recording);
  const { scratch: _, ...shared } = prepared;
  expect(await prepare(lacking)).toMatchObject(shared);
  // What will be answered may be in another language, which leaves the words beside it in doubt, and then those beside them.
  expect(await chunksInScratch(lacking)).toBe(3);
  expect(downloads).toHaveLength(1);

  await transcribe(indexes[0] ?? -1);
  downloads.length = 0;
  const holding = await bench.newJob(recording);
  expect(await prepare(holding)).toMatchObject(shared);
  expect(await chunksInScratch(holding)).toBe(0);
  expect(downloads).toEqual([]);
});

test('a silent recording fails with NoSpeech and is not retried', async () => {
  const silence = await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    'anullsrc=r=16000:cl=mono',
    '-t',
    '12',
    '-f',
    'flac',
    '-',
  );
  const job = await bench.newJob(silence);
  const failure = await failureOf(prepare(job));
  expect(failure).toMatchObject({ type: 'NoSpeech', nonRetryable: true });
  expect(failure.message).toContain('12 s');
  expect(await chunksInScratch(job)).toBe(0);
});

test('a recording that is corrupt in the middle is planned around the damage, which the plan tells', async () => {
  const recording = Uint8Array.from(await readFile(SAMPLE));
  const middle = Math.floor(recording.length / 2);
  recording.fill(0xff, middle, middle + 60_000);
  const prepared = await prepare(await bench.newJob(recording));
  expect(prepared.durationSeconds).toBeCloseTo(151.08, 1);
  const { sound } = await bench.deps.store.getJson(prepared.planKey, chunkPlanSchema);
  const [damage, ...others] = sound?.tracks[0]?.damage ?? [];
  expect(others).toEqual([]);
  expect(damage?.start).toBeGreaterThan(70);
  expect(damage?.end).toBeLessThan(85);
});

test('a recording of which nothing can be read fails with UnreadableAudio and is not retried', async () => {
  const recording = Uint8Array.from(await readFile(SAMPLE));
  recording.fill(0xff, 9000);
  const job = await bench.newJob(recording);
  const failure = await failureOf(prepare(job));
  expect(failure).toMatchObject({ type: 'UnreadableAudio', nonRetryable: true });
  expect(failure.message).not.toContain(scratchDirectory);
  expect(await chunksInScratch(job)).toBe(0);
});

test('a decoder that is ended from outside is retried, and named', async () => {
  const job = await bench.newJob(await ffmpeg('-i', SAMPLE, '-t', '5', '-f', 'flac', '-'));
  const ended = join(bench.deps.scratchDirectory, 'ended-ffmpeg');
  await writeFile(ended, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
  const binaries = { ffmpeg: ended, ffprobe: 'ffprobe' };
  const running = attempt(() =>
    createActivities({ ...bench.deps, binaries, scratchDirectory }).prepareRecording({
      tenant: job.tenant,
      jobId: job.jobId,
      chunkLimitSeconds: LIMIT_SECONDS,
    }),
  );
  const failure = await failureOf(running);
  expect(failure).toMatchObject({ type: 'MachineTrouble', nonRetryable: false });
  expect(failure.message).toContain('ended from outside (SIGKILL)');
});

const prepareWith = (store: ObjectStore, { tenant, jobId }: JobInput) =>
  attempt(() =>
    createActivities({ ...bench.deps, store, scratchDirectory }).prepareRecording({
      tenant,
      jobId,
      chunkLimitSeconds: LIMIT_SECONDS,
    }),
  );

test('a disk that is full, or whose share is used up, while the recording is fetched is named and tried again', async () => {
  const { store } = bench.deps;
  const job = await bench.newJob(await ffmpeg('-i', SAMPLE, '-t', '5', '-f', 'flac', '-'));
  const onFullDisk: ObjectStore = {
    ...store,
    getStream: async (key, options) => {
      const [folder = ''] = await readdir(scratchDirectory);
      const { name } = job.source;
      const to = `recording-1${name.slice(name.lastIndexOf('.'))}`;
      await symlink('/dev/full', join(scratchDirectory, folder, to));
      return await store.getStream(key, options);
    },
  };
  const overQuota: ObjectStore = {
    ...store,
    getStream: () => Promise.reject(Object.assign(new Error('write'), { code: 'EDQUOT' })),
  };
  for (const full of [onFullDisk, overQuota]) {
    const failure = await failureOf(prepareWith(full, job));
    expect(failure).toMatchObject({ type: 'MachineTrouble', nonRetryable: false });
    expect(failure.message).toMatch(/scratch folder .* has \d+\.\d MB free/);
  }
});

test('a recording for which there is no room is not fetched', async () => {
  const { source } = await bench.newJob(null);
  const job = await bench.newJob(null, { source: { ...source, bytes: 4e15 } });
  const failure = await failureOf(prepare(job));
  expect(failure).toMatchObject({ type: 'MachineTrouble', nonRetryable: false });
  expect(failure.message).toContain('this recording needs 4000000000.0 MB');
  expect(downloads).toEqual([]);
});

test('a stored recording that is not the one that was submitted is refused', async () => {
  const recording = await readFile(SAMPLE);
  const job = await bench.newJob(Buffer.concat([recording, Buffer.from('another')]));
  await bench.deps.store.put(sourceKey(job.tenant, job.source.sha256), recording, {
    contentType: 'audio/flac',
  });
  const failure = await failureOf(prepare(job));
  expect(failure).toMatchObject({ type: 'UnreadableAudio', nonRetryable: true });
  expect(failure.message).toContain(job.source.sha256);
  expect(await chunksInScratch(job)).toBe(0);
});

test('the files of a recording are prepared on one clock, and refused in another order than the one submitted', async () => {
  const { store } = bench.deps;
  // G.722 has no mark of its own: the end of the name tells it.
  const forms = [
    ['a.flac', ['-t', '8', '-f', 'flac']],
    ['b.g722', ['-ss', '8', '-t', '6', '-ar', '16000', '-f', 'g722']],
  ] as const;
  const files = await mapConcurrent(forms, async ([name, form]) => {
    const recording = await ffmpeg('-i', SAMPLE, ...form, '-');
    const file = { name, sha256: sha256(recording), bytes: recording.length };
    await store.put(sourceKey('default', file.sha256), recording, { contentType: 'audio/flac' });
    return file;
  });
  const source = {
    kind: 'recording' as const,
    name: 'a.flac (+1)',
    sha256: sourceDigest(files.map((file) => file.sha256)),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    durationSeconds: 14,
    files,
  };
  const swapped = { ...source, files: files.toReversed() };
  const refused = await bench.newJob(null, { schemaVersion: 2, source: swapped });
  expect(await failureOf(prepare(refused))).toMatchObject({ type: 'UnreadableAudio' });

  const prepared = await prepare(await bench.newJob(null, { schemaVersion: 2, source }));
  expect(prepared.durationSeconds).toBeCloseTo(14, 1);
  const { sound } = await store.getJson(prepared.planKey, chunkPlanSchema);
  expect(sound).toMatchObject({
    tracks: [{ heard: [{ part: 1 }, { part: 2 }], damage: [] }],
    fileStarts: [0, 8],
  });
});

test('a cancellation ends the decoding', async () => {
  const job = await bench.newJob(await ffmpeg('-i', SAMPLE, '-t', '65', '-f', 'flac', '-'));
  const cancelled = attempt(
    () =>
      activities().prepareRecording({
        tenant: job.tenant,
        jobId: job.jobId,
        chunkLimitSeconds: LIMIT_SECONDS,
      }),
    {},
    (environment) => setTimeout(() => environment.cancel(), 300),
  );
  // The SDK recognises these two as a cancellation; anything else would be a failure of the job.
  await expect(cancelled).rejects.toMatchObject({
    name: expect.stringMatching(/^(CancelledFailure|AbortError)$/),
  });
  expect(await chunksInScratch(job)).toBe(0);
});

async function speechOf(planKey: string): Promise<number[]> {
  const { chunks } = await bench.deps.store.getJson(planKey, chunkPlanSchema);
  return chunks.flatMap(({ speech, index }) => (speech ? [index] : []));
}
