import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withHeartbeat } from '../../activities/with-heartbeat.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  scheduledAtOnce,
  started,
  unless,
  type Job,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const first = recordedTarget('first');
const second = recordedTarget('second');
const third = recordedTarget('third');

const NO_PICTURE = { image: false };
const transcribeChunk = ALL_GOES_WELL.transcribeChunk;

/** Only the first chunk of every window has no stored answer. */
const oneAWindow: Activities['lookUpChunks'] = ({ from, to }) =>
  Promise.resolve({
    pending: [{ index: from, start: from * 300, end: (from + 1) * 300 }],
    held: to - from - 1,
    heldBy: [],
  });

const asked = (job: Job): string[] =>
  job.inputsOf('transcribeChunk').map(({ target, index }) => `${target.name} ${index}`);

const degradationsOf = (job: Job) => job.inputsOf('renderMinutes')[0]?.degradations;

describe.concurrent('transcription', () => {
  test('runs window by window, 200 chunks each', async () => {
    const job = await bench.run({
      startJob: started({}, NO_PICTURE),
      prepareRecording: prepared(401),
      lookUpChunks: oneAWindow,
    });
    const stage = job.calls.filter(({ name }) =>
      ['lookUpChunks', 'transcribeChunk', 'closeWindow'].includes(name),
    );
    expect(
      stage.map(({ name, input: { from, to, index } }) => [
        name,
        ...(index === undefined ? [from, to] : [index]),
      ]),
    ).toEqual([
      ['lookUpChunks', 0, 200],
      ['transcribeChunk', 0],
      ['closeWindow', 0, 200],
      ['lookUpChunks', 200, 400],
      ['transcribeChunk', 200],
      ['closeWindow', 200, 400],
      ['lookUpChunks', 400, 401],
      ['transcribeChunk', 400],
      ['closeWindow', 400, 401],
    ]);
    expect(job.inputsOf('assembleTranscript')).toMatchObject([{ windows: 3 }]);
    expect(await job.handle.query('progress')).toMatchObject({ chunks: { done: 401, total: 401 } });
  });

  test('has 24 chunks in flight at most', async () => {
    const job = await bench.run({
      startJob: started({}, NO_PICTURE),
      prepareRecording: prepared(30),
    });
    expect(job.inputsOf('transcribeChunk')).toHaveLength(30);
    expect(await scheduledAtOnce(job, 'transcribeChunk')).toBe(24);
  });

  test('falls back from an exhausted target, stays with the next one, and records the reason', async () => {
    const job = await bench.run({
      startJob: started({ transcribe: [first, second] }, NO_PICTURE),
      prepareRecording: prepared(401),
      lookUpChunks: oneAWindow,
      transcribeChunk: unless({ first: 'TargetExhausted' }, transcribeChunk),
    });
    expect(asked(job)).toEqual(['first 0', 'second 0', 'second 200', 'second 400']);
    expect(job.inputsOf('transcribeChunk').map(({ last }) => last)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(degradationsOf(job)).toEqual([
      {
        stage: 'transcribe',
        role: 'transcribe',
        level: 'fallback',
        target: 'second',
        spans: [],
        reason: 'first: TargetExhausted',
      },
    ]);
    expect(await job.handle.query('progress')).toMatchObject({
      stages: { prepare: 'done', transcribe: 'degraded', assemble: 'done' },
    });
  });

  test('probes the earlier target after the interval of the job, and returns to it', async () => {
    let calls = 0;
    const job = await bench.run({
      // Every item is a probe.
      startJob: started({ transcribe: [first, second] }, { ...NO_PICTURE, probeMs: 0 }),
      prepareRecording: prepared(401),
      lookUpChunks: oneAWindow,
      transcribeChunk: (input) => {
        calls += 1;
        return unless(calls === 1 ? { first: 'TargetExhausted' } : {}, transcribeChunk)(input);
      },
    });
    expect(asked(job)).toEqual(['first 0', 'second 0', 'first 200', 'first 400']);
  });

  test('sends only the chunk that a target cannot do to the next one', async () => {
    const job = await bench.run({
      startJob: started({ transcribe: [first, second] }, NO_PICTURE),
      prepareRecording: prepared(401),
      lookUpChunks: oneAWindow,
      transcribeChunk: (input) =>
        unless(input.index === 0 ? { first: 'ItemExhausted' } : {}, transcribeChunk)(input),
    });
    expect(asked(job)).toEqual(['first 0', 'second 0', 'first 200', 'first 400']);
    expect(degradationsOf(job)).toMatchObject([
      { level: 'fallback', target: 'second', reason: 'first: ItemExhausted' },
    ]);
  });

  test('reports once a later target whose answers were stored by an earlier job', async () => {
    const job = await bench.run({
      startJob: started({ transcribe: [first, second] }, NO_PICTURE),
      prepareRecording: prepared(401),
      lookUpChunks: ({ from, to }) =>
        Promise.resolve({ pending: [], held: to - from, heldBy: ['first', 'second'] }),
    });
    expect(asked(job)).toEqual([]);
    expect(degradationsOf(job)).toEqual([
      {
        stage: 'transcribe',
        role: 'transcribe',
        level: 'earlier',
        target: 'second',
        spans: [],
        reason: 'stored',
      },
    ]);
  });

  test('wakes an endpoint that is asleep, on the queue io, and retries it', async () => {
    const managed = recordedTarget('first', { managed: true });
    let isAwake = false;
    const job = await bench.run({
      startJob: started({ transcribe: [managed] }, NO_PICTURE),
      transcribeChunk: (input) =>
        unless(isAwake ? {} : { first: 'EndpointAsleep' }, transcribeChunk)(input),
      ensureEndpointReady: () => {
        isAwake = true;
        return Promise.resolve({ state: 'running', waitedMs: 90_000 });
      },
    });
    expect(job.calls.map(({ name }) => name).slice(2, 7)).toEqual([
      'lookUpChunks',
      'transcribeChunk',
      'ensureEndpointReady',
      'transcribeChunk',
      'closeWindow',
    ]);
    const waking = job.calls.find(({ name }) => name === 'ensureEndpointReady');
    expect(waking?.input).toMatchObject({ target: { name: 'first' }, last: true });
    expect(waking?.info).toMatchObject({
      taskQueue: 'io',
      startToCloseTimeoutMs: 2 * 60_000,
      retryPolicy: { maximumAttempts: 30_000 },
      heartbeatTimeoutMs: 30_000,
    });
    expect(degradationsOf(job)).toEqual([]);
  });

  test('goes on with the stored answers where the account cannot pay for asking again', async () => {
    const job = await bench.run({
      startJob: started({ transcribe: [first] }, NO_PICTURE),
      prepareRecording: prepared(1),
      lookUpChunks: () =>
        Promise.resolve({
          pending: [],
          held: 1,
          heldBy: ['first'],
          doubts: [{ index: 0, stretch: { startSample: 0, endSample: 96_000 }, start: 0, end: 6 }],
        }),
      transcribeChunk: unless({ first: 'OutOfCredit' }, transcribeChunk),
    });
    expect(job.inputsOf('transcribeChunk')).toHaveLength(1);
    expect(job.inputsOf('closeWindow')).toMatchObject([{ failures: [] }]);
    expect(job.result).toMatchObject({ result: 'complete' });
  });

  test('asks again for what an answer leaves in doubt, once, and closes the window after that', async () => {
    const doubt = (index: number, startSample: number) => ({
      index,
      stretch: { startSample, endSample: startSample + 96_000 },
      start: startSample / 16_000,
      end: startSample / 16_000 + 6,
    });
    const job = await bench.run({
      startJob: started({ transcribe: [first, second] }, NO_PICTURE),
      prepareRecording: prepared(3),
      lookUpChunks: () =>
        Promise.resolve({
          pending: [{ index: 1, start: 300, end: 600 }],
          held: 2,
          heldBy: ['first'],
          doubts: [doubt(0, 16_000)],
        }),
      transcribeChunk: async (input) => {
        if (input.stretch?.startSample === 16_000) {
          return await unless({ first: 'BadRequest' }, transcribeChunk)(input);
        }
        const answered = await transcribeChunk(input);
        // What is in doubt after the second answer is not asked a third time.
        return { ...answered, doubts: [doubt(1, 4_816_000)] };
      },
    });
    expect(job.inputsOf('transcribeChunk').map(({ index, stretch }) => [index, stretch])).toEqual([
      [1, undefined],
      [1, { startSample: 4_816_000, endSample: 4_912_000 }],
      [0, { startSample: 16_000, endSample: 112_000 }],
    ]);
    expect(job.inputsOf('closeWindow')).toMatchObject([{ failures: [] }]);
    expect(job.calls.findLastIndex(({ name }) => name === 'transcribeChunk')).toBeLessThan(
      job.calls.findIndex(({ name }) => name === 'closeWindow'),
    );
    expect(await job.handle.query('progress')).toMatchObject({ chunks: { done: 3, total: 3 } });
    expect(degradationsOf(job)).toEqual([]);
  });

  test('closes a window anew while answers leave others in doubt, and asks for each once', async () => {
    const doubt = (startSample: number) => ({
      index: 0,
      stretch: { startSample, endSample: startSample + 96_000 },
      start: startSample / 16_000,
      end: startSample / 16_000 + 6,
    });
    const closings = [[doubt(0)], [doubt(160_000), doubt(320_000)], [doubt(160_000)], []];
    const job = await bench.run({
      startJob: started({ transcribe: [first] }, NO_PICTURE),
      prepareRecording: prepared(1),
      closeWindow: () =>
        Promise.resolve({ transcribed: 1, failed: 0, doubts: closings.shift() ?? [] }),
      transcribeChunk: async (input) =>
        input.stretch?.startSample === 160_000
          ? await unless({ first: 'BadRequest' }, transcribeChunk)(input)
          : await transcribeChunk(input),
    });
    const asked = job.inputsOf('transcribeChunk').map(({ stretch }) => stretch?.startSample);
    expect(asked).toHaveLength(4);
    expect(asked.slice(0, 2)).toEqual([undefined, 0]);
    // Both at once, in either order.
    expect(new Set(asked.slice(2))).toEqual(new Set([160_000, 320_000]));
    // The last closing has what nobody answers: it is not asked a second time.
    expect(job.inputsOf('closeWindow')).toHaveLength(3);
    expect(job.result).toMatchObject({ result: 'complete' });
  });

  test('asks for a stretch that begins where one without an answer did, and ends elsewhere', async () => {
    const doubt = (endSample: number) => ({
      index: 0,
      stretch: { startSample: 0, endSample },
      start: 0,
      end: endSample / 16_000,
    });
    const closings = [[doubt(64_000)], [doubt(64_000), doubt(128_000)], [doubt(64_000)]];
    const job = await bench.run({
      startJob: started({ transcribe: [first] }, NO_PICTURE),
      prepareRecording: prepared(1),
      closeWindow: () =>
        Promise.resolve({ transcribed: 1, failed: 0, doubts: closings.shift() ?? [] }),
      transcribeChunk: async (input) =>
        input.stretch?.endSample === 64_000
          ? await unless({ first: 'BadRequest' }, transcribeChunk)(input)
          : await transcribeChunk(input),
    });
    expect(job.inputsOf('transcribeChunk').map(({ stretch }) => stretch?.endSample)).toEqual([
      undefined,
      64_000,
      128_000,
    ]);
    expect(job.result).toMatchObject({ result: 'complete' });
  });

  test('tells a later attempt what an earlier one remembered just before it failed', async () => {
    const remembered: unknown[] = [];
    await bench.run({
      startJob: started({}, NO_PICTURE),
      transcribeChunk: (input) =>
        withHeartbeat(async ({ memory, remember }) => {
          remembered.push(memory().waitedMs);
          if (remembered.length === 3) return await transcribeChunk(input);
          remember({ waitedMs: remembered.length * 1_000 });
          throw ApplicationFailure.create({ type: 'RateLimited', nextRetryDelay: 10 });
        }),
    });
    expect(remembered).toEqual([null, 1_000, 2_000]);
  });

  test('records a chunk that is refused, and continues', async () => {
    const job = await bench.run({
      startJob: started({ transcribe: [first, second] }, NO_PICTURE),
      prepareRecording: prepared(3),
      transcribeChunk: (input) =>
        unless(input.index === 1 ? { first: 'BadRequest' } : {}, transcribeChunk)(input),
    });
    expect(job.inputsOf('closeWindow')).toMatchObject([
      { from: 0, to: 3, failures: [{ index: 1, reason: 'BadRequest' }] },
    ]);
    expect(asked(job).toSorted()).toEqual(['first 0', 'first 1', 'first 2']);
    expect(degradationsOf(job)).toEqual([]);
  });

  test.for(['Unauthorized', 'OutOfCredit'])(
    'stops the job when every account is refused (%s)',
    async (type) => {
      const job = await bench.fail({
        startJob: started({ transcribe: [first, second] }, NO_PICTURE),
        transcribeChunk: unless({ first: type, second: type }, transcribeChunk),
      });
      expect(job.cause).toMatchObject({ type, message: `second says ${type}` });
      expect(asked(job)).toEqual(['first 0', 'second 0']);
      expect(job.inputsOf('closeWindow')).toEqual([]);
      expect(job.inputsOf('closeJob')).toMatchObject([
        { status: 'failed', failure: { type, message: `second says ${type}` } },
      ]);
    },
  );

  test('fails the job when no chunk was answered, with the message of the last target', async () => {
    const job = await bench.fail({
      startJob: started({ transcribe: [first, second, third] }, NO_PICTURE),
      prepareRecording: prepared(2),
      transcribeChunk: unless(
        { first: 'TargetExhausted', second: 'ModelNotFound', third: 'TargetExhausted' },
        transcribeChunk,
      ),
    });
    const failure = {
      type: 'TranscriptionFailed',
      message: 'not one of 2 chunks could be transcribed: third says TargetExhausted',
    };
    expect(job.cause).toMatchObject(failure);
    const [window] = job.inputsOf('closeWindow');
    expect(window?.failures.toSorted((one, other) => one.index - other.index)).toEqual([
      { index: 0, reason: 'TargetExhausted' },
      { index: 1, reason: 'TargetExhausted' },
    ]);
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'failed', failure }]);
  });
});
