import { expect, test } from 'vitest';
import { createMemoryGateStore } from '../../../../adapters/inference/limits/gate-store.ts';
import { takeTurn } from '../../../../adapters/inference/limits/take-turn.ts';

function aQueue() {
  const clock = { ms: 1_800_000_000_000 };
  const store = createMemoryGateStore(() => new Date(clock.ms));
  const take = (mostMs = 60_000) => takeTurn(store, 'key', { everyMs: 1000, mostMs });
  return { clock, store, take };
}

test('turns are as far apart as the limit says, and an idle time is not saved up', async () => {
  const { clock, take } = aQueue();
  expect([await take(), await take(), await take()].map(({ waitMs }) => waitMs)).toEqual([
    0, 1000, 2000,
  ]);
  clock.ms += 2500;
  expect(await take()).toEqual({ taken: true, waitMs: 500 });
  clock.ms += 60_000;
  expect([await take(), await take()].map(({ waitMs }) => waitMs)).toEqual([0, 1000]);
});

test('a turn that is too far away is left to others', async () => {
  const { take } = aQueue();
  await take();
  await take();
  expect(await take(1999)).toEqual({ taken: false, waitMs: 2000 });
  expect(await take(2000)).toEqual({ taken: true, waitMs: 2000 });
});

test.each(['soon', '', '1e300', String(1_800_000_000_000 + 86_400_000)])(
  'a record that cannot be, %j, is taken for none',
  async (record) => {
    const { store, take } = aQueue();
    await store.swap('key', null, record);
    expect((await take()).waitMs).toBe(0);
    expect((await take()).waitMs).toBe(1000);
  },
);
