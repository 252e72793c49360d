import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import {
  SAMPLE_RATE,
  trackOf,
  type ChunkPlan,
  type Samples,
} from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { CHUNKS_PER_WINDOW } from '../../workflows/contracts/names.ts';
import { transcribeAnswerSchema } from '../../workflows/contracts/stored-results.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { languagesInDoubt, type HeardChunk } from '../transcript/languages-in-doubt.ts';
import { settleChunk } from '../transcript/settle-chunk.ts';
import { answersTo, findAnswer, isSame, type ChunkAnswer, type Doubt } from './second-answers.ts';

/** The stretches of a chunk whose words may be in the wrong language. */
interface LanguageDoubts {
  /** Those to ask again, in the order in which each gave rise to the next, with the answers that are stored. */
  readonly doubts: readonly Doubt[];
  /** Those that are not asked, because the window has asked as much as it may. */
  readonly left: readonly Samples[];
}

/**
 * What may be in the wrong language, by the index of the chunk, as the stored answers tell. A round follows from the answers
 * to the one before it; rounds and what they ask are bounded for each window. Where the user gave the language, nothing is
 * in doubt.
 *
 * @param answers what is stored about chunks that follow one another in the recording
 */
export async function findLanguageDoubts(
  store: ObjectStore,
  job: JobInput,
  plan: ChunkPlan,
  answers: readonly ChunkAnswer[],
): Promise<ReadonlyMap<number, LanguageDoubts>> {
  const found = new Map<number, LanguageDoubts>();
  const given = job.options.language;
  if (given !== null || answers.every(({ result }) => result === null)) return found;
  // It takes 150 MiB, which a worker does without while it transcribes.
  const { detectLanguage, likeness } = await import('../transcript/detect-language.ts');
  const likenessOf = remembered(likeness);
  const heardOf = ({ chunk, result, doubts }: ChunkAnswer): HeardChunk | null => {
    if (result === null) return null;
    const { doubts: asked = [], left = [] } = found.get(chunk.index) ?? {};
    const again = [
      ...answersTo(doubts).map((one) => ({ stretch: one, answer: one.answer })),
      ...answersTo(asked).map((one) => ({ stretch: one, answer: one.answer, forLanguage: true })),
    ];
    const { pieces } = settleChunk(
      chunk,
      { first: transcribeAnswerSchema.parse(result.answer), again },
      { given, detect: detectLanguage },
    );
    const closed = [...answersTo(doubts), ...asked.map(({ stretch }) => stretch), ...left];
    return { chunk, pieces, again: closed };
  };
  const heard = answers.map(heardOf);
  const note = (position: number, more: LanguageDoubts): void => {
    const answer = answers[position];
    if (answer === undefined || more.doubts.length + more.left.length === 0) return;
    const before = found.get(answer.chunk.index);
    found.set(answer.chunk.index, {
      doubts: [...(before?.doubts ?? []), ...more.doubts],
      left: [...(before?.left ?? []), ...more.left],
    });
    heard[position] = heardOf(answer);
  };

  for (const window of windowsOf(answers)) {
    const first = window[0] ?? 0;
    const tracks = tracksOf(plan, answers, first === 0 ? window : [first - 1, ...window]);
    let room = roomOf(window.flatMap((position) => answers[position]?.chunk ?? []));
    for (let round = 0; ; round += 1) {
      const open = tracks.flatMap((track) => {
        const at = track.map((position) => heard[position] ?? null);
        const doubted = languagesInDoubt(at, likenessOf, round);
        return track.flatMap((position, index) =>
          // The chunk before the window was looked at with its own.
          position < first ? [] : (doubted[index] ?? []).map((stretch) => ({ position, stretch })),
        );
      });
      const isNew = ({ position, stretch }: (typeof open)[number]): boolean =>
        heard[position]?.again.every((one) => !isSame(one, stretch)) ?? false;
      const fresh = open.filter(isNew);
      const isAsked = fresh.map(({ stretch }) => {
        room -= lengthOf(stretch);
        return round < MOST_ROUNDS && room >= 0;
      });
      const looked = await mapConcurrent(
        fresh.filter((_one, index) => isAsked[index]),
        async ({ position, stretch }) => ({
          position,
          doubt: await findAnswer(store, job, plan, stretch),
        }),
      );
      const left = fresh.filter((_one, index) => isAsked[index] !== true);
      for (const position of new Set(fresh.map((one) => one.position))) {
        note(position, {
          doubts: looked.filter((one) => one.position === position).map(({ doubt }) => doubt),
          left: left.filter((one) => one.position === position).map(({ stretch }) => stretch),
        });
      }
      if (looked.every(({ doubt }) => doubt.second === null)) break;
    }
  }
  return found;
}

/** The positions of the chunks of each window, in order. */
const windowsOf = (answers: readonly ChunkAnswer[]): readonly (readonly number[])[] => [
  ...Map.groupBy(answers.keys(), (position) =>
    Math.floor((answers[position]?.chunk.index ?? 0) / CHUNKS_PER_WINDOW),
  ).values(),
];

/** The positions of each track: who speaks another language in another track does not change it. */
const tracksOf = (
  plan: ChunkPlan,
  answers: readonly ChunkAnswer[],
  positions: readonly number[],
): readonly (readonly number[])[] => [
  ...Map.groupBy(
    positions,
    (position) => trackOf(plan, answers[position]?.chunk.startSample ?? 0).startSample,
  ).values(),
];

/** Samples that may be asked again in a window. */
const roomOf = (chunks: readonly Samples[]): number =>
  Math.max(
    LEAST_ROOM_SECONDS * SAMPLE_RATE,
    ROOM * chunks.reduce((sum, one) => sum + lengthOf(one), 0),
  );

const lengthOf = ({ startSample, endSample }: Samples): number => endSample - startSample;

/** Every round reads the same texts again, but for those that were heard anew. */
function remembered(likeness: (text: string) => number | null): (text: string) => number | null {
  const known = new Map<string, number | null>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const score = likeness(text);
    known.set(text, score);
    return score;
  };
}

/** A round reaches one chunk further than the one before it at most, as no sentence is in two chunks. */
export const MOST_ROUNDS = 6;
/** Of the audio of a window: a recording in which all is in doubt is not paid for twice. */
const ROOM = 0.1;
/** Three chunks of 28 s. */
const LEAST_ROOM_SECONDS = 84;
