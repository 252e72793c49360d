import { expect, test } from 'vitest';
import {
  WINDOW_FRAMES,
  type LocalActivity,
} from '../../../../../local/inference-server/models/speakers/segmentation.ts';
import { steadyVoices } from '../../../../../local/inference-server/models/speakers/steady-voices.ts';

/** A window of 10 s in which one of three speaks until `seconds`, and another from then on. */
function twoInARow(seconds: number): LocalActivity {
  const probabilities = new Uint8Array(3 * WINDOW_FRAMES);
  for (let frame = 0; frame < WINDOW_FRAMES; frame += 1) {
    probabilities[3 * frame + Number(frame * 0.016_875 + 0.03 > seconds)] = 255;
  }
  return { speaking: new Uint8Array(WINDOW_FRAMES), probabilities };
}

const voicesAt = (...starts: readonly number[]) =>
  starts.map((start) => ({ start, end: start + 1.5 }));

/** Of unit length, by their angles in degrees; and back. */
const directions = (...degrees: readonly number[]) =>
  Float32Array.from(
    degrees.flatMap((one) => [Math.cos((one * Math.PI) / 180), Math.sin((one * Math.PI) / 180)]),
  );
const degreesOf = (vectors: Float32Array) =>
  Array.from({ length: vectors.length / 2 }, (_, at) =>
    Math.round((Math.atan2(vectors[2 * at + 1] ?? 0, vectors[2 * at] ?? 0) * 180) / Math.PI),
  );

test('what one person says within 10 s sounds alike, and what two say does not', () => {
  const heard = directions(0, 40, 60, 100);
  const steady = steadyVoices([twoInARow(5)], voicesAt(0.1, 2, 5.5, 8), heard, 2);
  // 40 counts cos² 40° = 0.59 beside 0; and so on.
  expect(degreesOf(steady)).toEqual([15, 25, 75, 85]);
});

test('a voice that is half somebody else’s is left as it is, and counts for nobody', () => {
  const heard = directions(0, 40, 20);
  const steady = steadyVoices([twoInARow(5)], voicesAt(0.1, 2, 4.25), heard, 2);
  expect(degreesOf(steady)).toEqual([15, 25, 20]);
});

test('voices that are not alike keep apart, whoever the segmentation hears', () => {
  const heard = directions(0, 100, 10);
  const steady = steadyVoices([twoInARow(10)], voicesAt(0.1, 3, 6), heard, 2);
  expect(degreesOf(steady)).toEqual([5, 100, 5]);
});

test('who is who is known within one window only', () => {
  // Windows start every 2.5 s: the first voice is in the first alone, the last in the last two.
  const windows = Array.from({ length: 5 }, () => twoInARow(10));
  const heard = directions(0, 40, 0);
  expect(degreesOf(steadyVoices(windows, voicesAt(0.1, 16, 18), heard, 2))).toEqual([0, 25, 15]);
});

test('a recording with nobody in it has no voices', () => {
  expect(steadyVoices([twoInARow(5)], [], new Float32Array(), 2)).toEqual(new Float32Array());
  expect(steadyVoices([], [], new Float32Array(), 2)).toEqual(new Float32Array());
});
