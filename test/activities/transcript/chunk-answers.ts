import { expect } from 'vitest';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';
import { doubtsOf } from '../../../activities/transcript/doubts-of.ts';
import { settleChunk } from '../../../activities/transcript/settle-chunk.ts';
import { SAMPLE_RATE, type PlannedChunk } from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';

/** What is asked again of a chunk, and what it says then. */

export type Told = readonly [start: number, end: number, text: string];
export type Figures = Omit<TranscribeAnswer['segments'][number], 'start' | 'end' | 'text'>;

export const answer = (segments: readonly Told[], figures: Figures = {}): TranscribeAnswer => ({
  text: segments.map(([, , text]) => text).join(' '),
  language: null,
  segments: segments.map(([start, end, text]) => ({ start, end, text, ...figures })),
});

/** From 60 s of the plan, with voice at these seconds of the chunk. */
export const chunkOf = (
  seconds: number,
  ...voice: (readonly [start: number, end: number])[]
): PlannedChunk => {
  const samples = (time: number) => Math.round((60 + time) * SAMPLE_RATE);
  return {
    index: 2,
    startSample: samples(0),
    endSample: samples(seconds),
    speech: true,
    speechSeconds: seconds,
    voice: voice.map(([start, end]) => ({ startSample: samples(start), endSample: samples(end) })),
  };
};

export const askedOf = (chunk: PlannedChunk, first: TranscribeAnswer) =>
  doubtsOf(chunk, first).map(({ startSample, endSample }) =>
    [startSample, endSample].map((at) => (at - chunk.startSample) / SAMPLE_RATE),
  );

/** What the chunk says when its doubts are answered so, in their order; null: nobody could. */
export function heard(
  chunk: PlannedChunk,
  first: TranscribeAnswer,
  seconds: readonly (TranscribeAnswer | null)[],
  given: string | null = null,
) {
  const doubts = doubtsOf(chunk, first);
  expect(seconds).toHaveLength(doubts.length);
  const again = doubts.flatMap((stretch, index) => {
    const second = seconds[index] ?? null;
    return second === null ? [] : [{ stretch, answer: second }];
  });
  const { pieces, wordless } = settleChunk(
    chunk,
    { first, again },
    { given, detect: detectLanguage },
  );
  return {
    said: pieces.map(
      ({ start, end, language, text, mayBeInvented }) =>
        `${start?.toFixed(1)}-${end?.toFixed(1)} ${language}${mayBeInvented ? '?' : ''} ${text}`,
    ),
    wordless: wordless.map(({ start, end }) => `${start.toFixed(1)}-${end.toFixed(1)}`),
  };
}
