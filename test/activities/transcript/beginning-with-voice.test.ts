import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginningWithVoice } from '../../../activities/transcript/beginning-with-voice.ts';
import { voiceWithin, type Span } from '../../../activities/transcript/wordless-voice.ts';

const said = (start: number | null, end: number | null, text: string, more = {}) => ({
  start,
  end,
  text,
  isTimeEstimated: false,
  mayBeInvented: false,
  ...more,
});

const spans = (...pairs: [start: number, end: number][]): Span[] =>
  pairs.map(([start, end]) => ({ start, end }));

const startsOf = (voice: Span[], ...pieces: ReturnType<typeof said>[]) =>
  beginningWithVoice(pieces, voice).map(({ start }) => start && Math.round(start * 100) / 100);

const COSTS = 'Good, that helps us with the printing costs.';
const PETER = 'Peter will send the revised budget to the finance team by Friday.';
const THANKS = 'Thank you, Anna.';

test('sentences that Whisper begins at whole seconds of the pause begin with their voice', () => {
  // As Whisper base hears the sample from 43 s on.
  const voice = spans([0.36, 4.79], [5.42, 8.53], [9.64, 14.48], [15.05, 17.17]);
  const pieces = [
    said(0, 5, 'We decided to increase the marketing budget to $25,000.'),
    said(5, 9, COSTS),
    said(9, 15, PETER),
    said(15, 17, 'Let us talk about the launch date.'),
  ];
  expect(startsOf(voice, ...pieces)).toEqual([0.16, 5.22, 9.44, 15]);
});

test('a sentence that begins in the last sound of the one before it begins with its own voice', () => {
  expect(startsOf(spans([0, 5.16], [5.76, 9]), said(5, 9, COSTS))).toEqual([5.56]);
  expect(startsOf(spans([0, 5.25], [5.76, 9]), said(5, 9, COSTS))).toEqual([5]);
});

test('a sentence stays where it is if its words may be outside of the voice behind the pause', () => {
  const voice = spans([0, 4], [6, 9]);
  const staying = (...pieces: ReturnType<typeof said>[]) => {
    expect(startsOf(voice, ...pieces)).toEqual(pieces.map(({ start }) => start));
  };
  expect(startsOf(voice, said(4.5, 9, COSTS))).toEqual([5.8]);
  // In the midst of voice, behind all of it, in a pause alone, or with too little of it for so many words.
  staying(said(2, 9, COSTS));
  staying(said(9.5, 11, COSTS));
  staying(said(4.5, 5.5, 'Agreed.'));
  staying(said(4.5, 7, COSTS));
  // Nobody says when it was said, or whether it was.
  staying(said(4.5, 9, COSTS, { isTimeEstimated: true }));
  staying(said(4.5, 9, COSTS, { mayBeInvented: true }));
  staying(said(null, 9, COSTS));
  staying(said(4.5, null, COSTS));
});

test('a sentence stays where it is in a pause in which somebody may speak softly', () => {
  expect(startsOf(spans([0, 4], [8.9, 12]), said(4, 12, COSTS))).toEqual([8.7]);
  expect(startsOf(spans([0, 4], [9, 12]), said(4, 12, COSTS))).toEqual([4]);
  expect(startsOf(spans([1.4, 6]), said(0, 6, COSTS))).toEqual([1.2]);
  expect(startsOf(spans([3.7, 7]), said(0, 7, COSTS))).toEqual([0]);
});

test('starts keep their order', () => {
  const voice = spans([0, 4], [6, 9]);
  // "Mhm" is said so softly that no voice is heard; what was said before it cannot begin behind it.
  const soft = [said(4.2, 9, COSTS), said(4.5, 5, 'Mhm.'), said(4.8, 9, THANKS)];
  expect(startsOf(voice, ...soft)).toEqual([4.5, 4.5, 5.8]);
});

test('a recording without voice changes nothing, and a word with a time of its own keeps it', () => {
  expect(startsOf([], said(0, 3, THANKS))).toEqual([0]);
  const words = [said(6.02, 6.3, 'Thank'), said(6.3, 6.5, 'you,'), said(6.5, 7, 'Anna.')];
  expect(startsOf(spans([0, 4], [5.9, 9]), ...words)).toEqual([6.02, 6.3, 6.5]);
});

const seconds = (most: number) => fc.integer({ min: 0, max: most * 50 }).map((step) => step / 50);

/** In order and not touching. */
const someVoice = fc.array(fc.tuple(seconds(6), seconds(6)), { maxLength: 8 }).map((steps) => {
  let at = 0;
  return steps.map(([pause, length]) => {
    const start = at + pause + 0.02;
    at = start + length + 0.02;
    return { start, end: at };
  });
});

const somePieces = fc.array(
  fc
    .tuple(
      fc.option(seconds(30), { freq: 9 }),
      seconds(8),
      fc.constantFrom(COSTS, PETER, THANKS, '…', '好的。'),
      fc.constantFrom({}, {}, {}, { isTimeEstimated: true }, { mayBeInvented: true }),
    )
    .map(([start, length, text, more]) =>
      said(start, start === null ? null : start + length, text, more),
    ),
  { maxLength: 12 },
);

test('whatever was said, a start moves over silence alone, stays in order and before its end', () => {
  fc.assert(
    fc.property(somePieces, someVoice, fc.boolean(), (any, voice, isInOrder) => {
      const told = isInOrder ? any.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0)) : any;
      const pieces = beginningWithVoice(told, voice);
      expect(pieces.map((piece, at) => ({ ...piece, start: told[at]?.start }))).toEqual(told);
      pieces.forEach(({ start, end }, at) => {
        const before = told[at]?.start ?? null;
        if (start === null || end === null || before === null || start === before) return;
        expect(start).toBeGreaterThan(before);
        expect(start).toBeLessThan(end);
        // The last sound of what was said before.
        expect(voiceWithin(voice, { start: before, end: start })).toBeLessThan(0.2 + 1e-9);
        expect(voiceWithin(voice, { start, end })).toBeGreaterThan(0.2 - 1e-9);
      });
      for (const [first, second] of pairsOf(told, pieces))
        expect(first.start ?? 0).toBeLessThanOrEqual(second.start ?? 0);
      expect(beginningWithVoice(pieces, voice)).toEqual(pieces);
    }),
    { numRuns: 500 },
  );
});

/** Pieces with starts that were told in order. */
function pairsOf<T extends { readonly start: number | null }>(
  told: readonly T[],
  pieces: readonly T[],
): (readonly [T, T])[] {
  return pieces.flatMap((first, one) =>
    pieces.slice(one + 1).flatMap((second, more) => {
      const [a, b] = [told[one]?.start ?? null, told[one + 1 + more]?.start ?? null];
      return a !== null && b !== null && a <= b ? [[first, second] as const] : [];
    }),
  );
}
