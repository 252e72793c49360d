import { readdir } from 'node:fs/promises';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import {
  scratchChunkKey,
  scratchPlanKey,
  scratchPrefix,
} from '../../../adapters/object-store/keys.ts';
import type { ReadyChunks } from '../../../workflows/contracts/transcribing.ts';
import { chunkPlanSchema, type ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { attempt, openBench } from '../activity-bench.ts';

const RATE = 16_000;
const RUN = 'a0000000-0000-4000-8000-000000000000';
const workflowExecution = { workflowId: 'minutes/default/x', runId: RUN };

let bench: Awaited<ReturnType<typeof openBench>>;
/** 260 s: the first chunks are settled at 240 s. */
let recording: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  recording = await ffmpeg('-stream_loop', '1', '-i', SAMPLE, '-t', '260', '-f', 'flac', '-');
});
afterAll(() => bench.close());

/** One attempt; `onTold` hears what the workflow is told. */
const prepare = (
  { tenant, jobId }: JobInput,
  onTold: (ready: ReadyChunks) => void | Promise<void>,
  change: { readonly tellsReady?: true; readonly cancel?: AbortSignal } = { tellsReady: true },
) => {
  const signalWorkflow: Dependencies['signalWorkflow'] = async (run, signal, payload) => {
    expect({ run, signal }).toEqual({ run: workflowExecution, signal: 'chunksReady' });
    await onTold(payload as ReadyChunks);
  };
  const { cancel, ...asked } = change;
  return attempt(
    () =>
      createActivities({ ...bench.deps, signalWorkflow }).prepareRecording({
        tenant,
        jobId,
        runId: RUN,
        chunkLimitSeconds: 28,
        ...asked,
      }),
    { workflowExecution },
    (environment) => cancel?.addEventListener('abort', () => environment.cancel()),
  );
};

const planAt = (key: string): Promise<ChunkPlan> => bench.deps.store.getJson(key, chunkPlanSchema);

test('the first chunks are told when their audio and their plan are stored, before the rest is planned', async () => {
  const { store } = bench.deps;
  const job = await bench.newJob(recording);
  const told: { ready: ReadyChunks; plan: ChunkPlan; stored: boolean }[] = [];
  const prepared = await prepare(job, async (ready) => {
    const plan = await planAt(ready.planKey);
    const last = scratchChunkKey(ready.scratch ?? '', ready.chunks - 1);
    told.push({ ready, plan, stored: (await store.head(last)) !== null });
  });
  const whole = await planAt(prepared.planKey);
  expect(told).toHaveLength(1);
  const [{ ready, plan, stored } = { ready: null, plan: null, stored: false }] = told;
  expect(stored).toBe(true);
  expect(ready?.chunks).toBeGreaterThan(6);
  expect(ready).toMatchObject({ scratch: prepared.scratch, speechChunks: ready?.chunks });
  expect(ready?.chunks).toBeLessThan(prepared.chunks);
  // What is known of all of it is in the plan of the beginning, too.
  const { soundInSilence: _, ...facts } = whole;
  expect(plan).toEqual({ ...facts, chunks: whole.chunks.slice(0, ready?.chunks) });
  const keys = await bench.keysBelow(`${prepared.scratch}chunks/`);
  expect(keys).toHaveLength(prepared.speechChunks);
});

test('nothing is told to a workflow that does not ask, and one that cannot be told hears all at the end', async () => {
  const told: ReadyChunks[] = [];
  const form = async (format: string) =>
    await bench.newJob(
      await ffmpeg('-stream_loop', '1', '-i', SAMPLE, '-t', '250', '-f', format, '-'),
    );
  const one = await prepare(await form('flac'), (ready) => void told.push(ready), {});
  expect(told).toEqual([]);
  const two = await prepare(await form('wav'), (ready) => {
    told.push(ready);
    throw new Error('the workflow is closed');
  });
  expect(told).toHaveLength(1);
  expect(two.chunks).toBe(one.chunks);
});

test('an attempt goes on with the chunks that the one before it told', async () => {
  const { store } = bench.deps;
  const form = async (format: string) =>
    await bench.newJob(await ffmpeg('-i', SAMPLE, '-t', '70', '-f', format, '-'));
  const job = await form('wav');
  const scratch = scratchPrefix(job.tenant, job.jobId, RUN);
  const { planKey } = await prepare(await form('flac'), () => undefined);
  const { soundInSilence: _, ...facts } = await planAt(planKey);
  // A worker that decodes otherwise has cut it at 21 s.
  const voice = [{ startSample: 0, endSample: 21 * RATE }];
  const first = {
    startSample: 0,
    endSample: 21 * RATE,
    index: 0,
    speech: true,
    speechSeconds: 20,
    voice,
  };
  const earlier = { ...facts, sourceSha256: job.source.sha256, chunks: [first] };
  await store.putJson(scratchPlanKey(scratch, 1), earlier);
  const prepared = await prepare(job, () => undefined);
  const plan = await planAt(prepared.planKey);
  expect(plan.chunks[0]).toEqual(first);
  expect(plan.chunks[1]?.startSample).toBe(21 * RATE);
  expect(plan.chunks.at(-1)?.endSample).toBe(70 * RATE);
});

test('a run that has told other chunks than the stored plan has fails, and says what to do', async () => {
  const { store } = bench.deps;
  const flac = await ffmpeg('-i', SAMPLE, '-t', '75', '-f', 'flac', '-');
  const job = await bench.newJob(flac);
  const { planKey } = await prepare(await bench.newJob(flac), () => undefined);
  const plan = await planAt(planKey);
  const [first, ...others] = plan.chunks;
  const moved = { ...plan, chunks: [{ ...first, endSample: 20 * RATE }, ...others] };
  await store.putJson(scratchPlanKey(scratchPrefix(job.tenant, job.jobId, RUN), 1), {
    ...moved,
    chunks: moved.chunks.slice(0, 1),
  });
  const failure = (await prepare(job, () => undefined).catch(
    (error: unknown) => error,
  )) as ApplicationFailure;
  expect(failure).toMatchObject({ nonRetryable: true, type: 'BadRequest' });
  expect(failure.message).toContain('retry the job');
});

test('an attempt that is cancelled while it stores chunks ends, and leaves nothing on the disk', async () => {
  const other = await ffmpeg('-stream_loop', '1', '-i', SAMPLE, '-t', '280', '-f', 'flac', '-');
  const job = await bench.newJob(other);
  const stop = new AbortController();
  const running = prepare(
    job,
    () => {
      stop.abort();
    },
    { tellsReady: true, cancel: stop.signal },
  );
  await expect(running).rejects.toThrow(/cancel/i);
  const plans = await bench.keysBelow(`${scratchPrefix(job.tenant, job.jobId, RUN)}plans/`);
  expect(plans).toHaveLength(1);
  expect(await readdir(bench.deps.scratchDirectory)).toEqual([]);
});
