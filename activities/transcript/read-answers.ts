import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { ChunkPlan, Samples } from '../../workflows/contracts/chunk-plan.ts';
import {
  storedResultSchema,
  transcribeAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { ChunkOutcome } from '../recording/close-window.ts';
import { detectLanguage } from './detect-language.ts';
import { settleChunk, type SettledChunk } from './settle-chunk.ts';

/** What was answered about a chunk, as the manifests name it. */
export interface AnsweredChunk {
  readonly index: number;
  readonly result: StoredResult;
  readonly again: readonly {
    readonly stretch: Samples;
    readonly result: StoredResult;
    /** Asked only to be sure of the language. */
    readonly forLanguage: boolean;
  }[];
  /** Stretches of which the language stays in doubt. */
  readonly languageOpen: readonly Samples[];
}

export async function readAnswers(
  store: ObjectStore,
  outcomes: readonly ChunkOutcome[],
): Promise<AnsweredChunk[]> {
  const answered = outcomes.filter((chunk) => chunk.outcome === 'answered');
  return await mapConcurrent(
    answered,
    async ({ index, resultKey, again = [], forLanguage = [], languageOpen = [] }) => ({
      index,
      languageOpen,
      result: await store.getJson(resultKey, storedResultSchema),
      again: await mapConcurrent(
        [
          ...again.map((one) => ({ ...one, forLanguage: false })),
          ...forLanguage.map((one) => ({ ...one, forLanguage: true })),
        ],
        async ({ resultKey: key, forLanguage: isForLanguage, ...stretch }) => ({
          stretch,
          forLanguage: isForLanguage,
          result: await store.getJson(key, storedResultSchema),
        }),
      ),
    }),
  );
}

/** The transcript of each of these chunks, by index. */
export function settleAnswers(
  plan: ChunkPlan,
  answered: readonly AnsweredChunk[],
  language: string | null,
): Map<number, SettledChunk> {
  return new Map(
    answered.flatMap(({ index, result, again, languageOpen }) => {
      const chunk = plan.chunks[index];
      if (chunk === undefined) return [];
      const answers = {
        first: transcribeAnswerSchema.parse(result.answer),
        again: again.map((one) => ({
          stretch: one.stretch,
          forLanguage: one.forLanguage,
          answer: transcribeAnswerSchema.parse(one.result.answer),
        })),
        languageOpen,
      };
      return [
        [index, settleChunk(chunk, answers, { given: language, detect: detectLanguage })] as const,
      ];
    }),
  );
}
