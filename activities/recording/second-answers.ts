import { resultKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { DoubtedStretch } from '../../workflows/contracts/transcribing.ts';
import {
  recordingTime,
  type ChunkPlan,
  type PlannedChunk,
  type Samples,
} from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import {
  transcribeAnswerSchema,
  type StoredResult,
  type TranscribeAnswer,
} from '../../workflows/contracts/stored-results.ts';
import { homeOf } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { chunkWorkKey, stretchWorkKey } from '../paid/work-keys.ts';
import { doubtsOf } from '../transcript/doubts-of.ts';
import { earlierDoubtsOf } from '../transcript/earlier-doubts-of.ts';
import { leftInLoop } from '../transcript/left-in-loop.ts';

/** A stretch of a chunk that its answer leaves in doubt. */
export interface Doubt {
  readonly stretch: Samples;
  /** The stored answer to the stretch alone; null: it was not asked yet, or nobody could answer. */
  readonly second: { readonly resultKey: string; readonly answer: TranscribeAnswer } | null;
  /** Left by the answer to a piece of a loop, so that it is known only when that has come. */
  readonly isLeftInLoop?: true;
}

/** A stretch as the workflow asks for it again. */
export const doubtedStretch = (
  plan: ChunkPlan,
  index: number,
  stretch: Samples,
): DoubtedStretch => ({
  index,
  stretch,
  start: recordingTime(plan, stretch.startSample),
  end: recordingTime(plan, stretch.endSample - 1),
});

/** What is stored about a chunk. */
export interface ChunkAnswer {
  readonly chunk: PlannedChunk;
  /** Null: nobody has answered. */
  readonly result: StoredResult | null;
  readonly doubts: readonly Doubt[];
}

export const findAnswers = (
  store: ObjectStore,
  job: JobInput,
  plan: ChunkPlan,
  chunks: readonly PlannedChunk[],
): Promise<ChunkAnswer[]> =>
  mapConcurrent(chunks, async (chunk) => {
    const workKey = chunkWorkKey(job, plan, chunk);
    const result = await findResult(store, homeOf(job), 'transcribe', workKey);
    const doubts = result === null ? [] : await findDoubts(store, job, plan, chunk, result);
    return { chunk, result, doubts };
  });

/** The doubts that are answered. */
export const answersTo = (doubts: readonly Doubt[]) =>
  doubts.flatMap(({ stretch, second }) => (second === null ? [] : [{ ...stretch, ...second }]));

/** The stretches that nobody has answered. */
export const openOf = (doubts: readonly Doubt[]): Samples[] =>
  doubts.flatMap(({ stretch, second }) => (second === null ? [stretch] : []));

/** A stretch with what is stored about it. */
export async function findAnswer(
  store: ObjectStore,
  job: JobInput,
  plan: ChunkPlan,
  stretch: Samples,
): Promise<Doubt> {
  const home = homeOf(job);
  const found = await findResult(store, home, 'transcribe', stretchWorkKey(job, plan, stretch));
  if (found === null) return { stretch, second: null };
  const answer = transcribeAnswerSchema.parse(found.answer);
  return { stretch, second: { resultKey: resultKey(home, 'transcribe', found.callKey), answer } };
}

/**
 * The doubts that a chunk's answer leaves, and those that the answers to a loop's pieces leave, with the answers that are
 * stored. What an earlier rule has asked about and
 * somebody has answered stands in place of what would be asked now.
 */
async function findDoubts(
  store: ObjectStore,
  job: JobInput,
  plan: ChunkPlan,
  chunk: PlannedChunk,
  result: StoredResult,
): Promise<Doubt[]> {
  const first = transcribeAnswerSchema.parse(result.answer);
  const lookUp = (stretch: Samples): Promise<Doubt> => findAnswer(store, job, plan, stretch);
  const stretches = doubtsOf(chunk, first);
  const earlier = earlierDoubtsOf(chunk, first).filter(
    (one) => !stretches.some((stretch) => isSame(one, stretch)),
  );
  const answered = (await mapConcurrent(earlier, lookUp)).filter(({ second }) => second !== null);
  const open = stretches.filter(
    (one) => !answered.some(({ stretch }) => isOverlapping(one, stretch)),
  );
  const asked = [...answered, ...(await mapConcurrent(open, lookUp))];
  const heard = asked.flatMap(({ stretch, second }) =>
    second === null ? [] : [{ stretch, answer: second.answer }],
  );
  const left = await mapConcurrent(
    leftInLoop(chunk, first, heard),
    async (stretch): Promise<Doubt> => ({ ...(await lookUp(stretch)), isLeftInLoop: true }),
  );
  return [...asked, ...left].toSorted((a, b) => a.stretch.startSample - b.stretch.startSample);
}

/** Both ends count: what is asked up to another end is other work. */
export const isSame = (one: Samples, other: Samples): boolean =>
  one.startSample === other.startSample && one.endSample === other.endSample;

const isOverlapping = (one: Samples, other: Samples): boolean =>
  one.startSample < other.endSample && other.startSample < one.endSample;
