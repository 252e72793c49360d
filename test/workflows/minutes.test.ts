import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedTarget } from './recorded-target.ts';
import {
  openWorkflowBench,
  prepared,
  refusal,
  started,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

let shared: ReturnType<WorkflowBench['run']> | undefined;
const sharedJob = () => (shared ??= bench.run());

function chain(audioSeconds: readonly number[]) {
  const names = ['first', 'second', 'third'];
  return (audioSeconds.length === 0 ? [null] : audioSeconds).map((seconds, index) =>
    recordedTarget(names[index] ?? '', { audioSeconds: seconds }),
  );
}

describe.concurrent('the minutes workflow', () => {
  test('an input that is too long for Temporal fails the job, which is closed', async () => {
    const { cause, inputsOf } = await bench.fail({
      prepareRecording: async (input) => ({
        ...(await prepared(1)(input)),
        planKey: 'x'.repeat(1_000_000),
      }),
    });
    expect(cause).toMatchObject({ type: 'PayloadTooLarge' });
    expect(inputsOf('closeJob')).toMatchObject([
      { status: 'failed', failure: { type: 'PayloadTooLarge' } },
    ]);
  });

  test('a job runs its stages one after the other, each activity on its own queue', async () => {
    const { calls, result, inputsOf, handle } = await bench.run();
    expect(calls.map(({ name, queue }) => `${queue} ${name}`)).toEqual([
      'io startJob',
      'media prepareRecording',
      'io lookUpChunks',
      'paid.first transcribeChunk',
      'io closeWindow',
      'io assembleTranscript',
      'io cutSections',
      'paid.first summarizeSection',
      'io planReduction',
      'paid.first reduceSummaries',
      'io planReduction',
      'io concludeSummary',
      'paid.first drawPicture',
      'paid.first moderatePicture',
      'media assessPicture',
      'media publishPicture',
      'io renderMinutes',
      'io publishMinutes',
      'io closeJob',
    ]);
    // Every activity knows the run that it works for.
    const { firstExecutionRunId: runId } = handle;
    expect(calls.filter(({ input }) => input['runId'] !== runId)).toEqual([]);
    expect(inputsOf('transcribeChunk')).toMatchObject([{ scratch: 'a-scratch/' }]);
    expect(result).toMatchObject({ result: 'complete', degradations: 0 });
    expect(inputsOf('closeJob')).toMatchObject([
      { status: 'completed', result: 'complete', failure: null },
    ]);
    expect(inputsOf('renderMinutes')).toMatchObject([
      {
        planKey: 'a-plan',
        windows: 1,
        chains: {
          transcribe: ['first'],
          summarize: ['first'],
          illustrate: ['first'],
          moderate: ['first'],
        },
        degradations: [],
        summarized: { mode: 'model', level: 1, generation: 0, failedSections: [] },
        picture: { sha256: 'picture-0', attempt: 0, quality: 0.8, verdict: 'safe' },
      },
    ]);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({
      Tenant: ['default'],
      Stage: ['publish'],
      Language: ['en'],
      Degraded: ['false'],
    });
  });

  test('minutes are rendered again, and once only, when speakers were named after they were rendered', async () => {
    let published = 0;
    const { calls, inputsOf } = await bench.run({
      publishMinutes: () =>
        Promise.resolve((published += 1) === 1 ? { renderAgain: true } : undefined),
    });
    expect(calls.slice(-5).map(({ name }) => name)).toEqual([
      'renderMinutes',
      'publishMinutes',
      'renderMinutes',
      'publishMinutes',
      'closeJob',
    ]);
    expect(inputsOf('closeJob')).toMatchObject([{ status: 'completed', result: 'complete' }]);
  });

  // Seconds: start-to-close and heartbeat timeouts; the first and the longest pause; then the attempts.
  test.each([
    ['startJob', [120, 30], [1, 60], 37],
    ['closeJob', [120, 30], [1, 60], 37],
    ['prepareRecording', [21_600, 30], [2, 60], 125],
    ['assembleTranscript', [900, 30], [1, 60], 37],
    ['renderMinutes', [900, 30], [1, 60], 37],
    ['publishPicture', [1800, 30], [2, 60], 125],
    ['transcribeChunk', [180, 20], [2, 60], 30_000],
    ['summarizeSection', [240, 20], [2, 60], 30_000],
    ['reduceSummaries', [240, 20], [2, 60], 30_000],
    ['drawPicture', [300, 20], [2, 60], 30_000],
    ['moderatePicture', [60, 20], [2, 60], 30_000],
  ] as const)('%s has its timeouts, pauses and attempts', async (name, times, pauses, attempts) => {
    const { calls } = await sharedJob();
    const info = calls.find((call) => call.name === name)?.info;
    const timesMs = [info?.startToCloseTimeoutMs, info?.heartbeatTimeoutMs];
    expect(timesMs).toEqual(times.map((seconds) => seconds * 1000));
    expect(info?.retryPolicy).toMatchObject({
      initialInterval: pauses[0] * 1000,
      maximumInterval: pauses[1] * 1000,
      backoffCoefficient: 2,
      maximumAttempts: attempts,
    });
  });

  test('a job without a picture draws none', async () => {
    const { calls, inputsOf, handle } = await bench.run({
      startJob: started({}, { image: false }),
    });
    expect(calls.map(({ name }) => name)).not.toContain('drawPicture');
    expect(inputsOf('renderMinutes')).toMatchObject([{ picture: null, degradations: [] }]);
    expect(await handle.query('progress')).toMatchObject({
      stages: { summarize: 'done', illustrate: 'skipped', publish: 'done' },
    });
  });

  test('a chunk is as long as all targets of the chain allow, and 300 seconds at most', async () => {
    const limits = [
      [[], 300],
      [[600], 300],
      [[120, 30], 30],
    ] as const;
    for (const [audioSeconds, chunkLimitSeconds] of limits) {
      const { inputsOf } = await bench.fail({
        startJob: started({ transcribe: chain(audioSeconds) }),
        prepareRecording: () => Promise.reject(refusal('NoSpeech')), // the rest of the job does not matter here
      });
      expect(inputsOf('prepareRecording')).toMatchObject([{ chunkLimitSeconds }]);
    }
  });

  describe.concurrent('a job fails, and is closed as failed', () => {
    test('before decoding when no target can transcribe', async () => {
      const { calls, cause, inputsOf } = await bench.fail({
        startJob: started({ transcribe: [] }),
      });
      expect(calls.map(({ name }) => name)).toEqual(['startJob', 'closeJob']);
      expect(cause).toBeInstanceOf(ApplicationFailure);
      expect(cause).toMatchObject({ type: 'NoTarget' });
      expect(inputsOf('closeJob')).toMatchObject([
        {
          status: 'failed',
          result: null,
          failure: {
            type: 'NoTarget',
            message:
              'transcribe: no target of this role is configured; `hansard doctor` says which variable is unset',
          },
        },
      ]);
    });

    test('with the type and the message of the activity that failed', async () => {
      const { calls, cause, inputsOf, handle } = await bench.fail({
        prepareRecording: () => Promise.reject(refusal('UnreadableAudio', 'no sound in it')),
      });
      expect(cause).toMatchObject({ type: 'UnreadableAudio' });
      expect(calls.map(({ name }) => name)).toEqual(['startJob', 'prepareRecording', 'closeJob']);
      expect(inputsOf('closeJob')).toMatchObject([
        {
          status: 'failed',
          result: null,
          failure: { type: 'UnreadableAudio', message: 'no sound in it' },
        },
      ]);
      expect(await handle.query('progress')).toMatchObject({
        stage: 'prepare',
        stages: { prepare: 'failed', transcribe: 'waiting' },
      });
    });
  });

  test('a cancelled job waits for its activity, and is closed as cancelled', async () => {
    const drawing = Promise.withResolvers<void>();
    let isDrawing = false;
    let wasDrawingAtTheEnd: boolean | null = null;
    const job = await bench.start({
      drawPicture: async () => {
        isDrawing = true;
        drawing.resolve();
        const heartbeats = setInterval(() => Context.current().heartbeat(), 20);
        try {
          return await Context.current().cancelled;
        } finally {
          clearInterval(heartbeats);
          // A job that did not wait would be closed during this time.
          await sleep(300);
          isDrawing = false;
        }
      },
      closeJob: () => {
        wasDrawingAtTheEnd = isDrawing;
        return Promise.resolve();
      },
    });
    await drawing.promise;
    await job.handle.cancel();
    await expect(job.handle.result()).rejects.toMatchObject({
      cause: expect.any(CancelledFailure) as unknown,
    });
    expect((await job.handle.describe()).status.name).toBe('CANCELLED');
    expect(wasDrawingAtTheEnd).toBe(false);
    expect(job.calls.map(({ name }) => name).slice(-2)).toEqual(['drawPicture', 'closeJob']);
    expect(job.inputsOf('closeJob')).toMatchObject([
      { status: 'cancelled', result: null, failure: null },
    ]);
    expect(await job.handle.query('progress')).toMatchObject({
      stages: { summarize: 'done', illustrate: 'cancelled', render: 'waiting' },
    });
  });
});
