import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { recordedTarget } from './recorded-target.ts';
import { nextPauseMs } from '../../workflows/worker-watch.ts';
import { openWorkflowBench, prepared, started, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  const interceptors = fileURLToPath(new URL('short-timers.ts', import.meta.url));
  bench = await openWorkflowBench({}, { interceptors });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const gone = recordedTarget('gone');
const first = recordedTarget('first');
const NO_PICTURE = { image: false };

/** Only `gone` has no worker, and so no queue that one polls. */
const lookForWorker =
  (lastTargetMs: number): Activities['lookForWorker'] =>
  ({ target }) =>
    Promise.resolve(target === 'gone' ? { isServed: false, lastTargetMs } : { isServed: true });

describe.concurrent('a target whose queue no worker takes', () => {
  test('is given up for the next one after a minute, once for all calls, and the job is complete', async () => {
    const { result, inputsOf } = await bench.run({
      startJob: started({ transcribe: [gone, first] }, NO_PICTURE),
      prepareRecording: prepared(3),
      lookForWorker: lookForWorker(21_600_000),
    });
    expect(result.result).toBe('complete');
    expect(inputsOf('lookForWorker').map(({ target }) => target)).toEqual(['gone', 'gone']);
    expect(inputsOf('transcribeChunk').map(({ target }) => target.name)).toEqual([
      'first',
      'first',
      'first',
    ]);
    expect(inputsOf('renderMinutes')[0]?.degradations).toMatchObject([
      { role: 'transcribe', level: 'fallback', target: 'first', reason: 'gone: NotServedHere' },
    ]);
  });

  test('is waited for where it is the last one, and `progress` names it; then the job fails', async () => {
    const { handle, calls } = await bench.start({
      startJob: started({ transcribe: [gone] }, NO_PICTURE),
      lookForWorker: lookForWorker(60_000),
    });
    const unserved = async () => (await handle.query<Progress>('progress')).unserved;
    await expect.poll(unserved, { timeout: 20_000 }).toEqual(['gone']);
    const error: unknown = await handle.result().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      cause: { message: expect.stringMatching(/no worker serves gone/) as string },
    });
    expect(calls.filter(({ name }) => name === 'lookForWorker').length).toBeGreaterThan(2);
    expect(await unserved()).toEqual([]);
  });
});

test('a call that takes longer than a minute at a target that is served is waited for', async () => {
  const { inputsOf } = await bench.run({
    startJob: started({ transcribe: [first, recordedTarget('second')] }, NO_PICTURE),
    lookForWorker: lookForWorker(0),
    transcribeChunk: async ({ target }) => {
      await sleep(2_500);
      return { target: target.name, reused: false };
    },
  });
  expect(inputsOf('lookForWorker').map(({ target }) => target)).toEqual(['first']);
  expect(inputsOf('renderMinutes')[0]?.degradations).toEqual([]);
});

test('a call that waits for 30 days is looked at fewer than 200 times, and in its first hour every four minutes', () => {
  const minute = 60_000;
  const looks = [minute];
  for (let pause = minute; (looks.at(-1) ?? 0) < 30 * 24 * 60 * minute;) {
    const quiet = looks.at(-1) ?? 0;
    pause = nextPauseMs(pause, quiet);
    looks.push(quiet + pause);
  }
  expect(looks.slice(0, 5).map((at) => at / minute)).toEqual([1, 3, 7, 11, 15]);
  expect(looks.filter((at) => at <= 60 * minute)).toHaveLength(16);
  expect(looks.length).toBeLessThan(200);
});
