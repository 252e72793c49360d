import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  refusal,
  started,
  unless,
  type FinishedJob,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const { diarizeRecording, transcribeChunk } = ALL_GOES_WELL;
const startJob = started({ diarize: [recordedTarget('second')] });
const CALL_KEY = 'd'.repeat(64);

const degradation = (reason: string) => ({
  stage: 'diarize',
  role: 'diarize',
  level: 'missing',
  target: null,
  spans: [],
  reason,
});

/** There are minutes without names, which say why. */
function expectWithout(job: FinishedJob, reason: string): void {
  expect(job.inputsOf('assembleTranscript')[0]).not.toHaveProperty('diarized');
  expect(job.inputsOf('renderMinutes')).toMatchObject([{ degradations: [degradation(reason)] }]);
  expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'completed', result: 'complete' }]);
}

const stagesOf = async ({ handle }: FinishedJob) =>
  (await handle.query<Progress>(PROGRESS_QUERY)).stages;

describe.concurrent('who spoke', () => {
  test('is asked once for the whole recording, and later stages get the key of the answer', async () => {
    const job = await bench.run({ startJob, prepareRecording: prepared(3) });
    expect(job.inputsOf('prepareRecording')).toMatchObject([{ speakers: true }]);
    const [asked, ...others] = job.calls.filter(({ name }) => name === 'diarizeRecording');
    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      queue: 'paid.second',
      input: { planKey: 'a-plan', scratch: 'a-scratch/', target: { name: 'second' }, last: false },
      // 900 s of audio.
      info: { startToCloseTimeoutMs: 480_000 },
    });
    expect(job.inputsOf('assembleTranscript')).toMatchObject([{ diarized: CALL_KEY }]);
    expect(job.inputsOf('renderMinutes')).toMatchObject([
      { diarized: CALL_KEY, degradations: [], chains: { diarize: ['second'] } },
    ]);
    expect(await stagesOf(job)).toMatchObject({ transcribe: 'done', diarize: 'done' });
  });

  test('is found out beside the transcription: each waits for the other here', async () => {
    const [asked, transcribed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const job = await bench.run({
      startJob,
      transcribeChunk: async (input) => {
        await asked.promise;
        transcribed.resolve();
        return await transcribeChunk(input);
      },
      diarizeRecording: async (input) => {
        asked.resolve();
        await transcribed.promise;
        return await diarizeRecording(input);
      },
    });
    expect(job.inputsOf('assembleTranscript')).toMatchObject([{ diarized: CALL_KEY }]);
  });

  test('is not asked where no target is configured, which is no degradation', async () => {
    const job = await bench.run({ startJob: started({ diarize: [] }) });
    expect(job.inputsOf('prepareRecording')[0]).not.toHaveProperty('speakers');
    expect(job.inputsOf('diarizeRecording')).toEqual([]);
    expect(job.inputsOf('renderMinutes')).toMatchObject([{ degradations: [] }]);
    expect(await stagesOf(job)).toMatchObject({ diarize: 'skipped' });
  });

  test('is not asked where tracks of their own tell', async () => {
    const job = await bench.run({
      startJob,
      prepareRecording: async (input) => ({ ...(await prepared(1)(input)), tracks: 2 }),
    });
    expect(job.inputsOf('diarizeRecording')).toEqual([]);
    expect(job.inputsOf('renderMinutes')).toMatchObject([{ degradations: [] }]);
  });

  test('is asked of the next target, if one fails', async () => {
    const job = await bench.run({
      startJob: started({ diarize: [recordedTarget('second'), recordedTarget('third')] }),
      diarizeRecording: unless({ second: 'TargetExhausted' }, diarizeRecording),
    });
    expect(job.inputsOf('assembleTranscript')).toMatchObject([{ diarized: CALL_KEY }]);
    expect(job.inputsOf('renderMinutes')[0]?.degradations).toMatchObject([
      { stage: 'diarize', level: 'fallback', target: 'third' },
    ]);
  });

  test.for(['TargetExhausted', 'BadRequest'])(
    'stays open if no target answers: %s',
    async (type) => {
      const job = await bench.run({
        startJob,
        diarizeRecording: unless({ second: type }, diarizeRecording),
      });
      expectWithout(job, `second: ${type}`);
      expect(await stagesOf(job)).toMatchObject({ diarize: 'degraded', transcribe: 'done' });
    },
  );

  test.for<[string, Activities['diarizeRecording']]>([
    ['TypeError', () => Promise.reject(new TypeError('undefined is not a function'))],
    ['MissingObject', () => Promise.reject(refusal('MissingObject'))],
  ])('stays open after a failure of our own: %s', async ([reason, fails]) => {
    const job = await bench.run({ startJob, diarizeRecording: fails });
    expect(job.inputsOf('diarizeRecording')).toHaveLength(1);
    expectWithout(job, reason);
  });

  test('is asked of targets that take a recording of that length', async () => {
    const short = recordedTarget('second', { audioSeconds: 899 });
    const long = recordedTarget('third', { audioSeconds: 900 });
    const asked = { prepareRecording: prepared(3) };
    const job = await bench.run({ ...asked, startJob: started({ diarize: [short, long] }) });
    expect(job.inputsOf('diarizeRecording')).toMatchObject([{ target: { name: 'third' } }]);

    const none = await bench.run({ ...asked, startJob: started({ diarize: [short] }) });
    expect(none.inputsOf('diarizeRecording')).toEqual([]);
    expectWithout(none, 'second: TooLarge');
  });

  test('is no longer asked when the transcription fails', async () => {
    let isCancelled = false;
    const job = await bench.fail({
      startJob,
      transcribeChunk: unless({ first: 'Unauthorized' }, transcribeChunk),
      diarizeRecording: async () => {
        const signal = cancellationSignal();
        const beat = setInterval(() => heartbeat(), 20);
        try {
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          });
          throw new Error('unreachable');
        } finally {
          isCancelled = signal.aborted;
          clearInterval(beat);
        }
      },
    });
    expect(isCancelled).toBe(true);
    expect(job.inputsOf('closeJob')).toMatchObject([
      { status: 'failed', failure: { type: 'Unauthorized' } },
    ]);
  });
});
