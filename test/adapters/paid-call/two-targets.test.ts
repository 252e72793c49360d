import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findResult } from '../../../adapters/paid-call/look-up-result.ts';
import { openBench, performed } from './paid-call-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

test('of two targets that answer the same work at once, the first answer stands for both', async () => {
  const first = bench.newCall();
  // While the second target works, the first one's answer is accepted: another job had it asked.
  const second = bench.newCall({
    workKey: first.workKey,
    callKey: randomBytes(32).toString('hex'),
    perform: async () => {
      await bench.run(first);
      return performed('another answer');
    },
  });
  const { result } = await bench.run(second);
  expect(result.callKey).toBe(first.callKey);
  const { store, home } = bench;
  await expect(findResult(store, home, 'summarize', first.workKey)).resolves.toMatchObject({
    callKey: first.callKey,
  });
  // Both were billed, and the books say so.
  expect((await bench.booksOf(first)).states).toEqual(['accepted']);
  expect((await bench.booksOf(second)).states).toEqual(['accepted']);
});
