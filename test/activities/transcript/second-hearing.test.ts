import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubtsOf } from '../../../activities/transcript/doubts-of.ts';
import { earlierDoubtsOf } from '../../../activities/transcript/earlier-doubts-of.ts';
import { settleChunk } from '../../../activities/transcript/settle-chunk.ts';
import {
  SAMPLE_RATE,
  type PlannedChunk,
  type Samples,
} from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';

/** What becomes of the words beside a gap, and of those that are heard in it, however late a sentence ends. */

type Told = readonly [start: number, end: number, text: string];

const samples = (start: number, end: number): Samples => ({
  startSample: Math.round(start * SAMPLE_RATE),
  endSample: Math.round(end * SAMPLE_RATE),
});

const chunkOf = (...voice: (readonly [start: number, end: number])[]): PlannedChunk => ({
  index: 0,
  ...samples(0, 28),
  speech: true,
  speechSeconds: 28,
  voice: voice.map(([start, end]) => samples(start, end)),
});

const answer = (language: string, ...segments: Told[]): TranscribeAnswer => ({
  text: segments.map(([, , text]) => text).join(' '),
  language,
  segments: segments.map(([start, end, text]) => ({ start, end, text })),
});

const settled = (
  chunk: PlannedChunk,
  first: TranscribeAnswer,
  again: readonly { readonly stretch: Samples; readonly answer: TranscribeAnswer }[],
) => {
  const { pieces, wordless } = settleChunk(
    chunk,
    { first, again },
    { given: null, detect: () => null },
  );
  return {
    said: pieces.map(({ start, end, language, text, mayBeInvented }) =>
      [start, end, language, mayBeInvented ? `${text}?` : text].join(' '),
    ),
    wordless: wordless.map(({ start, end }) => [start, end]),
  };
};

const A = 'We begin with the budget of this year, and then we look at the plan for the next one.';
const G = 'After that the office in the north moves into the new house beside the railway station.';
const B = 'The website goes online in March, and the first letter to all members follows in April.';
const FRENCH = 'Ensuite le bureau du nord déménage dans la nouvelle maison près de la gare.';

const gapChunk = chunkOf([0, 9.9], [10, 19.95], [20.1, 28]);
const gapFirst = answer('en', [0, 10.4, A], [20, 28, B]);

test('words that begin before the late end of the sentence before them fill their gap', () => {
  expect(
    settled(gapChunk, gapFirst, [
      { stretch: samples(0, 9.9), answer: answer('en', [0, 9.9, A]) },
      { stretch: samples(10, 19.95), answer: answer('en', [0, 9.9, G]) },
      { stretch: samples(20.1, 28), answer: answer('en', [0, 7.9, B]) },
    ]),
  ).toEqual({ said: [`0 10.4 en ${A}`, `10 19.9 en ${G}`, `20 28 en ${B}`], wordless: [] });
});

test('a short sentence stays beside the words in another language that were heard after it', () => {
  const chunk = chunkOf([0, 3.4], [3.7, 14], [14.3, 28]);
  const first = answer('en', [0, 4, 'We begin with the budget.'], [14.3, 28, B + A]);
  const [asked] = doubtsOf(chunk, first);
  expect(asked).toEqual(samples(0, 14));
  expect(
    settled(chunk, first, [{ stretch: samples(0, 14), answer: answer('fr', [3.7, 14, FRENCH]) }]),
  ).toEqual({
    said: ['0 4 en We begin with the budget.', `3.7 14 fr ${FRENCH}`, `14.3 28 en ${B + A}`],
    wordless: [],
  });
});

test('a sentence that nobody heard again stays beside what was heard after it', () => {
  const chunk = chunkOf([0, 4.4], [4.6, 14], [14.3, 28]);
  const first = answer('en', [0, 4.8, 'We begin with the budget.'], [14.3, 28, B + A]);
  expect(
    settled(chunk, first, [{ stretch: samples(4.6, 14), answer: answer('fr', [0, 9.4, FRENCH]) }]),
  ).toEqual({
    said: ['0 4.8 en We begin with the budget.', `4.6 14 fr ${FRENCH}`, `14.3 28 en ${B + A}`],
    wordless: [],
  });
});

test('a sentence heard again as one with the words of the gap gives way to both', () => {
  const both = [{ stretch: samples(0, 19.95), answer: answer('en', [0, 19.95, `${A} ${G}`]) }];
  expect(settled(gapChunk, gapFirst, both)).toEqual({
    said: [`0 19.95 en ${A} ${G}`, `20 28 en ${B}`],
    wordless: [],
  });
  // However short the sentence is.
  const short = chunkOf([0, 4.9], [5, 19.95], [20.1, 28]);
  const begun = answer('en', [0, 5.4, 'We begin with the budget of this year.'], [20, 28, B]);
  expect(settled(short, begun, both).said).toEqual([`0 19.95 en ${A} ${G}`, `20 28 en ${B}`]);
  // One that says less leaves the gap.
  const less = [{ stretch: samples(0, 19.95), answer: answer('en', [0, 19.95, 'We begin.']) }];
  expect(settled(gapChunk, gapFirst, less)).toEqual({
    said: [`0 10.4 en ${A}`, `20 28 en ${B}`],
    wordless: [[10.4, 19.95]],
  });
});

test('two sentences stay where one that was heard over both of them says less', () => {
  const first = answer('en', [0, 5, A], [5, 10.4, B]);
  const over = [
    { stretch: samples(0, 19.95), answer: answer('en', [0, 19.95, `${A} And so it goes.`]) },
  ];
  expect(settled(chunkOf([0, 9.9], [10, 19.95]), first, over)).toEqual({
    said: [`0 5 en ${A}`, `5 10.4 en ${B}`],
    wordless: [[10.4, 19.95]],
  });
});

test('the answer to what an earlier rule asked about a gap fills it, and the sentences beside it stay', () => {
  const [stretch, ...others] = earlierDoubtsOf(gapChunk, gapFirst);
  expect(others).toEqual([]);
  expect(stretch).toEqual(samples(10.2, 20.15));
  if (stretch === undefined) return;
  const bounds = doubtsOf(gapChunk, gapFirst);
  expect(bounds).toEqual([samples(0, 9.9), samples(10, 19.95), samples(20.1, 28)]);
  // It holds the first word of the sentence behind the gap.
  const second = answer('en', [0, 9.6, G], [9.7, 9.95, 'The']);
  expect(settled(gapChunk, gapFirst, [{ stretch, answer: second }])).toEqual({
    said: [`0 10.4 en ${A}`, `10.2 ${10.2 + 9.6} en ${G}`, `20 28 en ${B}`],
    wordless: [],
  });
  const french = answer('fr', [0.3, 9.6, FRENCH]);
  expect(settled(gapChunk, gapFirst, [{ stretch, answer: french }])).toEqual({
    said: [`0 10.4 en ${A}`, `10.5 ${10.2 + 9.6} fr ${FRENCH}`, `20 28 en ${B}`],
    wordless: [],
  });
});

interface Speech {
  readonly start: number;
  readonly end: number;
  readonly language: string;
  readonly text: string;
}

/** One language a call: that of which most is said; the others are left out. */
function heardIn(
  { startSample, endSample }: Samples,
  speeches: readonly Speech[],
  isOne: boolean,
): TranscribeAnswer {
  const [from, to] = [startSample / SAMPLE_RATE, endSample / SAMPLE_RATE];
  const inside = speeches.filter(
    ({ start, end }) => (start + end) / 2 >= from && (start + end) / 2 <= to,
  );
  const [most] = inside.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const told = inside
    .filter(({ language }) => language === most?.language)
    .map(({ start, end, text }): Told => [start - from, end - from, text]);
  const [first, last] = [told[0], told.at(-1)];
  return first !== undefined && last !== undefined && isOne
    ? answer(most?.language ?? '', [first[0], last[1], told.map(([, , text]) => text).join(' ')])
    : answer(most?.language ?? '', ...told);
}

test('no words that were heard first or again vanish without a gap or a mark', () => {
  const tenths = (min: number, max: number) =>
    fc.integer({ min: min * 10, max: max * 10 }).map((one) => one / 10);
  fc.assert(
    fc.property(
      fc.record({
        lengthOfA: tenths(1, 11),
        pauses: fc.tuple(tenths(0.1, 0.9), tenths(0.1, 0.9)),
        lengthOfG: tenths(5, 11),
        late: tenths(0, 0.8),
        other: fc.constantFrom('en', 'fr'),
        isOne: fc.boolean(),
        answered: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      }),
      ({ lengthOfA, pauses, lengthOfG, late, other, isOne, answered }) => {
        const g = lengthOfA + pauses[0];
        const b = g + lengthOfG + pauses[1];
        const letters = (name: string, seconds: number) => name.repeat(Math.ceil(seconds * 12));
        const speeches: readonly [Speech, Speech, Speech] = [
          { start: 0, end: lengthOfA, language: 'en', text: letters('a', lengthOfA) },
          { start: g, end: g + lengthOfG, language: other, text: letters('g', lengthOfG) },
          { start: b, end: 28, language: 'en', text: letters('b', 28 - b) },
        ];
        const [spokenA, , spokenB] = speeches;
        const chunk = chunkOf(...speeches.map(({ start, end }) => [start, end] as const));
        const first = answer(
          'en',
          [0, lengthOfA + late, spokenA.text],
          [b, spokenB.end, spokenB.text],
        );
        const again = doubtsOf(chunk, first)
          .filter((_stretch, index) => answered[index])
          .map((stretch) => ({ stretch, answer: heardIn(stretch, speeches, isOne) }));
        const { pieces, wordless } = settleChunk(
          chunk,
          { first, again },
          { given: null, detect: () => null },
        );
        const isHeard = ({ text }: Speech) =>
          [first, ...again.map((one) => one.answer)].some((one) => one.text.includes(text));
        for (const speech of speeches.filter(isHeard)) {
          const isTold =
            pieces.some(({ text }) => text.includes(speech.text)) ||
            [...wordless, ...pieces.filter(({ mayBeInvented }) => mayBeInvented)].some(
              ({ start, end }) => (start ?? 0) < speech.end && (end ?? 28) > speech.start + 1,
            );
          expect({ speech, isTold }).toEqual({ speech, isTold: true });
        }
      },
    ),
    { numRuns: 500 },
  );
});
