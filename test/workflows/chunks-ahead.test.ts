import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withHeartbeat } from '../../activities/with-heartbeat.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { ReadyChunks } from '../../workflows/contracts/transcribing.ts';
import { CHUNKS_READY_SIGNAL, PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  refusal,
  started,
  type Job,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const startJob = started({}, { image: false });
const { transcribeChunk, lookUpChunks } = ALL_GOES_WELL;

/** Tells the workflow of the running activity that its first chunks are ready. */
async function tell(chunks: number): Promise<void> {
  const { workflowId } = activityInfo().workflowExecution ?? {};
  const ready: ReadyChunks = {
    planKey: `plan-${chunks}`,
    scratch: 'a-scratch/',
    chunks,
    speechChunks: chunks,
  };
  await bench.client.workflow.getHandle(workflowId ?? '').signal(CHUNKS_READY_SIGNAL, ready);
}

/** Counts the chunks that are answered, and waits for a number of them. */
function answering() {
  let answered = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  const transcribe: Activities['transcribeChunk'] = async (input) => {
    answered += 1;
    for (const { count, resolve } of waiting) if (answered >= count) resolve();
    return await transcribeChunk(input);
  };
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (answered >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { transcribe, until };
}

const asked = (job: Job): number[] =>
  job
    .inputsOf('transcribeChunk')
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
const ranges = (job: Job, name: 'lookUpChunks' | 'closeWindow') =>
  job.inputsOf(name).map(({ planKey, from, to }) => [planKey, from, to]);
const progressOf = async ({ handle }: Job) => await handle.query<Progress>(PROGRESS_QUERY);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.concurrent('chunks that are ready before the rest', { timeout: 60_000 }, () => {
  test('are transcribed while the recording is prepared, each once', async () => {
    const { transcribe, until } = answering();
    const told = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<void>();
    const running = await bench.start({
      startJob,
      transcribeChunk: transcribe,
      prepareRecording: async (input) => {
        expect(input.tellsReady).toBe(true);
        await tell(3);
        await until(3);
        await tell(3);
        await tell(5);
        await until(5);
        told.resolve();
        await seen.promise;
        return await prepared(7)(input);
      },
    });
    await told.promise;
    const meanwhile = await progressOf(running);
    seen.resolve();
    await running.handle.result();

    expect(meanwhile).toMatchObject({
      stage: 'transcribe',
      stages: { prepare: 'running', transcribe: 'running' },
      chunks: { total: 5, isAtLeast: true },
    });
    expect(asked(running)).toEqual(numbers(7));
    expect(ranges(running, 'lookUpChunks')).toEqual([
      ['plan-3', 0, 3],
      ['plan-5', 3, 5],
      ['a-plan', 5, 7],
    ]);
    expect(ranges(running, 'closeWindow')).toEqual([['a-plan', 0, 7]]);
    expect(running.inputsOf('transcribeChunk')[0]).toMatchObject({
      planKey: 'plan-3',
      scratch: 'a-scratch/',
    });
    expect(running.inputsOf('assembleTranscript')).toMatchObject([
      { planKey: 'a-plan', windows: 1 },
    ]);
    const { chunks, stages } = await progressOf(running);
    expect(chunks).toEqual({ done: 7, total: 7 });
    expect(stages).toMatchObject({ prepare: 'done', transcribe: 'done' });
  });

  test('are not asked for again by the next attempt of an activity that was lost, nor when they failed', async () => {
    const { transcribe, until } = answering();
    const job = await bench.run({
      startJob,
      transcribeChunk: async (input) => {
        const answer = await transcribe(input);
        if (input.index === 1) throw refusal('BadRequest');
        return answer;
      },
      prepareRecording: async (input) => {
        await tell(4);
        await until(4);
        if (activityInfo().attempt === 1) throw new Error('the worker went away');
        return await prepared(5)(input);
      },
    });
    expect(asked(job)).toEqual(numbers(5));
    expect(job.inputsOf('prepareRecording')).toHaveLength(2);
    expect(job.inputsOf('closeWindow')).toMatchObject([
      { from: 0, to: 5, failures: [{ index: 1, reason: 'BadRequest' }] },
    ]);
  });

  test('fill windows, which are closed while the recording is prepared; the job continues as new after that', async () => {
    const closed = Promise.withResolvers<void>();
    const job = await bench.run({
      startJob,
      lookUpChunks: ({ from, to }) => Promise.resolve({ pending: [], held: to - from, heldBy: [] }),
      closeWindow: async (input) => {
        if (input.from === 200) closed.resolve();
        return await ALL_GOES_WELL.closeWindow(input);
      },
      prepareRecording: async (input) => {
        await tell(200);
        await tell(450);
        await closed.promise;
        return await prepared(900)(input);
      },
    });
    expect(ranges(job, 'closeWindow')).toEqual([
      [expect.stringMatching(/^plan-(?:200|450)$/), 0, 200],
      ['plan-450', 200, 400],
      ['a-plan', 400, 600],
      ['a-plan', 600, 800],
      ['a-plan', 800, 900],
    ]);
    // How much is left to be heard is not known before.
    expect(job.inputsOf('cutAhead').every(({ planKey }) => planKey === 'a-plan')).toBe(true);
    expect(job.inputsOf('prepareRecording')).toHaveLength(1);
    expect(await progressOf(job)).toMatchObject({ chunks: { done: 900, total: 900 } });
  });

  test('do not keep a recording that cannot be prepared from failing, and are given up', async () => {
    const begun = Promise.withResolvers<void>();
    let given = false;
    const job = await bench.fail({
      startJob,
      prepareRecording: async () => {
        await tell(2);
        await begun.promise;
        throw refusal('UnreadableAudio');
      },
      transcribeChunk: (input) =>
        withHeartbeat(async ({ signal }) => {
          begun.resolve();
          if (input.index === 1) return await transcribeChunk(input);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          given = true;
          signal.throwIfAborted();
          return await transcribeChunk(input);
        }),
    });
    expect(job.cause).toMatchObject({ type: 'UnreadableAudio' });
    expect(given).toBe(true);
    expect(job.inputsOf('closeJob')).toMatchObject([
      { status: 'failed', failure: { type: 'UnreadableAudio' } },
    ]);
    const { stages } = await progressOf(job);
    expect(stages).toMatchObject({ prepare: 'failed', transcribe: 'cancelled' });
  });

  test('end the preparation where an account refuses them', async () => {
    let given = false;
    const job = await bench.fail({
      startJob,
      prepareRecording: (input) =>
        withHeartbeat(async () => {
          await tell(2);
          await new Promise((resolve) => cancellationSignal().addEventListener('abort', resolve));
          given = true;
          cancellationSignal().throwIfAborted();
          return await prepared(2)(input);
        }),
      transcribeChunk: () => Promise.reject(refusal('OutOfCredit')),
    });
    expect(job.cause).toMatchObject({ type: 'OutOfCredit' });
    expect(given).toBe(true);
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'failed' }]);
  });

  test('are transcribed before somebody is asked who spoke, who needs all of the recording', async () => {
    const { transcribe, until } = answering();
    const order: string[] = [];
    const job = await bench.run({
      startJob: started({ diarize: [recordedTarget('second')] }, { image: false }),
      transcribeChunk: transcribe,
      prepareRecording: async (input) => {
        await tell(2);
        await until(2);
        order.push('prepared');
        return await prepared(3)(input);
      },
      diarizeRecording: async (input) => {
        order.push('who spoke');
        return await ALL_GOES_WELL.diarizeRecording(input);
      },
      lookUpChunks,
    });
    expect(order).toEqual(['prepared', 'who spoke']);
    expect(job.inputsOf('diarizeRecording')).toMatchObject([{ planKey: 'a-plan' }]);
    expect(job.inputsOf('assembleTranscript')).toMatchObject([{ diarized: 'd'.repeat(64) }]);
    expect(asked(job)).toEqual([0, 1, 2]);
  });

  test('a cancelled job ends both', async () => {
    const begun = Promise.withResolvers<void>();
    const running = await bench.start({
      startJob,
      prepareRecording: (input) =>
        withHeartbeat(async () => {
          await tell(1);
          await new Promise((resolve) => cancellationSignal().addEventListener('abort', resolve));
          cancellationSignal().throwIfAborted();
          return await prepared(2)(input);
        }),
      transcribeChunk: (input) =>
        withHeartbeat(async ({ signal }) => {
          begun.resolve();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          signal.throwIfAborted();
          return await transcribeChunk(input);
        }),
    });
    await begun.promise;
    await running.handle.cancel();
    await expect(running.handle.result()).rejects.toThrow('cancelled');
    expect(running.inputsOf('closeJob')).toMatchObject([{ status: 'cancelled' }]);
    const { stages } = await progressOf(running);
    expect(stages).toMatchObject({ prepare: 'cancelled', transcribe: 'cancelled' });
  });
});
