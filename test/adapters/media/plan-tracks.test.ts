import { expect, test } from 'vitest';
import { planTracks } from '../../../adapters/media/plan-tracks.ts';
import {
  chunkPlanSchema,
  recordingSeconds,
  recordingTime,
} from '../../../workflows/contracts/chunk-plan.ts';

const RATE = 16_000;
const track = (startSecond: number) => ({ startSample: startSecond * RATE, heard: [], damage: [] });
const span = (from: number, to: number) => ({ startSample: from * RATE, endSample: to * RATE });

const plan = planTracks({
  sound: { tracks: [track(0), track(60)], leftOut: [], cut: false },
  samples: 120 * RATE,
  // The second voice begins before the seam of the tracks and ends behind it.
  spans: [span(10, 20), span(58, 64)],
  faint: [span(100, 101)],
  quietness: new Float64Array(120 * 50),
  limitSeconds: 28,
  preparationVersion: 2,
  sourceSha256: 'a'.repeat(64),
});

test('tracks are cut apart: no chunk crosses from one to the next, and chunks are numbered through', () => {
  expect(chunkPlanSchema.parse(plan)).toEqual(plan);
  expect(
    plan.chunks.map(({ index, startSample, endSample, speech }) => [
      index,
      startSample / RATE,
      endSample / RATE,
      speech,
    ]),
  ).toEqual([
    [0, 0, 9.5, false],
    [1, 9.5, 20.5, true],
    [2, 20.5, 57.5, false],
    [3, 57.5, 60, true],
    [4, 60, 64.5, true],
    [5, 64.5, 99, false],
    [6, 99, 102, true],
    [7, 102, 120, false],
  ]);
});

test('times are those of the recording, whose length is that of a track', () => {
  expect(recordingSeconds(plan)).toBe(60);
  expect(plan.chunks.map(({ startSample }) => recordingTime(plan, startSample))).toEqual([
    0, 9.5, 20.5, 57.5, 0, 4.5, 39, 42,
  ]);
});
