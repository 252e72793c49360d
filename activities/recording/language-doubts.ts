import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { trackOf, type ChunkPlan, type Samples } from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { transcribeAnswerSchema } from '../../workflows/contracts/stored-results.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { languagesInDoubt, type HeardChunk } from '../transcript/languages-in-doubt.ts';
import { settleChunk } from '../transcript/settle-chunk.ts';
import { answersTo, findAnswer, type ChunkAnswer, type Doubt } from './second-answers.ts';

/**
 * The stretches whose words may be in the wrong language, by the index of their chunk, with the answers that are stored:
 * first those that are answered, in the order in which each gave rise to the next, then those that are open.
 *
 * @param answers what is stored about chunks that follow one another in the recording
 */
export async function findLanguageDoubts(
  store: ObjectStore,
  job: JobInput,
  plan: ChunkPlan,
  answers: readonly ChunkAnswer[],
): Promise<ReadonlyMap<number, readonly Doubt[]>> {
  const found = new Map<number, Doubt[]>();
  if (answers.every(({ result }) => result === null)) return found;
  // It takes 150 MiB, which a worker does without while it transcribes.
  const { detectLanguage, likeness } = await import('../transcript/detect-language.ts');
  const heardOf = ({ chunk, result, doubts }: ChunkAnswer): HeardChunk | null => {
    if (result === null) return null;
    const again = [
      ...answersTo(doubts).map((one) => ({ stretch: one, answer: one.answer })),
      ...answersTo(found.get(chunk.index) ?? []).map((one) => ({
        stretch: one,
        answer: one.answer,
        forLanguage: true,
      })),
    ];
    const { pieces } = settleChunk(
      chunk,
      { first: transcribeAnswerSchema.parse(result.answer), again },
      { given: job.options.language, detect: detectLanguage },
    );
    return { chunk, pieces, again: again.map(({ stretch }) => stretch) };
  };
  // Who speaks another language in another track does not change it.
  const tracks = [
    ...Map.groupBy(answers, ({ chunk }) => trackOf(plan, chunk.startSample).startSample).values(),
  ];
  const isAsked = (index: number, one: Samples): boolean =>
    found.get(index)?.some(({ stretch }) => stretch.startSample === one.startSample) ?? false;
  for (;;) {
    const open = tracks.flatMap((track) => {
      const doubted = languagesInDoubt(track.map(heardOf), likeness);
      return track.flatMap(({ chunk: { index } }, position) =>
        (doubted[position] ?? [])
          .filter((stretch) => !isAsked(index, stretch))
          .map((stretch): [number, Samples] => [index, stretch]),
      );
    });
    const looked = await mapConcurrent(
      open,
      async ([index, stretch]) => [index, await findAnswer(store, job, plan, stretch)] as const,
    );
    const isOver = looked.every(([, { second }]) => second === null);
    for (const [index, doubt] of looked) {
      if (isOver || doubt.second !== null) found.set(index, [...(found.get(index) ?? []), doubt]);
    }
    if (isOver) return found;
  }
}
