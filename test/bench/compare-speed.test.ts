import { expect, test } from 'vitest';
import { compareSpeed } from '../../bench/compare-speed.ts';

test('calls both clients equally often, with the given concurrency, alternately', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const client = (name: string) => async (): Promise<void> => {
    if (order.at(-1) !== name) order.push(name);
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  const counted = { bare: 0, ours: 0 };
  const bare = client('bare');
  const ours = client('ours');
  const { wallRatio, medianRatio, p95Ratio } = await compareSpeed({
    bare: async () => {
      counted.bare += 1;
      await bare();
    },
    ours: async () => {
      counted.ours += 1;
      await ours();
    },
    rounds: 3,
    requests: 20,
    concurrency: 4,
  });
  expect(most).toBe(4);
  expect(counted.bare).toBe(counted.ours);
  // Each pair has both: there are at least as many turns as pairs, of which those that warm up are not counted here.
  expect(order.length).toBeGreaterThan(counted.ours / 20);
  for (const ratio of [wallRatio, medianRatio, p95Ratio]) expect(ratio).toBeGreaterThan(0);
});
