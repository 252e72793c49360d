import { expect, test } from 'vitest';
import { soundsInSilence } from '../../../adapters/media/sounds-in-silence.ts';

/** 20 s at -80 dBFS: mean squares of 20 ms each. */
function quietRoom(): Float64Array {
  return new Float64Array(1000).fill(10.7);
}
const seconds = (from: number, to: number) => ({
  startSample: from * 16_000,
  endSample: to * 16_000,
});

test('a sound 20 dB above the noise for a tenth of a second is listed with its times', () => {
  const energies = quietRoom();
  energies.fill(1100, 100, 105); // -59.9 dBFS
  energies.fill(1100, 300, 303); // too short
  energies.fill(1050, 500, 600); // below -60 dBFS
  expect(soundsInSilence(energies, [seconds(0, 20)])).toEqual([seconds(2, 2.1)]);
});

test('sounds less than a second apart are one, and none reaches beyond its silence', () => {
  const energies = quietRoom();
  energies.fill(50_000, 100, 120);
  energies.fill(50_000, 160, 200);
  expect(soundsInSilence(energies, [seconds(0, 3.5), seconds(10, 20)])).toEqual([seconds(2, 3.5)]);
});

test('constant noise is not a sound, however loud', () => {
  expect(soundsInSilence(new Float64Array(500).fill(1e6), [seconds(0, 10)])).toEqual([]);
});
