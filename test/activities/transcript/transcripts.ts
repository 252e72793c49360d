import fc from 'fast-check';
import { settleChunk, type SettledChunk } from '../../../activities/transcript/settle-chunk.ts';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';

/** A transcript of these texts, two seconds each. */
export const transcriptOf = (
  texts: readonly string[],
  speakers: readonly (string | null)[] = [],
): Transcript => ({
  schemaVersion: 1,
  language: null,
  durationSeconds: texts.length * 2,
  segments: texts.map((text, index) => ({
    id: `s${index + 1}`,
    start: index * 2,
    end: index * 2 + 2,
    speaker: speakers[index] ?? null,
    language: null,
    text,
  })),
});

/** Texts as recognisers write them, and some that they should not: marks, scripts without spaces, broken sentences. */
export const anyText = (): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.lorem({ maxCount: 12, mode: 'words' }),
      fc.lorem({ maxCount: 3, mode: 'sentences' }),
      fc.constantFrom(
        'We decided to hire a photographer.',
        'Anna will send the budget by Friday,',
        'March 6. And who will',
        'answer the phone?',
        '我们决定下周五之前完成。王芳会在周五之前发预算。',
        'x',
      ),
    )
    .map((text) => text.replace(/\s+/gu, ' ').trim())
    .filter((text) => text !== '');

export const anyTranscript = (maxLength = 30): fc.Arbitrary<Transcript> =>
  fc.array(anyText(), { minLength: 1, maxLength }).map((texts) => transcriptOf(texts));

/** Chunks whose first answers left no doubt. */
export const settled = (
  plan: ChunkPlan,
  answers: ReadonlyMap<number, TranscribeAnswer>,
  language: string | null = null,
): Map<number, SettledChunk> =>
  new Map(
    plan.chunks.flatMap((chunk) => {
      const first = answers.get(chunk.index);
      if (first === undefined) return [];
      return [
        [
          chunk.index,
          settleChunk(chunk, { first, again: [] }, { given: language, detect: detectLanguage }),
        ] as const,
      ];
    }),
  );
