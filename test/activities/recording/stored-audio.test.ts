import { expect, test } from 'vitest';
import { addressSeconds } from '../../../activities/recording/stored-audio.ts';

test.each([
  ['a quarter of an hour at least', 180_000, 900],
  ['as long as the attempt', 3_900_001, 3901],
  ['a week at most, as S3 signs no longer', 30 * 86_400_000, 604_800],
])('an address works for %s', (...of) => {
  const [, attemptMs, seconds] = of;
  expect(addressSeconds(attemptMs)).toBe(seconds);
});
