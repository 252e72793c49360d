import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkflowBench, prepared, type WorkflowBench } from './workflow-bench.ts';

/** Each queue has one slot, and every limit that counts the time in a queue is three seconds. */
let bench: WorkflowBench;
beforeAll(async () => {
  const interceptors = fileURLToPath(new URL('short-nets.ts', import.meta.url));
  bench = await openWorkflowBench({}, { interceptors, slots: 1 });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const slowly =
  <Input, Output>(activity: (input: Input) => Promise<Output>) =>
  async (input: Input): Promise<Output> => {
    await sleep(1_000);
    return await activity(input);
  };

test.concurrent.each([
  ['media', { prepareRecording: slowly(prepared(1)) }],
  ['io', { planReduction: slowly(() => Promise.resolve({ groups: 0 })) }],
  [
    'paid',
    {
      transcribeChunk: slowly(({ target }: { target: { name: string } }) =>
        Promise.resolve({ target: target.name, reused: false }),
      ),
    },
  ],
])(
  'jobs that wait longer than any limit in the queue %s are worked off',
  async (_queue, activities) => {
    const jobs = await Promise.all(Array.from({ length: 6 }, () => bench.run(activities)));
    expect(jobs.map(({ result }) => result.result)).toEqual(Array(6).fill('complete'));
  },
  60_000,
);
