import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { readOutcomes } from '../../../activities/recording/close-window.ts';
import { chunkWorkKey } from '../../../activities/paid/work-keys.ts';
import { pointAt } from '../../../adapters/paid-call/look-up-result.ts';
import { planKey as planKeyOf, resultKey } from '../../../adapters/object-store/keys.ts';
import type { ChunkPlan, PlannedChunk } from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { CHUNKS_PER_WINDOW } from '../../../workflows/contracts/names.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Fate = 'silent' | 'answered' | 'failed' | 'lost';

/** A job with chunks of one second that ended like this. */
async function jobWith(fates: readonly Fate[]) {
  const job = await bench.newJob();
  const plan: ChunkPlan = {
    schemaVersion: 1,
    plannerVersion: 1,
    preparationVersion: 1,
    sourceSha256: job.source.sha256,
    limitSeconds: 28,
    samples: fates.length * 16_000,
    chunks: fates.map((fate, index) => ({
      index,
      startSample: index * 16_000,
      endSample: (index + 1) * 16_000,
      speech: fate !== 'silent',
      speechSeconds: fate === 'silent' ? 0 : 1,
    })),
  };
  const planKey = planKeyOf(job.tenant, job.source.sha256, 1, 28);
  await bench.deps.store.putJson(planKey, plan);
  const answered = plan.chunks.filter(({ index }) => fates[index] === 'answered');
  await Promise.all(answered.map((chunk) => storeAnswer(job, plan, chunk)));
  return { job, plan, planKey };
}

async function storeAnswer(
  job: JobInput,
  plan: ChunkPlan,
  chunk: PlannedChunk,
  text = 'hello',
): Promise<void> {
  const result: StoredResult = {
    schemaVersion: 1,
    role: 'transcribe',
    workKey: chunkWorkKey(job, plan, chunk),
    callKey: randomBytes(32).toString('hex'),
    ordinal: 1,
    ledgerEntryId: 'none',
    target: 'whisper',
    contract: 'hf-task',
    model: 'whisper',
    label: null,
    provider: null,
    servedModel: null,
    revision: null,
    requestId: null,
    createdAt: '2026-03-02T10:00:00.000Z',
    usage: {
      inputTokens: null,
      outputTokens: null,
      audioSeconds: 1,
      images: null,
      computeSeconds: null,
    },
    answer: { text, language: null, segments: [] },
  };
  const { store } = bench.deps;
  await store.putJson(resultKey(homeOf(job), 'transcribe', result.callKey), result);
  await pointAt(store, homeOf(job), result);
}

const failuresOf = (fates: readonly Fate[], from: number, to: number) =>
  fates.flatMap((fate, index) =>
    fate === 'failed' && index >= from && index < to ? [{ index, reason: 'BadRequest' }] : [],
  );

async function closeAll(
  fates: readonly Fate[],
  { job, planKey }: Awaited<ReturnType<typeof jobWith>>,
) {
  const { closeWindow } = createActivities(bench.deps);
  const { tenant, jobId } = job;
  const windows = Math.ceil(fates.length / CHUNKS_PER_WINDOW);
  const counts = { transcribed: 0, failed: 0 };
  for (let window = 0; window < windows; window += 1) {
    const from = window * CHUNKS_PER_WINDOW;
    const to = Math.min(from + CHUNKS_PER_WINDOW, fates.length);
    const failures = failuresOf(fates, from, to);
    const facts = await attempt(() => closeWindow({ tenant, jobId, planKey, from, to, failures }));
    counts.transcribed += facts.transcribed;
    counts.failed += facts.failed;
  }
  return { windows, counts };
}

test('the manifests list the outcome of every chunk of the plan once, in order, with its reason', async () => {
  const fate = fc.constantFrom<Fate>('silent', 'answered', 'failed');
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 30 }), async (fates) => {
      const made = await jobWith(fates);
      const { windows, counts } = await closeAll(fates, made);
      const told = await readOutcomes(bench.deps.store, made.job, windows);
      expect(told.map(({ index }) => index)).toEqual(fates.map((_fate, index) => index));
      expect(told.map(({ outcome }) => outcome)).toEqual(fates);
      expect(counts).toEqual({
        transcribed: fates.filter((one) => one === 'answered').length,
        failed: fates.filter((one) => one === 'failed').length,
      });
    }),
    { numRuns: 8 },
  );
});

test('a plan longer than a window has two manifests without a gap', async () => {
  const fates = Array.from({ length: CHUNKS_PER_WINDOW + 5 }, (_one, index): Fate =>
    index % 40 === 3 ? 'answered' : index % 40 === 4 ? 'failed' : 'silent',
  );
  const made = await jobWith(fates);
  const { windows } = await closeAll(fates, made);
  expect(windows).toBe(2);
  const told = await readOutcomes(bench.deps.store, made.job, windows);
  expect(told.map(({ outcome }) => outcome)).toEqual(fates);
  expect(told.map(({ index }) => index)).toEqual(fates.map((_fate, index) => index));
});

test('a chunk that is neither answered nor failed nor silent is an error, and no manifest is written', async () => {
  const fates: Fate[] = ['answered', 'lost', 'silent'];
  const made = await jobWith(fates);
  await expect(closeAll(fates, made)).rejects.toMatchObject({ type: 'MissingObject' });
  await expect(readOutcomes(bench.deps.store, made.job, 1)).rejects.toThrow('windows/0.json');
});

test('five seconds of speech that were answered without a word are a gap; a cough is not', async () => {
  const { job, plan, planKey } = await jobWith(['lost', 'lost']);
  const [voice, cough] = plan.chunks;
  if (voice === undefined || cough === undefined) throw new Error('the plan has two chunks');
  const heard = {
    ...plan,
    chunks: [
      { ...voice, speechSeconds: 5 },
      { ...cough, speechSeconds: 4.9 },
    ],
  };
  await bench.deps.store.putJson(planKey, heard);
  for (const chunk of heard.chunks) await storeAnswer(job, heard, chunk, ' ');
  const made = { job, plan: heard, planKey };
  const { windows, counts } = await closeAll(['answered', 'answered'], made);
  expect(counts).toEqual({ transcribed: 1, failed: 1 });
  expect(await readOutcomes(bench.deps.store, job, windows)).toMatchObject([
    { index: 0, outcome: 'failed', reason: 'no_words' },
    { index: 1, outcome: 'answered' },
  ]);
});

test('an answer counts as missing if only its pointer is left', async () => {
  const fates: Fate[] = ['answered'];
  const made = await jobWith(fates);
  const [result] = (await bench.keysBelow(`${homeOf(made.job)}/results/transcribe/`)).filter(
    (key) => !key.includes('by-work'),
  );
  await bench.deps.store.delete(result ?? '');
  await expect(closeAll(fates, made)).rejects.toMatchObject({ type: 'MissingObject' });
});

test('lookUpChunks lists the chunks whose answer is missing and counts the stored ones', async () => {
  const fates: Fate[] = ['answered', 'lost', 'silent', 'lost'];
  const { job, planKey } = await jobWith(fates);
  const { tenant, jobId } = job;
  const { lookUpChunks } = createActivities(bench.deps);
  const look = (from: number, to: number) =>
    attempt(() => lookUpChunks({ tenant, jobId, planKey, from, to }));
  expect(await look(0, 4)).toEqual({
    pending: [
      { index: 1, start: 1, end: 2 },
      { index: 3, start: 3, end: 4 },
    ],
    held: 1,
    heldBy: [expect.any(String)],
    doubts: [],
  });
  expect(await look(2, 3)).toEqual({ pending: [], held: 0, heldBy: [], doubts: [] });
});
