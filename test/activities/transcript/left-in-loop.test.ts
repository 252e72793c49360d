import { expect, test } from 'vitest';
import { leftInLoop } from '../../../activities/transcript/left-in-loop.ts';

const samples = (start: number, end: number) => ({
  startSample: start * 16_000,
  endSample: end * 16_000,
});
/** Voice from 0 to 24 s, with a pause at 10 s. */
const CHUNK = {
  index: 0,
  ...samples(0, 24),
  speech: true,
  speechSeconds: 23.5,
  voice: [samples(0, 10), samples(10.5, 24)],
};
const answered = (...segments: readonly (readonly [number, number, string])[]) => ({
  text: segments.map(([, , text]) => text).join(''),
  language: 'fr',
  segments: segments.map(([start, end, text]) => ({ start, end, text })),
});
const LOOP = answered(
  ...Array.from(
    { length: 12 },
    (_one, index) => [index * 2, index * 2 + 2, ' Et bonjour à tous !'] as const,
  ),
);
const ONE_HALF = answered([
  0,
  7,
  ' So far we have spent thousands, and most of it went into the website.',
]);

test('voice behind the words of a piece of a loop is asked for alone', () => {
  const pieces = [
    {
      stretch: samples(0, 10),
      answer: answered([0, 10, ' Good morning everyone and welcome to the meeting.']),
    },
    { stretch: samples(10.5, 24), answer: ONE_HALF },
  ];
  const [left, ...others] = leftInLoop(CHUNK, LOOP, pieces);
  expect(others).toEqual([]);
  // Behind 10.5 and 7 s, with a little margin.
  expect((left?.startSample ?? 0) / 16_000).toBeCloseTo(17.3, 5);
  expect((left?.endSample ?? 0) / 16_000).toBeCloseTo(24, 5);
});

test('a piece without words, and what is no piece of a loop, is not asked for again', () => {
  const stretch = samples(10.5, 24);
  expect(leftInLoop(CHUNK, LOOP, [{ stretch, answer: answered() }])).toEqual([]);
  const words = answered([0, 8, ' Good morning everyone and welcome to the meeting.']);
  expect(leftInLoop(CHUNK, words, [{ stretch, answer: ONE_HALF }])).toEqual([]);
});
