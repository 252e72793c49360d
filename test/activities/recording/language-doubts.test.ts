import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { mapConcurrent } from '../../../activities/map-concurrent.ts';
import { chunkWorkKey, stretchWorkKey } from '../../../activities/paid/work-keys.ts';
import { readOutcomes } from '../../../activities/recording/close-window.ts';
import { chunksToEncode } from '../../../activities/recording/store-chunks.ts';
import { readAnswers, settleAnswers } from '../../../activities/transcript/read-answers.ts';
import {
  planKey as planKeyOf,
  resultKey,
  scratchPrefix,
} from '../../../adapters/object-store/keys.ts';
import { pointAt } from '../../../adapters/paid-call/look-up-result.ts';
import {
  SAMPLE_RATE,
  type ChunkPlan,
  type Samples,
} from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type {
  StoredResult,
  TranscribeAnswer,
} from '../../../workflows/contracts/stored-results.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const ENGLISH = 'We are now starting with the budget for the next year.';
const GERMAN = 'Wir fangen jetzt mit dem Haushalt für das nächste Jahr an.';
const CHUNK_SECONDS = 28;

/** A sentence every four seconds. */
const answer = (text: string, language: string, seconds = CHUNK_SECONDS): TranscribeAnswer => ({
  text: '',
  language,
  segments: Array.from({ length: Math.max(1, Math.round(seconds / 4)) }, (_one, at) => ({
    start: at * 4 + 0.1,
    end: Math.min(at * 4 + 3.8, seconds),
    text,
  })),
});

/**
 * A job with chunks full of voice whose first answers are stored: the first is German, the others are English. The last one
 * may be longer than its voice.
 */
async function jobWith(
  count: number,
  { language = null as string | null, without = -1, lastSeconds = CHUNK_SECONDS } = {},
) {
  const job = await bench.newJob(randomBytes(16), {
    options: { date: null, language, attendees: [], template: 'standard', image: true },
  });
  const at = (seconds: number): number => seconds * SAMPLE_RATE;
  const plan: ChunkPlan = {
    schemaVersion: 1,
    plannerVersion: 4,
    preparationVersion: 1,
    sourceSha256: job.source.sha256,
    limitSeconds: CHUNK_SECONDS,
    samples: at((count - 1) * CHUNK_SECONDS + lastSeconds),
    chunks: Array.from({ length: count }, (_one, index) => {
      const start = index * CHUNK_SECONDS;
      return {
        index,
        startSample: at(start),
        endSample: at(start + (index === count - 1 ? lastSeconds : CHUNK_SECONDS)),
        speech: true,
        speechSeconds: 27,
        voice: Array.from({ length: 7 }, (_voice, part) => ({
          startSample: at(start + part * 4) + 800,
          endSample: at(start + part * 4 + 4) - 800,
        })),
      };
    }),
  };
  const planKey = planKeyOf(job.tenant, job.source.sha256, 4, CHUNK_SECONDS);
  await bench.deps.store.putJson(planKey, plan);
  await mapConcurrent(
    plan.chunks.filter(({ index }) => index !== without),
    async (chunk) => {
      const first = chunk.index === 0 ? answer(GERMAN, 'de') : answer(ENGLISH, 'en');
      await storeAnswer(job, chunkWorkKey(job, plan, chunk), first);
    },
  );
  return { job, plan, planKey };
}

async function storeAnswer(job: JobInput, workKey: string, told: TranscribeAnswer): Promise<void> {
  const callKey = randomBytes(32).toString('hex');
  const none = { inputTokens: null, outputTokens: null, images: null, computeSeconds: null };
  const result: StoredResult = {
    schemaVersion: 1,
    role: 'transcribe',
    workKey,
    callKey,
    ordinal: 1,
    ledgerEntryId: 'none',
    target: 'whisper',
    contract: 'openai',
    model: 'whisper',
    label: null,
    provider: null,
    servedModel: null,
    revision: null,
    requestId: null,
    createdAt: '2026-03-02T10:00:00.000Z',
    usage: { ...none, audioSeconds: null },
    answer: told,
  };
  await bench.deps.store.putJson(resultKey(homeOf(job), 'transcribe', callKey), result);
  await pointAt(bench.deps.store, homeOf(job), result);
}

type Made = Awaited<ReturnType<typeof jobWith>>;

const close = ({ job: { tenant, jobId }, plan, planKey }: Made, failed: readonly number[] = []) =>
  attempt(() =>
    createActivities(bench.deps).closeWindow({
      tenant,
      jobId,
      planKey,
      from: 0,
      to: plan.chunks.length,
      failures: failed.map((index) => ({ index, reason: 'BadRequest' })),
    }),
  );

const secondsOf = ({ startSample, endSample }: Samples): number =>
  (endSample - startSample) / SAMPLE_RATE;

/** Answers all that is in doubt in German until nothing is: the rounds, by index of the chunk and seconds. */
async function answeredInGerman(made: Made) {
  const rounds: (readonly (readonly [index: number, seconds: number])[])[] = [];
  for (;;) {
    const { doubts = [] } = await close(made);
    if (doubts.length === 0) return rounds;
    rounds.push(doubts.map(({ index, stretch }) => [index, secondsOf(stretch)]));
    await mapConcurrent(doubts, async ({ stretch }) => {
      const told = answer(GERMAN, 'de', secondsOf(stretch));
      await storeAnswer(made.job, stretchWorkKey(made.job, made.plan, stretch), told);
    });
  }
}

test.each([
  { lastSeconds: 28, seconds: [16, 12, 8, 28, 16], left: 3, why: '84 s' },
  { lastSeconds: 1000, seconds: [16, 12, 8, 28, 28, 28], left: 5, why: 'six rounds' },
])(
  'a language that may be lost in all of a window is followed for $why, and what is left is marked',
  async ({ lastSeconds, seconds, left }) => {
    const made = await jobWith(12, { lastSeconds });
    const rounds = await answeredInGerman(made);
    // Both sides of the change, and then what stands beside the German, up to the end of its chunk.
    const asked = rounds.map((round) => Math.round(round.reduce((sum, [, one]) => sum + one, 0)));
    expect(asked).toEqual(seconds);
    const { store } = bench.deps;
    const outcomes = await readOutcomes(store, made.job, 1);
    const open = outcomes.flatMap((one) =>
      one.outcome === 'answered' && one.languageOpen !== undefined ? [one.index] : [],
    );
    expect(open).toEqual([left]);
    const settled = settleAnswers(made.plan, await readAnswers(store, outcomes), null);
    const markedIn = [...settled].flatMap(([index, { pieces }]) =>
      pieces.some(({ mayBeInvented }) => mayBeInvented) ? [index] : [],
    );
    expect(markedIn).toEqual(open);
  },
);

test('the audio of all that may be asked is stored, where all first answers are held', async () => {
  const made = await jobWith(12);
  const { job, plan } = made;
  const scratch = scratchPrefix(job.tenant, job.jobId, 'a0000000-0000-4000-8000-000000000001');
  const stored = await chunksToEncode(bench.deps, job, plan, { scratch });
  const indexes = stored.map(({ index }) => index);
  const rounds = await answeredInGerman(made);
  for (const [index] of rounds.flat()) expect(indexes).toContain(index);
  expect(new Set(rounds.flat().map(([index]) => index)).size).toBeGreaterThan(2);
  // What nothing reaches is not decoded for it.
  expect(indexes).not.toContain(11);
  expect(await chunksToEncode(bench.deps, job, plan, { scratch })).toEqual([]);
});

test('where the user gave the language, nothing is asked for another one', async () => {
  expect(await close(await jobWith(3, { language: 'en' }))).toEqual({ transcribed: 3, failed: 0 });
});

test('what stands at either side of a chunk that failed is not beside one another', async () => {
  const made = await jobWith(3, { without: 1 });
  expect(await close(made, [1])).toEqual({ transcribed: 2, failed: 1 });
});

test('what nobody answers stays, marked, and is told each time', async () => {
  const made = await jobWith(2);
  const { doubts } = await close(made);
  expect(doubts).toMatchObject([{ index: 0 }, { index: 1 }]);
  expect(await readOutcomes(bench.deps.store, made.job, 1)).toMatchObject(
    (doubts ?? []).map(({ index, stretch }) => ({ index, languageOpen: [stretch] })),
  );
  expect((await close(made)).doubts).toEqual(doubts);
});
