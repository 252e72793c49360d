import { expect, test } from 'vitest';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';
import { answer, askedOf, chunkOf, heard, type Told } from './chunk-answers.ts';

/** English before French, where Whisper base writes one French sentence over and over. */

const LOOPED = 'Félicitations, vous avez bien installé et exécuté le projet libre.';
const WELCOME = 'Good morning everyone and welcome to the planning meeting for the spring launch.';
const TODAY = 'Today we need to agree on the launch date, the budget and the work for the website.';
const FRENCH = 'Félicitations, vous avez bien installé et exécuté le projet libre Asterisk.';

const loop = (from: number, to: number, times: number): Told[] =>
  Array.from({ length: times }, (_one, index) => [
    from + (index * (to - from)) / times,
    from + ((index + 1) * (to - from)) / times,
    LOOPED,
  ]);
const loopedAll = answer(loop(0, 16, 8));
const chunk = chunkOf(16, [0.2, 4.4], [4.6, 9.8], [10.4, 16]);
const seconds: readonly (TranscribeAnswer | null)[] = [
  answer([[0, 4.1, WELCOME]]),
  answer([[0, 9, TODAY]]),
  answer([[0, 5.5, FRENCH]]),
];

test('a loop over a voice is asked again between the pauses, and gives way to what is heard there', () => {
  expect(askedOf(chunk, loopedAll)).toEqual([
    [0.2, 4.4],
    [4.6, 9.8],
    [10.4, 16],
  ]);
  expect(heard(chunk, loopedAll, seconds)).toEqual({
    said: [`0.2-4.3 en ${WELCOME}`, `4.6-9.8 en ${TODAY}`, `10.4-15.9 fr ${FRENCH}`],
    wordless: [],
  });
});

test('where a piece of it is a loop again or nothing, the loop stays there, marked', () => {
  const again = answer(loop(0, 4.9, 8));
  for (const second of [again, answer([]), null]) {
    expect(heard(chunk, loopedAll, seconds.with(1, second)).said).toEqual([
      `0.2-4.3 en ${WELCOME}`,
      `4.0-6.0 fr? ${LOOPED}`,
      `6.0-8.0 fr? ${LOOPED}`,
      `8.0-10.0 fr? ${LOOPED}`,
      `10.4-15.9 fr ${FRENCH}`,
    ]);
  }
});

test('a loop in one long segment goes where most of it is heard, and what is not heard of it is a gap', () => {
  const one = answer([[0, 16, Array.from({ length: 8 }, () => LOOPED).join(' ')]]);
  expect(heard(chunk, one, seconds).said).toHaveLength(3);
  expect(heard(chunk, one, [seconds[0] ?? null, null, seconds[2] ?? null])).toEqual({
    said: [`0.2-4.3 en ${WELCOME}`, `10.4-15.9 fr ${FRENCH}`],
    wordless: ['4.6-9.8'],
  });
  expect(heard(chunk, one, [seconds[0] ?? null, null, null]).said).toEqual([
    expect.stringMatching(/^0\.0-16\.0 fr\? Félicitations/),
    `0.2-4.3 en ${WELCOME}`,
  ]);
});

test('the words beside a loop stay, and are not said twice', () => {
  const first = answer([[0, 4.4, WELCOME], ...loop(4.4, 20.4, 8)]);
  const beside = chunkOf(21, [0.2, 9.7], [10.4, 14.9], [15.2, 20.4]);
  expect(askedOf(beside, first)).toEqual([
    [4.4, 9.7],
    [10.4, 14.9],
    [15.2, 20.4],
  ]);
  const [, today = null, french = null] = seconds;
  expect(heard(beside, first, [today, answer([]), french]).said).toEqual([
    `0.0-4.4 en ${WELCOME}`,
    `4.4-9.7 en ${TODAY}`,
    `10.4-12.4 en? ${LOOPED}`,
    `12.4-14.4 en? ${LOOPED}`,
    `15.2-20.4 fr ${FRENCH}`,
  ]);
});

test('a loop at music or over one voice without a pause is asked once, as a whole', () => {
  expect(askedOf(chunkOf(16, [0.2, 3], [12, 15]), loopedAll)).toEqual([[0, 16]]);
  expect(askedOf(chunkOf(16, [0.2, 15.8]), loopedAll)).toEqual([[0, 16]]);
  expect(askedOf(chunkOf(28, [0.2, 28]), answer(loop(0, 28, 14)))).toEqual([[0, 28]]);
});
