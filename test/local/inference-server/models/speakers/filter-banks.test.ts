import { expect, test } from 'vitest';
import {
  BANDS,
  filterBanks,
  subtractMean,
} from '../../../../../local/inference-server/models/speakers/filter-banks.ts';

/** Two tones, one of them trembling, and a little noise: 55 ms. */
const SOUND = Float32Array.from({ length: 880 }, (_, at) => {
  const wave = (hertz: number) => (2 * Math.PI * hertz * at) / 16_000;
  const tones = 0.3 * Math.sin(wave(220)) + 0.1 * Math.sin(wave(1870)) * Math.cos(wave(5));
  return tones + 0.02 * (((at * 7919) % 1009) / 1009 - 0.5);
});

test('are those of Kaldi', () => {
  const banks = filterBanks(SOUND);
  expect(banks).toHaveLength(4 * BANDS);
  // kaldi-native-fbank 1.23 with 80 bins and no dither: bands 0, 1, 7, 20, 45, 60 and 79 of each frame
  [
    [-6.064, -8.938, 2.028, -11.767, -8.073, -4.797, -3.285],
    [-7.52, -9.745, 2.028, -12.301, -8.608, -4.691, -3.258],
    [-6.815, -9.778, 2.029, -11.291, -7.63, -4.927, -3.316],
    [-6.319, -9.065, 2.028, -11.992, -8.072, -4.77, -3.278],
  ].forEach((expected, frame) => {
    [0, 1, 7, 20, 45, 60, 79].forEach((band, index) => {
      expect(banks[frame * BANDS + band]).toBeCloseTo(expected[index] ?? NaN, 2);
    });
  });
});

test('of silence are the floor, and of less than a frame there are none', () => {
  expect(filterBanks(new Float32Array(400))).toEqual(
    new Float32Array(BANDS).fill(Math.log(1.192_092_9e-7)),
  );
  expect(filterBanks(new Float32Array(399))).toHaveLength(0);
});

test('the mean of each band is subtracted', () => {
  const banks = Float32Array.from({ length: 3 * BANDS }, (_, at) => at);
  subtractMean(banks);
  expect([banks[0], banks[BANDS], banks[2 * BANDS + 5]]).toEqual([-BANDS, 0, BANDS]);
});
