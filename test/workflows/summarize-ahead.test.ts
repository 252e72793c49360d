import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { runsOf } from '../support/runs-of.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  refusal,
  sections,
  started,
  type FakeActivities,
  type FinishedJob,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const { summarizeSection, closeWindow, diarizeRecording } = ALL_GOES_WELL;
const keyOf = (section: number) => String(section).padStart(64, '0');

/** Two windows, all of whose chunks are held; the last one closes once `lastWindow` lets it. */
const twoWindows = (lastWindow: () => Promise<unknown> = () => Promise.resolve()) =>
  ({
    startJob: started({}, { image: false }),
    prepareRecording: prepared(300),
    lookUpChunks: ({ from, to }) => Promise.resolve({ pending: [], held: to - from, heldBy: [] }),
    closeWindow: async (input) => {
      if (input.from === 200) await lastWindow();
      return await closeWindow(input);
    },
  }) satisfies FakeActivities;

/** Three sections, of which those in `done` are stored. */
const cutInto =
  (done: ReadonlySet<number>): Activities['cutSections'] =>
  () =>
    Promise.resolve({
      ...sections(3),
      held: [0, 1, 2].map((section) =>
        done.has(section) ? { callKey: keyOf(section), target: 'first' } : null,
      ),
    });

const asked = (job: FinishedJob) =>
  job
    .inputsOf('summarizeSection')
    .map(({ section, ahead }) => `${section}${ahead === true ? ' ahead' : ''}`);

describe.concurrent('sections whose window is transcribed', { timeout: 60_000 }, () => {
  test('are summarised while the next window is, and are not asked for again', async () => {
    const done = new Set<number>();
    const both = Promise.withResolvers<void>();
    const job = await bench.run({
      ...twoWindows(() => both.promise),
      cutAhead: () => Promise.resolve({ open: [0, 1] }),
      cutSections: cutInto(done),
      summarizeSection: async (input) => {
        done.add(input.section);
        if (done.size === 2) both.resolve();
        return { ...(await summarizeSection(input)), callKey: keyOf(input.section) };
      },
    });
    expect(job.inputsOf('cutAhead')).toMatchObject([
      { planKey: 'a-plan', windows: 1, generation: 0, contextTokens: 8192 },
    ]);
    expect(asked(job).toSorted()).toEqual(['0 ahead', '1 ahead', '2']);
    expect(job.inputsOf('planReduction')[0]).toMatchObject({
      answers: [keyOf(0), keyOf(1), keyOf(2)],
    });
    expect(await job.handle.query<Progress>(PROGRESS_QUERY)).toMatchObject({
      stages: { transcribe: 'done', summarize: 'done' },
      sections: { done: 3, total: 3 },
    });
  });

  test('wait until it is known who spoke', async () => {
    const told = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const order: string[] = [];
    const job = await bench.run({
      ...twoWindows(async () => {
        order.push('last window');
        told.resolve();
        await cut.promise;
      }),
      startJob: started({ diarize: [recordedTarget('second')] }, { image: false }),
      diarizeRecording: async (input) => {
        await told.promise;
        order.push('who spoke');
        return await diarizeRecording(input);
      },
      cutAhead: () => {
        order.push('cut');
        cut.resolve();
        return Promise.resolve({ open: [] });
      },
    });
    expect(order).toEqual(['last window', 'who spoke', 'cut']);
    expect(job.inputsOf('cutAhead')).toMatchObject([{ diarized: 'd'.repeat(64) }]);
  });

  test('that fail are asked for again in their turn, by a chain that starts anew', async () => {
    const failed = Promise.withResolvers<void>();
    const job = await bench.run({
      ...twoWindows(() => failed.promise),
      cutAhead: () => Promise.resolve({ open: [0] }),
      cutSections: cutInto(new Set()),
      summarizeSection: async (input) => {
        if (input.ahead === true) {
          setTimeout(failed.resolve, 200);
          throw refusal('TargetExhausted');
        }
        return await summarizeSection(input);
      },
    });
    expect(asked(job).toSorted()).toEqual(['0', '0 ahead', '1', '2']);
    // Ahead it is waited for no longer than a target that others follow.
    expect(job.inputsOf('summarizeSection').map(({ last }) => last)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(job.result).toMatchObject({ degradations: 0 });
    expect(await job.handle.query<Progress>(PROGRESS_QUERY)).toMatchObject({
      stages: { transcribe: 'done', summarize: 'done' },
    });
  });

  test('are asked once by a job that continues as new meanwhile', async () => {
    const first = Promise.withResolvers<void>();
    const job = await bench.run({
      startJob: started({}, { image: false }),
      prepareRecording: prepared(500),
      lookUpChunks: ({ from, to }) => Promise.resolve({ pending: [], held: to - from, heldBy: [] }),
      closeWindow: async (input) => {
        if (input.from === 200) await first.promise;
        return await closeWindow(input);
      },
      cutAhead: ({ windows }) => Promise.resolve({ open: windows === 1 ? [0] : [0, 1] }),
      summarizeSection: (input) => {
        first.resolve();
        return summarizeSection(input);
      },
    });
    const runs = await runsOf(bench.client, job.handle.workflowId);
    expect(runs.map(({ status }) => status)).toEqual(['CONTINUED_AS_NEW', 'COMPLETED']);
    expect(asked(job)).toEqual(['0 ahead', '1 ahead', '0']);
  });

  test('are given up when the transcription fails, and the job is closed', async () => {
    const job = await bench.fail({
      ...twoWindows(),
      closeWindow: (input) =>
        input.from === 200 ? Promise.reject(refusal('MissingObject')) : closeWindow(input),
      cutAhead: () => Promise.resolve({ open: [0] }),
    });
    expect(job.cause).toMatchObject({ type: 'MissingObject' });
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'failed' }]);
  });
});
