import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { runsOf } from '../support/runs-of.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  refusal,
  sections,
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
const { transcribeChunk, summarizeSection, reduceSummaries, closeWindow } = ALL_GOES_WELL;

const runs = ({ handle }: Job) => runsOf(bench.client, handle.workflowId);

/** Nothing of the window is to be asked for. */
const allHeld: Activities['lookUpChunks'] = ({ from, to }) =>
  Promise.resolve({ pending: [], held: to - from, heldBy: [] });

/** An answer as large as 40 of them make a history long. */
const large = async <T extends object>(answer: Promise<T>) => ({
  ...(await answer),
  padding: 'x'.repeat(62_500),
});

/** On a busy machine. */
const LONG_MS = 60_000;

describe.concurrent('a job that continues as new', { timeout: 2 * LONG_MS }, () => {
  test('does so after every second window of chunks, and goes on where it was', async () => {
    let letGoOn = (): void => undefined;
    const looked = new Promise<void>((resolve) => (letGoOn = resolve));
    let seen: unknown;
    const job = await bench.start({
      startJob: started({ transcribe: [first, second] }, { image: false }),
      prepareRecording: prepared(500),
      lookUpChunks: ({ from, to }) =>
        Promise.resolve({
          pending: from === 0 || from === 400 ? [{ index: from, start: 0, end: 300 }] : [],
          held: to - from - (from === 0 || from === 400 ? 1 : 0),
          heldBy: [],
        }),
      transcribeChunk: unless({ first: 'TargetExhausted' }, transcribeChunk),
      assembleTranscript: async (input) => {
        await looked;
        return await ALL_GOES_WELL.assembleTranscript(input);
      },
    });
    await expect
      .poll(() => job.inputsOf('assembleTranscript').length, { timeout: LONG_MS })
      .toBe(1);
    seen = await job.handle.query('progress');
    const latest = bench.client.workflow.getHandle(job.handle.workflowId);
    const { typedSearchAttributes, raw } = await latest.describe();
    const status = await workflowStatus(bench.client, job.handle.workflowId);
    letGoOn();
    await job.handle.result();

    expect(seen).toMatchObject({
      stage: 'assemble',
      stages: { prepare: 'done', transcribe: 'degraded', assemble: 'running' },
      chunks: { done: 500, total: 500 },
      degradations: [{ level: 'fallback', target: 'second' }],
    });
    expect(typedSearchAttributes.getAll().map(({ value }) => value)).toEqual(
      expect.arrayContaining(['default', 'assemble', 'true']),
    );
    expect(raw.workflowExecutionInfo?.firstRunId).toBe(job.handle.firstExecutionRunId);
    expect(status).toMatchObject({ status: 'running', firstRunId: job.handle.firstExecutionRunId });
    expect((await runs(job)).map((run) => run.status)).toEqual(['CONTINUED_AS_NEW', 'COMPLETED']);
    expect(job.inputsOf('startJob')).toHaveLength(1);
    expect(job.inputsOf('prepareRecording')).toHaveLength(1);
    expect(job.inputsOf('closeWindow').map(({ from }) => from)).toEqual([0, 200, 400]);
    // The second run knows that the first target is exhausted, and tells of it no second time.
    expect(
      job.inputsOf('transcribeChunk').map(({ target, index }) => `${target.name} ${index}`),
    ).toEqual(['first 0', 'second 0', 'second 400']);
    expect(job.inputsOf('renderMinutes')[0]).toMatchObject({
      degradations: [{ target: 'second' }],
    });
    const runIds = new Set(job.calls.map(({ input }) => input['runId']));
    expect([...runIds]).toEqual([job.handle.firstExecutionRunId]);
  });

  test('is cancelled by a request that comes just before it', async () => {
    const job: Job = await bench.start({
      startJob: started({}, { image: false }),
      prepareRecording: prepared(401),
      lookUpChunks: allHeld,
      closeWindow: async (input) => {
        if (input.from === 200) await job.handle.cancel();
        return await closeWindow(input);
      },
    });
    await expect(job.handle.result()).rejects.toThrow('Workflow execution cancelled');
    expect((await runs(job)).map((run) => run.status)).toEqual(['CANCELLED']);
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('does so within a window whose history became long, and asks for nothing twice', async () => {
    const done = new Set<number>();
    const doubt = {
      index: 1,
      stretch: { startSample: 16_000, endSample: 96_000 },
      start: 301,
      end: 306,
    };
    const job = await bench.run({
      startJob: started({ transcribe: [first] }, { image: false }),
      prepareRecording: prepared(80),
      lookUpChunks: async (input) => {
        const { pending } = await ALL_GOES_WELL.lookUpChunks(input);
        const left = pending.filter(({ index }) => !done.has(index));
        const doubts = done.has(1) ? [doubt] : [];
        return { pending: left, held: done.size, heldBy: [], doubts };
      },
      transcribeChunk: async (input) => {
        if (input.index === 0 || input.stretch !== undefined) throw refusal('BadRequest');
        const answer = await large(transcribeChunk(input));
        done.add(input.index);
        return { ...answer, doubts: input.index === 1 ? [doubt] : [] };
      },
    });
    const all = await runs(job);
    expect(all.map((run) => run.status)).toEqual(['CONTINUED_AS_NEW', 'COMPLETED']);
    for (const run of all) expect(run.sizeInBytes).toBeLessThan(5_000_000);
    const asked = job.inputsOf('transcribeChunk').map(({ index, stretch }) => [index, stretch]);
    expect(asked).toHaveLength(81);
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(81);
    expect(job.inputsOf('closeWindow')).toMatchObject([
      { from: 0, to: 80, failures: [{ index: 0, reason: 'BadRequest' }] },
    ]);
    expect(await job.handle.query('progress')).toMatchObject({ chunks: { done: 79, total: 80 } });
  });

  test('does so while it summarises, and names every answer in order', async () => {
    const keyOf = (kind: string, index: number) => `${kind}-${index}`;
    const kept = new Map<number, string[]>();
    const named: string[][] = [];
    const job = await bench.run({
      startJob: started({ summarize: [first] }, { image: false }),
      cutSections: () => Promise.resolve(sections(70)),
      summarizeSection: async (input) => {
        if (input.section === 7) throw refusal('BadRequest');
        const answer = await large(summarizeSection(input));
        return { ...answer, callKey: keyOf('section', input.section) };
      },
      keepAnswers: ({ level, part, answers }) => {
        expect(part).toBe(kept.get(level)?.length ?? 0);
        kept.set(level, [...(kept.get(level) ?? []), answers.join()]);
        return Promise.resolve();
      },
      planReduction: ({ level, parts = 0, answers = [] }) => {
        expect(kept.get(level)?.length ?? 0).toBe(parts);
        named.push([...(kept.get(level) ?? []), answers.join()].join().split(','));
        return Promise.resolve({ groups: [45, 1][level] ?? 0 });
      },
      reduceSummaries: async (input) => ({
        ...(await large(reduceSummaries(input))),
        callKey: keyOf('group', input.group),
      }),
    });
    const all = await runs(job);
    expect(all.length).toBeGreaterThanOrEqual(3);
    for (const run of all) expect(run.sizeInBytes).toBeLessThan(5_000_000);
    const indexes = (count: number) => Array.from({ length: count }, (_one, index) => index);
    expect(named).toEqual([
      indexes(70).map((index) => (index === 7 ? '' : keyOf('section', index))),
      indexes(45).map((index) => keyOf('group', index)),
      ['group-0'],
    ]);
    expect(job.inputsOf('summarizeSection')).toHaveLength(70);
    expect(job.inputsOf('cutSections')).toHaveLength(1);
    expect(job.inputsOf('reduceSummaries').map(({ level, group }) => `${level} ${group}`)).toEqual(
      expect.arrayContaining([...indexes(45).map((group) => `0 ${group}`), '1 0']),
    );
    expect(job.inputsOf('concludeSummary')).toMatchObject([
      { mode: 'model', level: 2, failedSections: [{ index: 7, reason: 'BadRequest' }] },
    ]);
    expect(await job.handle.query('progress')).toMatchObject({
      sections: { done: 69, total: 70 },
      stages: { summarize: 'done', publish: 'done' },
    });
  });
});
