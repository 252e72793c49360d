import { expect, test } from 'vitest';
import { clock } from '../../../workflows/contracts/clock.ts';

test.each([
  [0, '00:00'],
  [84.9, '01:24'],
  [3599.999, '59:59'],
  [3600, '1:00:00'],
  [3723, '1:02:03'],
  [36_000, '10:00:00'],
  [-1, '00:00'],
])('%d seconds are shown as %s', (seconds, expected) => {
  expect(clock(seconds)).toBe(expected);
});
