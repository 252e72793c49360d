import { expect, test } from 'vitest';
import { readPlan } from '../../../activities/recording/read-plan.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import { planOf } from './plans.ts';

/** A store whose plans have as many chunks as their keys say, and that counts how often each is read. */
function countingStore(failures: Record<string, Error> = {}) {
  const reads: string[] = [];
  const getJson = async (key: string): Promise<ChunkPlan> => {
    reads.push(key);
    await Promise.resolve();
    const failure = failures[key];
    if (failure !== undefined) throw failure;
    return planOf(Array.from({ length: Number(key.split('/')[1]) }, () => 1));
  };
  return { store: { getJson } as unknown as ObjectStore, reads };
}

test('a plan that many chunks ask for at once is read once', async () => {
  const { store, reads } = countingStore();
  const plans = await Promise.all(Array.from({ length: 24 }, () => readPlan(store, 'a/3')));
  expect(new Set(plans).size).toBe(1);
  expect((await readPlan(store, 'a/3')).chunks).toHaveLength(3);
  expect(reads).toEqual(['a/3']);
});

test('the plans that were asked for last are kept, 40,000 chunks at most', async () => {
  const { store, reads } = countingStore();
  await readPlan(store, 'a/15000');
  await readPlan(store, 'b/15000');
  await readPlan(store, 'a/15000');
  await readPlan(store, 'c/15000'); // b goes: a was asked for after it
  await readPlan(store, 'a/15000');
  await readPlan(store, 'c/15000');
  expect(reads).toEqual(['a/15000', 'b/15000', 'c/15000']);
  await readPlan(store, 'b/15000');
  expect(reads).toHaveLength(4);
});

test('a plan that could not be read is read again', async () => {
  const failures: Record<string, Error> = { 'a/1': new Error('S3 is away') };
  const { store, reads } = countingStore(failures);
  await expect(readPlan(store, 'a/1')).rejects.toThrow('S3 is away');
  delete failures['a/1'];
  expect((await readPlan(store, 'a/1')).chunks).toHaveLength(1);
  expect(reads).toHaveLength(2);
});

test('two stores do not share plans', async () => {
  const [one, other] = [countingStore(), countingStore()];
  await readPlan(one.store, 'a/1');
  await readPlan(other.store, 'a/1');
  expect(other.reads).toEqual(['a/1']);
});
