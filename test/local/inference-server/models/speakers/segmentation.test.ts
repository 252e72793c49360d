import { expect, test } from 'vitest';
import {
  decodeScores,
  segmentRecording,
  speechFrames,
  WINDOW_FRAMES,
  windowStart,
} from '../../../../../local/inference-server/models/speakers/segmentation.ts';

/** Logarithms for nobody, A, B, C, A and B, A and C, B and C. */
const logarithms = (...probabilities: readonly number[]) =>
  probabilities.map((one) => Math.log(one));
const NOBODY = logarithms(0.94, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01);
const B_ALONE = logarithms(0.1, 0.05, 0.6, 0.05, 0.05, 0.05, 0.1);
const A_AND_C = logarithms(0.05, 0.05, 0.05, 0.05, 0.1, 0.6, 0.1);

test('seven classes are up to two of three speakers', () => {
  const { activity, anybody, two } = decodeScores(
    Float32Array.from([NOBODY, B_ALONE, A_AND_C].flat()),
  );
  expect([...activity.speaking]).toEqual([0, 0b010, 0b101]);
  const round = (values: Float32Array) => [...values].map((one) => Math.round(one * 100) / 100);
  expect(round(anybody)).toEqual([0.06, 0.9, 0.95]);
  expect(round(two)).toEqual([0.03, 0.2, 0.8]);
  // A, B, C of 255: alone or with another.
  expect([...activity.probabilities.subarray(3)]).toEqual([38, 191, 51, 191, 64, 191]);
});

/** A recording of silence. */
const silence = (samples: number) => ({
  read: (start: number, length: number) =>
    Promise.resolve(new Float32Array(Math.max(0, Math.min(length, samples - start)))),
  close: () => Promise.resolve(),
});

test.each([
  [3, 1],
  [10.2, 2],
  [12.4, 2],
  [30, 9],
])('%d s are looked at in %d windows', async (seconds, windows) => {
  const activity = await segmentRecording(silence(seconds * 16_000), () =>
    Promise.resolve(Float32Array.from(Array.from({ length: WINDOW_FRAMES }, () => NOBODY).flat())),
  );
  expect(activity.windows).toHaveLength(windows);
  expect(activity.seconds).toBeCloseTo(seconds);
  expect(activity.counts).toHaveLength(windowStart(windows - 1) + WINDOW_FRAMES);
  expect(Math.max(...activity.counts)).toBe(0);
});

test('windows that differ are averaged, the middle of a window before its edge', async () => {
  let calls = 0;
  const { counts } = await segmentRecording(silence(11.5 * 16_000), () => {
    calls += 1;
    const frame = calls === 1 ? A_AND_C : NOBODY;
    return Promise.resolve(
      Float32Array.from(Array.from({ length: WINDOW_FRAMES }, () => frame).flat()),
    );
  });
  // Alone in the first 2.5 s; of equal weight in the middle of both, at 6.25 s; at the end the first window hears little.
  expect([0, 140].map((frame) => counts[frame])).toEqual([2, 2]);
  expect([360, 380].map((frame) => counts[frame])).toEqual([1, 1]);
  expect([450, 588, 600].map((frame) => counts[frame])).toEqual([0, 0, 0]);
});

test('what may be speech is speech from its soft beginning to its soft end, if it once surely is', () => {
  const sure = [0.41, 0.6, 0.81, 0.41];
  const laughter = [0.5, 0.79, 0.7];
  const means = [0.39, ...sure, 0.39, ...laughter, 0, ...sure];
  expect([...speechFrames(Float32Array.from(means))]).toEqual([
    0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1,
  ]);
});
