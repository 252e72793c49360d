import { expect, test } from 'vitest';
import { sentTogether, voiceFaults } from '../../bench/judge-voice.ts';

const figures = (
  speech: number,
  before: readonly [missed: number, needless: number],
  now: readonly [missed: number, needless: number],
) => ({
  speech,
  before: { missed: before[0], needless: before[1] },
  now: { missed: now[0], needless: now[1] },
});

test('a recording of which 1 % is missed keeps the promise, and one of which more is missed does not', () => {
  expect(voiceFaults(figures(200, [9, 10], [2, 30]))).toEqual([]);
  expect(voiceFaults(figures(200, [9, 10], [2.1, 10]))).toEqual(['more than 1 % missed']);
});

test('speech that the earlier build sent must be sent', () => {
  expect(voiceFaults(figures(200, [0, 10], [1, 10]))).toEqual(['more missed than before']);
  expect(voiceFaults(figures(200, [0.95, 10], [1, 10]))).toEqual([]);
});

test('no more may be sent of music and noise than before', () => {
  expect(voiceFaults(figures(0, [0, 5], [0, 5]))).toEqual([]);
  expect(voiceFaults(figures(0, [0, 5], [0, 6]))).toEqual([
    'more sent than before, and nobody speaks',
  ]);
});

test('of conversations together, up to a tenth more may be sent', () => {
  const all = [figures(100, [10, 10], [0, 20]), figures(100, [0, 0], [0, 0])];
  expect(sentTogether(all)).toMatchObject({ before: 200, now: 220, isKept: true });
  expect(sentTogether([...all, figures(0, [0, 0], [0, 1])])).toMatchObject({ isKept: false });
});
