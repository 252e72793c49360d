import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repeatsItself } from '../../../../../adapters/inference/protocols/reading/repetition.ts';
import { transcriptReply } from '../../../../../adapters/inference/protocols/reading/transcribe-answer.ts';
import { aTarget, anAnswer } from '../../a-target.ts';
import { INPUTS } from '../inputs.ts';

type Times = readonly (readonly [start: number | null, end: number | null])[];

/** The times that segments of four letters get, each as [start, end]. */
const timesOf = (durationSeconds: number, times: Times) => {
  const segments = times.map(([start, end]) => ({ start, end, text: 'word' }));
  const input = { ...INPUTS.transcribe, durationSeconds };
  const reported = { text: '', segments };
  const { answer } = transcriptReply(anAnswer(200, ''), input, aTarget(), reported);
  expect(answer.text).toBe('word'.repeat(times.length));
  return answer.segments.map(({ start, end }) => [start, end]);
};

describe('an answer is kept whatever its times', () => {
  test.each<[string, number, Times, Times]>([
    [
      'in order',
      20,
      [
        [0, 9],
        [9, 18.5],
      ],
      [
        [0, 9],
        [9, 18.5],
      ],
    ],
    [
      'a last segment that ends after the audio',
      13.69,
      [
        [0, 11],
        [11, 15.92],
      ],
      [
        [0, 11],
        [11, 13.69],
      ],
    ],
    [
      'a last segment that begins after the audio',
      13.69,
      [
        [0, 11],
        [16, 18],
      ],
      [
        [0, 11],
        [11, 13.69],
      ],
    ],
    [
      'a start before the audio',
      20,
      [
        [-7, 4],
        [4, 9],
      ],
      [
        [0, 4],
        [4, 9],
      ],
    ],
    [
      'one start that falls back',
      20,
      [
        [0, 5],
        [5, 9],
        [1, 2],
        [12, 16],
      ],
      [
        [0, 5],
        [5, 9],
        [9, 12],
        [12, 16],
      ],
    ],
    [
      'one start that leaps ahead',
      20,
      [
        [0, 5],
        [19, 20],
        [8, 9],
        [12, 16],
      ],
      [
        [0, 5],
        [5, 8],
        [8, 9],
        [12, 16],
      ],
    ],
    [
      'an end before its start',
      20,
      [
        [0, 5],
        [10, 3],
        [12, 16],
      ],
      [
        [0, 5],
        [10, 12],
        [12, 16],
      ],
    ],
    [
      'milliseconds',
      20,
      [
        [0, 5000],
        [5000, 9000],
        [9000, 15000],
        [15000, 20000],
      ],
      [
        [0, 5],
        [5, 10],
        [10, 15],
        [15, 20],
      ],
    ],
    [
      'no times at all',
      20,
      [
        [null, null],
        [null, null],
      ],
      [
        [0, 10],
        [10, 20],
      ],
    ],
    [
      'an open end',
      20,
      [
        [0, null],
        [4, null],
      ],
      [
        [0, 4],
        [4, 20],
      ],
    ],
  ])('%s', (_, duration, reported, kept) => {
    expect(timesOf(duration, reported)).toEqual(kept);
  });

  test('any times become times in order and within the audio', () => {
    const time = fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: 0.1, max: 600 }),
        fc.array(fc.tuple(time, time), { maxLength: 30 }),
        (duration, times) => {
          let reached = 0;
          for (const [first, last] of timesOf(duration, times)) {
            const [start, end] = [first ?? -1, last ?? -1];
            expect(start).toBeGreaterThanOrEqual(reached);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(duration);
            reached = start;
          }
        },
      ),
    );
  });

  test('a segment without words does not take the time of its neighbours', () => {
    const segments = [
      { start: 0, end: null, text: 'word' },
      { start: null, end: null, text: ' ' },
      { start: null, end: null, text: 'word' },
    ];
    const input = { ...INPUTS.transcribe, durationSeconds: 18 };
    const reported = { text: '', segments };
    expect(
      transcriptReply(anAnswer(200, ''), input, aTarget(), reported).answer.segments,
    ).toMatchObject([
      { start: 0, end: 8 },
      { start: 10, end: 18 },
    ]);
  });
});

describe('a loop', () => {
  const answerTo = (texts: readonly string[], withTimes: boolean, acceptsLoop = false) => {
    const segments = texts.map((text, index) => ({
      start: withTimes ? index * 2 : null,
      end: withTimes ? index * 2 + 2 : null,
      text,
    }));
    const input = { ...INPUTS.transcribe, durationSeconds: 28, acceptsLoop };
    return transcriptReply(anAnswer(200, ''), input, aTarget(), { text: '', segments }).answer;
  };
  const LOOP = Array.from({ length: 12 }, () => ' Thank you for watching.');
  const isBilledTrouble = expect.objectContaining({ kind: 'provider_bug', charge: 'billed' });

  test('beside other words is kept where its times tell it apart', () => {
    expect(answerTo([' We move the launch.', ...LOOP], true).segments).toHaveLength(13);
  });

  test('is refused where nothing else was said, or nothing tells when', () => {
    expect(() => answerTo(LOOP, true)).toThrowError(isBilledTrouble);
    expect(() => answerTo([' We move the launch.', ...LOOP], false)).toThrowError(isBilledTrouble);
  });

  test('is kept where its parts will be asked for again', () => {
    expect(answerTo(LOOP, true, true).segments).toHaveLength(12);
  });
});

const speech =
  'So the first point on the list is the budget for next year. We had a look at the numbers with Petra yesterday, and ' +
  'they are better than we thought in spring, mostly because the second office was never opened. I would still not ' +
  'spend any of it before the audit is over, which should be in March. Any objections to that? No? Then we move on. ';
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ONES = ['', ...'one two three four five six seven eight nine'.split(' ')];
const inWords = (number: number): string =>
  `${TENS[Math.floor(number / 10)] ?? ''} ${ONES[number % 10] ?? ''}`.trim();
const counted = (before: string): string =>
  Array.from({ length: 80 }, (_, at) => before + inWords(at + 20)).join(', ');
const NAMES =
  'Adler Baker Clark Dunn Evans Frost Grant Hill Irwin Jones King Lane Moore Nash Owen Park Quinn Reed Shaw Todd'.split(
    ' ',
  );

describe('speech passes', () => {
  test.each([
    ['talk', speech],
    ['an hour of it, with a topic that comes back', `${speech} Budget. `.repeat(3)],
    ['assent', `${'Yes. '.repeat(40)}${'Yes, yes, no, yes. '.repeat(4)}`],
    ['laughter', 'Ha ha ha ha ha ha ha ha ha ha. '.repeat(6)],
    ['a chorus', 'We want more! We want more! We want more! We want more! We want more!'],
    ['a test of the microphone', 'One, two, three. One, two, three. One, two, three. Testing.'],
    ['counting', counted('')],
    ['counting in hundreds', counted('two hundred and ')],
    ['a roll call', NAMES.map((name) => `Mr. ${name}? Present.`).join(' ')],
    ['a vote', NAMES.map((name) => `Councillor ${name}, aye.`).join(' ')],
    ['a vote by acclamation', 'In favour? In favour. '.repeat(7)],
    [
      'Chinese',
      '我们先讨论第一项议程，明年的预算。昨天和会计看了数字，比春天预想的要好，主要是因为第二个办公室没有开。审计结束之前先不动用这笔钱，三月应该就结束了。大家有没有意见？没有的话我们继续下一项。',
    ],
    ['counting in Chinese', Array.from({ length: 150 }, (_, at) => `第${at + 1}项`).join('，')],
    ['assent in Chinese', '对对对对对，是的是的，好好好，没问题没问题。'.repeat(2)],
    [
      'an announcement while one waits',
      'Your call is important to us. All lines are busy at the moment. Please stay on the line. '.repeat(
        7,
      ),
    ],
    ['nothing', ''],
    ['dots', ' . . .'],
  ])('%s', (_, text) => {
    expect(repeatsItself(text)).toBe(false);
  });
});

describe('a loop does not', () => {
  test.each([
    ['of a phrase', "I'm going to go. ".repeat(12)],
    ['of a phrase, its punctuation and case wandering', 'See you soon. see you, soon! '.repeat(6)],
    ['of a sentence', 'This is the end of the first part of our meeting. '.repeat(9)],
    ['after talk', `${speech}${'Thank you for watching. '.repeat(20)}`],
    ['before talk', `${'Thank you for watching. '.repeat(20)}${speech}`],
    ['of one word, as long as a window has tokens', 'you '.repeat(440)],
    ['in Chinese', '谢谢观看。'.repeat(60)],
    ['in Chinese, amid talk', `我们先讨论第一项议程，明年的预算。${'请不吝点赞'.repeat(160)}`],
    ['of a sign', '♪ '.repeat(300)],
  ])('%s', (_, text) => {
    expect(repeatsItself(text)).toBe(true);
  });
});

test('a phrase of three different words, ten times in a row, is found wherever it is', () => {
  const word = fc.stringMatching(/^[a-z]{2,9}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 3, maxLength: 12 }),
      fc.array(word, { maxLength: 200 }),
      fc.array(word, { maxLength: 200 }),
      (phrase, before, after) => {
        const loop = Array.from({ length: 10 }, () => phrase).flat();
        expect(repeatsItself([...before, ...loop, ...after].join(' '))).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test('the longest accepted text is checked within a second or two', () => {
  const words = Array.from({ length: 500_000 }, (_, at) => `w${(at * 7919) % 104_729}`).join(' ');
  const before = performance.now();
  expect(repeatsItself(words)).toBe(false);
  expect(performance.now() - before).toBeLessThan(10_000);
});
