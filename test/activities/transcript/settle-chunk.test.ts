import { expect, test } from 'vitest';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';
import { doubtsOf } from '../../../activities/transcript/doubts-of.ts';
import { settleChunk } from '../../../activities/transcript/settle-chunk.ts';
import type { PlannedChunk } from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';

const spoken = (given: string | null) => ({ given, detect: detectLanguage });

const samples = (start: number, end: number) => ({
  startSample: start * 16_000,
  endSample: end * 16_000,
});

/** From 100 s to 126 s of the plan, with voice at these seconds of the chunk. */
const chunkWith = (...voice: (readonly [start: number, end: number])[]): PlannedChunk => ({
  index: 4,
  ...samples(100, 126),
  speech: true,
  speechSeconds: 20,
  voice: voice.map(([start, end]) => samples(100 + start, 100 + end)),
});

type Told = readonly [start: number, end: number, text: string];

const answer = (
  segments: readonly Told[],
  language: string | null = null,
  figures: Partial<TranscribeAnswer['segments'][number]> = {},
): TranscribeAnswer => ({
  text: segments.map(([, , text]) => text).join(' '),
  language,
  segments: segments.map(([start, end, text]) => ({ start, end, text, ...figures })),
});

const INVENTED = { averageLogProbability: -1.4, noSpeechProbability: 0.7 };

test('voice without words is in doubt, and gets the words and the language of its second answer', () => {
  const chunk = chunkWith([0, 9], [11, 26]);
  const first = answer([[0, 9, '大家好，我们今天讨论第三季度的预算。']], 'zh');
  const doubts = doubtsOf(chunk, first);
  expect(doubts).toEqual([samples(100, 109), samples(110.8, 126)]);
  const heardAgain = answer([[0, 9, '大家好，我们今天讨论预算。']], 'zh');
  const second = answer(
    [
      [0.2, 5, 'Good morning.'],
      [5, 15, 'Let us begin with the budget, and then look at the plan for next year.'],
    ],
    'en',
  );
  const { pieces, wordless, untimedSeconds } = settleChunk(
    chunk,
    {
      first,
      again: doubts.map((stretch, index) => ({
        stretch,
        answer: index === 0 ? heardAgain : second,
      })),
    },
    spoken(null),
  );
  expect(pieces.map(({ start, text, language }) => [start, text, language])).toEqual([
    [0, '大家好，我们今天讨论第三季度的预算。', 'zh'],
    [11, 'Good morning.', 'en'],
    [15.8, 'Let us begin with the budget, and then look at the plan for next year.', 'en'],
  ]);
  expect(wordless).toEqual([]);
  expect(untimedSeconds).toBe(0);
});

test('voice stays without words when nobody answers, or when the second answer is silent too', () => {
  const chunk = chunkWith([0, 9], [11, 26]);
  const first = answer([[0, 9, '大家好，我们今天讨论第三季度的预算。']]);
  const again = [{ stretch: samples(110.8, 126), answer: answer([]) }];
  expect(settleChunk(chunk, { first, again: [] }, spoken(null)).wordless).toEqual([
    { start: 11, end: 26 },
  ]);
  expect(settleChunk(chunk, { first, again }, spoken(null)).wordless).toEqual([
    { start: 11, end: 26 },
  ]);
});

test('each piece names the second answer that it is from, and none of the first answer does', () => {
  const chunk = chunkWith([0, 4], [11, 18], [19, 26]);
  const again = [
    { stretch: samples(110.8, 118), answer: answer([[0.2, 7, 'Second.']]) },
    { stretch: samples(118.8, 126), answer: answer([[0.2, 7, 'Third.']]) },
  ];
  const { pieces } = settleChunk(chunk, { first: answer([[0, 4, 'First.']]), again }, spoken('en'));
  expect(pieces.map((piece) => [piece.text, piece.again])).toEqual([
    ['First.', undefined],
    ['Second.', 0],
    ['Third.', 1],
  ]);
});

test('an invented text is in doubt, and gives way to a second answer above suspicion', () => {
  const chunk = chunkWith([0, 9]);
  const first: TranscribeAnswer = {
    ...answer([[0, 9, 'We begin with the budget of this year, and then the plan.']]),
    text: 'We begin with the budget of this year, and then the plan. Thank you. Thank you.',
    segments: [
      { start: 0, end: 9, text: 'We begin with the budget of this year, and then the plan.' },
      { start: 14, end: 16, text: 'Thank you.', ...INVENTED },
      { start: 16, end: 18, text: 'Thank you.', ...INVENTED },
    ],
  };
  expect(doubtsOf(chunk, first)).toEqual([samples(114, 118)]);
  const settledBy = (second: TranscribeAnswer) =>
    settleChunk(
      chunk,
      { first, again: [{ stretch: samples(114, 118), answer: second }] },
      spoken('en'),
    ).pieces.map(({ start, text, mayBeInvented }) => [start, text, mayBeInvented]);
  const marked = [
    [0, 'We begin with the budget of this year, and then the plan.', false],
    [14, 'Thank you.', true],
    [16, 'Thank you.', true],
  ];
  expect(settledBy(answer([[1, 3, 'Agreed.']]))).toEqual([
    [0, 'We begin with the budget of this year, and then the plan.', false],
    [15, 'Agreed.', false],
  ]);
  expect(settledBy(answer([]))).toEqual(marked);
  expect(settledBy(answer([[0, 2, 'Bye.']], null, INVENTED))).toEqual(marked);
});

test('a plan without voice leaves only what the answer says of itself in doubt', () => {
  const { voice: _voice, ...chunk } = chunkWith();
  const first = answer([[0, 3, 'Hello.']]);
  expect(doubtsOf(chunk, first)).toEqual([]);
  expect(settleChunk(chunk, { first, again: [] }, spoken(null))).toMatchObject({
    wordless: [],
    untimedSeconds: null,
  });
  expect(doubtsOf(chunk, answer([[0, 3, 'Hello.']], null, INVENTED))).toEqual([samples(100, 103)]);
});

test('an answer without times leaves nothing in doubt, and the seconds that nobody can compare are told', () => {
  const chunk = chunkWith([0, 9], [11, 26]);
  const estimated = answer([[0, 26, 'Hello.']], null, { isTimeEstimated: true });
  for (const first of [estimated, { ...estimated, segments: [] }]) {
    expect(doubtsOf(chunk, first)).toEqual([]);
    expect(settleChunk(chunk, { first, again: [] }, spoken(null))).toMatchObject({
      wordless: [],
      untimedSeconds: 24,
    });
  }
});

test('a stretch is a second long at least, within its chunk', () => {
  const first = answer([[25.9, 26, 'Bye.']], null, INVENTED);
  expect(doubtsOf(chunkWith(), first)).toEqual([samples(125, 126)]);
});

test('an answer with doubts all over leaves twenty, the longest, and none of them twice', () => {
  const segments = Array.from({ length: 4_000 }, (_one, index) => {
    const start = index * 0.006;
    const end = index === 3_998 ? 26 : start + 0.003;
    return { start, end, text: `Wort${index}.`, ...(index % 2 === 0 && INVENTED) };
  });
  const doubts = doubtsOf(chunkWith(), { text: '', language: null, segments });
  expect(doubts).toHaveLength(20);
  expect(new Set(doubts.map(({ startSample }) => startSample)).size).toBe(20);
  expect(doubts).toEqual(doubts.toSorted((a, b) => a.startSample - b.startSample));
  expect(doubts.at(-1)?.endSample).toBe(126 * 16_000);

  // Two texts in the last second of a chunk have one stretch.
  const last = [
    { start: 25.2, end: 25.4, text: 'Ja.', ...INVENTED },
    { start: 25.4, end: 25.6, text: 'Gut.' },
    { start: 25.6, end: 26, text: 'Ja.', ...INVENTED },
  ];
  expect(doubtsOf(chunkWith(), { text: '', language: null, segments: last })).toEqual([
    samples(125, 126),
  ]);
});

test('what a second answer hears of the words beside a short invented text is not said twice', () => {
  const chunk = chunkWith([10, 14]);
  const first: TranscribeAnswer = {
    text: 'Ja. We begin now.',
    language: 'en',
    segments: [
      { start: 10, end: 10.4, text: 'Ja.', ...INVENTED, compressionRatio: 3 },
      { start: 10.4, end: 14, text: 'We begin now.' },
    ],
  };
  const voiceless = { ...chunk, voice: [samples(110.5, 114)] };
  const [stretch, ...others] = doubtsOf(voiceless, first);
  expect(others).toEqual([]);
  expect(stretch).toEqual(samples(110, 111));
  if (stretch === undefined) return;
  const again = [{ stretch, answer: answer([[0.4, 1, 'We begin']], 'en') }];
  const { pieces } = settleChunk(voiceless, { first, again }, spoken(null));
  expect(pieces.map(({ text, mayBeInvented }) => [text, mayBeInvented])).toEqual([
    ['Ja.', true],
    ['We begin now.', false],
  ]);
});

test('a sentence begins with its voice, whichever answer it is from', () => {
  const chunk = chunkWith([0, 4], [5.6, 9], [9.5, 15], [19, 26]);
  const told: Told[] = [
    [0, 4, 'Let us begin with the budget of this year.'],
    [4, 9, 'Then we talk about the plan for the next one.'],
    [9, 15, 'And at the end about everything else that you have brought.'],
  ];
  const again = [
    {
      stretch: samples(116, 126),
      answer: answer([[2.2, 10, 'Then somebody speaks who was left out.']]),
    },
  ];
  const settled = settleChunk(chunk, { first: answer(told), again }, spoken('en'));
  const startsOf = ({ pieces }: typeof settled) =>
    pieces.map(({ start }) => Math.round((start ?? 0) * 100) / 100);
  expect(startsOf(settled)).toEqual([0, 5.4, 9.3, 18.8]);
  expect(settled.wordless).toEqual([]);
  const { voice: _voice, ...old } = chunk;
  expect(startsOf(settleChunk(old, { first: answer(told), again }, spoken('en')))).toEqual([
    0, 4, 9, 18.2,
  ]);
});
