import { expect, test } from 'vitest';
import { silentStretches } from '../../../adapters/media/silent-stretches.ts';

const RATE = 16_000;
const span = (from: number, to: number) => ({ startSample: from * RATE, endSample: to * RATE });

test('what spans leave silent for five seconds is a stretch, minus half a second beside a voice', () => {
  expect(silentStretches([span(5, 6), span(10.9, 12), span(17, 18)], 23 * RATE)).toEqual([
    span(0, 4.5),
    span(12.5, 16.5),
    span(18.5, 23),
  ]);
  expect(silentStretches([span(4, 6)], 10 * RATE)).toEqual([]);
});

test('a recording without a voice is one stretch, however short', () => {
  expect(silentStretches([], 2 * RATE)).toEqual([span(0, 2)]);
});
