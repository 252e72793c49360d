import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapConcurrent } from '../../activities/map-concurrent.ts';

test('results keep the order of the items, and no more than the width run at once', async () => {
  let [running, most] = [0, 0];
  const doubled = await mapConcurrent(
    [5, 1, 3, 0, 2],
    async (turns, index) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      running -= 1;
      return [index, turns * 2];
    },
    2,
  );
  expect(doubled).toEqual([
    [0, 10],
    [1, 2],
    [2, 6],
    [3, 0],
    [4, 4],
  ]);
  expect(most).toBe(2);
});

test('after the first failure no further item is started', async () => {
  const started: number[] = [];
  const work = async (item: number) => {
    started.push(item);
    await setImmediate();
    if (item === 1) throw new Error('item 1 failed');
  };
  await expect(mapConcurrent([0, 1, 2, 3, 4, 5], work, 2)).rejects.toThrow('item 1 failed');
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  expect(started.slice(0, 2)).toEqual([0, 1]);
  expect(started.length).toBeLessThanOrEqual(3);
});
