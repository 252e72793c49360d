import fc from 'fast-check';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';

/** A plan from the lengths of its chunks in seconds; a negative number is silence. */
export function planOf(secondsOfChunks: readonly number[]): ChunkPlan {
  let endSample = 0;
  const chunks = secondsOfChunks.map((length, index) => {
    const startSample = endSample;
    endSample += Math.max(1, Math.round(Math.abs(length) * 16_000));
    const speech = length > 0;
    return { index, startSample, endSample, speech, speechSeconds: speech ? length : 0 };
  });
  return {
    schemaVersion: 1,
    plannerVersion: 1,
    preparationVersion: 1,
    sourceSha256: 'a'.repeat(64),
    limitSeconds: 28,
    samples: endSample,
    chunks,
  };
}

export const anyPlan = (): fc.Arbitrary<ChunkPlan> =>
  fc
    .array(
      fc
        .tuple(fc.integer({ min: 1, max: 28 * 16_000 }), fc.boolean())
        .map(([samples, speech]) => (speech ? samples / 16_000 : -samples / 16_000)),
      { minLength: 1, maxLength: 12 },
    )
    .map(planOf);

const anyTime = (): fc.Arbitrary<number | null> =>
  fc.option(fc.double({ min: -1, max: 40, noNaN: true }));

/** With segments and their joined text, or with text only. */
export const anyAnswer = (): fc.Arbitrary<TranscribeAnswer> =>
  fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => ({ text, language: null, segments: [] })),
    fc
      .array(
        fc.record({ start: anyTime(), end: anyTime(), text: fc.string({ unit: 'grapheme' }) }),
        { minLength: 1, maxLength: 6 },
      )
      .map((segments) => ({
        text: segments.map(({ text }) => text).join(' '),
        language: null,
        segments,
      })),
  );
