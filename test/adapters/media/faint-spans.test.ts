import { expect, test } from 'vitest';
import { faintSpans } from '../../../adapters/media/faint-spans.ts';

const whole = (frames: number) => [{ startSample: 0, endSample: frames * 512 }];
const rated = (length: number, ratings: Readonly<Record<number, number>>) =>
  Array.from({ length }, (_, frame) => ratings[frame] ?? 0);

test('two frames that may be voice within a quarter of a second are a span', () => {
  expect(faintSpans(rated(60, { 20: 0.15, 28: 0.2 }), whole(60))).toEqual([
    { startSample: 20 * 512, endSample: 29 * 512 },
  ]);
});

test('a single frame is ignored, and so are two that are far apart or rated too low', () => {
  expect(faintSpans(rated(60, { 20: 0.9 }), whole(60))).toEqual([]);
  expect(faintSpans(rated(60, { 20: 0.9, 29: 0.9 }), whole(60))).toEqual([]);
  expect(faintSpans(rated(60, { 20: 0.14, 21: 0.14 }), whole(60))).toEqual([]);
});

test('spans stay within their silences', () => {
  const silences = [
    { startSample: 100, endSample: 5_000 },
    { startSample: 10_000, endSample: 15_000 },
  ];
  expect(
    faintSpans(rated(40, { 0: 0.5, 1: 0.5, 15: 0.5, 16: 0.5, 28: 0.5, 29: 0.5 }), silences),
  ).toEqual([
    { startSample: 100, endSample: 1024 },
    { startSample: 14_336, endSample: 15_000 },
  ]);
});
