import { expect, test } from 'vitest';
import {
  frameTime,
  speechStretches,
  voiceWindows,
} from '../../../../../local/inference-server/models/speakers/speech-windows.ts';

/** Counts of speakers: `[frames, count]` one after the other. */
const countsOf = (...runs: readonly (readonly [number, number])[]) =>
  Uint8Array.from(runs.flatMap(([frames, count]) => Array.from({ length: frames }, () => count)));

test('short gaps belong to the speech, short sounds do not', () => {
  // 5 frames are 84 ms, 10 are 169 ms, 20 are 338 ms.
  const counts = countsOf([10, 0], [20, 1], [5, 0], [20, 2], [30, 0], [10, 1], [30, 0], [20, 1]);
  expect(speechStretches(counts, 60)).toEqual([
    { start: frameTime(10), end: frameTime(55) },
    { start: frameTime(125), end: frameTime(145) },
  ]);
});

test('speech ends with the recording', () => {
  expect(speechStretches(countsOf([100, 1]), 1.2)).toEqual([{ start: frameTime(0), end: 1.2 }]);
});

test('windows of 1.5 s every 0.75 s, the last at the end; each stands for the time up to half way to the next', () => {
  expect(voiceWindows([{ start: 10, end: 12.5 }])).toEqual([
    { start: 10, end: 11.5, standsFor: { start: 10, end: 11.125 } },
    { start: 10.75, end: 12.25, standsFor: { start: 11.125, end: 11.625 } },
    { start: 11, end: 12.5, standsFor: { start: 11.625, end: 12.5 } },
  ]);
});

test('a short stretch is one window', () => {
  expect(voiceWindows([{ start: 3, end: 4 }])).toEqual([
    { start: 3, end: 4, standsFor: { start: 3, end: 4 } },
  ]);
});
