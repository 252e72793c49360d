import { expect, test } from 'vitest';
import {
  bestNames,
  nameSpeakers,
} from '../../../../../local/inference-server/models/speakers/name-speakers.ts';
import { WINDOW_FRAMES } from '../../../../../local/inference-server/models/speakers/segmentation.ts';
import { frameTime } from '../../../../../local/inference-server/models/speakers/speech-windows.ts';

test('two of a window are never the same speaker, and together they are most alike', () => {
  expect(bestNames([[0.9, 0.8], [0.85, 0.1], null])).toEqual([1, 0, -1]);
  expect(bestNames([[0.9], [0.5], [-0.2]])).toEqual([0, -1, -1]);
  expect(
    bestNames([
      [-0.1, -0.2],
      [0.3, -0.2],
    ]),
  ).toEqual([-1, 0]);
});

const A = 0b001;
const B = 0b010;

/** One window of 10 s: `[frames, who]` one after the other; A and B are the window's own first two. */
function windowOf(...runs: readonly (readonly [number, number])[]) {
  const speaking = new Uint8Array(WINDOW_FRAMES);
  let at = 0;
  for (const [frames, who] of runs) speaking.fill(who, at, (at += frames));
  const bit = (who: number, member: number) => ((who >> member) & 1) * 255;
  const probabilities = Uint8Array.from(
    [...speaking].flatMap((who) => [bit(who, 0), bit(who, 1), bit(who, 2)]),
  );
  const counts = speaking.map((who) => bit(who, 0) / 255 + bit(who, 1) / 255);
  return { counts, windows: [{ speaking, probabilities }], seconds: 10 };
}

const voice = (from: number, to: number) => {
  const [start, end] = [frameTime(from), frameTime(to)];
  return { start, end, standsFor: { start, end } };
};

test('who speaks at the same time as the voice that was found is known from where it is alone', () => {
  const activity = windowOf([100, B], [100, A], [50, A | B], [339, 0]);
  // The vectors of two speakers; the third window is of both, and was given to the second speaker.
  const voices = [voice(0, 100), voice(100, 200), voice(200, 250)];
  const vectors = Float32Array.of(1, 0, 0, 1, 0.5, 0.8);
  const clusters = {
    labels: Int32Array.of(0, 1, 1),
    centres: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
  };
  expect(nameSpeakers(activity, voices, vectors, clusters)).toEqual([
    { start: frameTime(0), end: frameTime(100), speaker: 0 },
    { start: frameTime(100), end: frameTime(250), speaker: 1 },
    { start: frameTime(200), end: frameTime(250), speaker: 0 },
  ]);
});

test('speakers are numbered as they first speak, and a last turn ends with the recording', () => {
  const activity = windowOf([100, 0], [489, A]);
  const clusters = {
    labels: Int32Array.of(1),
    centres: [Float32Array.of(0, 1), Float32Array.of(1, 0)],
  };
  expect(
    nameSpeakers({ ...activity, seconds: 8 }, [voice(100, 589)], Float32Array.of(1, 0), clusters),
  ).toEqual([{ start: frameTime(100), end: 8, speaker: 0 }]);
});

test('nobody is named where no voice was found', () => {
  const clusters = { labels: new Int32Array(), centres: [] };
  expect(nameSpeakers(windowOf([10, A]), [], new Float32Array(), clusters)).toEqual([]);
});
