import { expect, test } from 'vitest';
import { keptFor } from '../../../client/gateway/kept-for.ts';

test('whoever asks meanwhile gets what was found, also before it is', async () => {
  let looks = 0;
  const ask = keptFor(60_000, async () => ++looks);
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  expect(await ask()).toBe(1);
});

test('when the time is over, it looks again', async () => {
  let looks = 0;
  const ask = keptFor(-1, async () => ++looks);
  expect([await ask(), await ask()]).toEqual([1, 2]);
});
