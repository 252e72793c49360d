import { afterAll, beforeAll, expect, test } from 'vitest';
import type { sweep, warmModels } from '../../workflows/index.ts';
import { openWorkflowBench, refusal, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench({
    warmTarget: ({ target }) =>
      target === 'second'
        ? Promise.reject(refusal('TargetExhausted'))
        : Promise.resolve({ outcome: 'warm', status: 200 }),
    sweepAbandoned: () =>
      Promise.resolve({ releasedClaims: 1, inDoubt: 2, closedJobs: 3, deletedObjects: 4 }),
  });
});
afterAll(() => bench[Symbol.asyncDispose]());

test('every target is warmed on its own queue, and one that fails is cold', async () => {
  const outcomes = await bench.client.workflow.execute<typeof warmModels>('warmModels', {
    args: [{ targets: ['first', 'second', 'third'] }],
    workflowId: 'warm',
    taskQueue: 'pipeline',
  });
  expect(outcomes).toEqual({
    first: { outcome: 'warm', status: 200 },
    second: { outcome: 'cold', status: null },
    third: { outcome: 'warm', status: 200 },
  });
  const calls = bench.callsWithoutJob.filter(({ name }) => name === 'warmTarget');
  expect(calls.map(({ queue }) => queue).toSorted()).toEqual([
    'paid.first',
    'paid.second',
    'paid.third',
  ]);
  for (const { info } of calls) {
    expect(info).toMatchObject({
      scheduleToCloseTimeoutMs: 180_000,
      startToCloseTimeoutMs: 120_000,
      heartbeatTimeoutMs: 20_000,
      retryPolicy: { maximumAttempts: 2 },
    });
  }
});

test('the sweep runs on the queue io and answers with its counts', async () => {
  const swept = await bench.client.workflow.execute<typeof sweep>('sweep', {
    workflowId: 'sweep',
    taskQueue: 'pipeline',
  });
  expect(swept).toEqual({ releasedClaims: 1, inDoubt: 2, closedJobs: 3, deletedObjects: 4 });
  const [call] = bench.callsWithoutJob.filter(({ name }) => name === 'sweepAbandoned');
  expect(call?.queue).toBe('io');
  expect(call?.info).toMatchObject({
    startToCloseTimeoutMs: 120_000,
    retryPolicy: { maximumAttempts: 37 },
  });
});
