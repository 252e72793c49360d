import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  refusal,
  scheduledAtOnce,
  sections,
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

const { summarizeSection, reduceSummaries } = ALL_GOES_WELL;

/** Two targets for summaries, no picture. */
const startJob = started(
  { summarize: [recordedTarget('first'), recordedTarget('second')] },
  { image: false },
);
const cut =
  (count: number): Activities['cutSections'] =>
  () =>
    Promise.resolve(sections(count));

const degradationsOf = (job: FinishedJob) => job.inputsOf('renderMinutes')[0]?.degradations;

describe.concurrent('the summary', () => {
  test('summarises every section, at most 16 at once, then joins level by level until one summary is left', async () => {
    const job = await bench.run({
      startJob,
      cutSections: cut(20),
      planReduction: ({ level }) => Promise.resolve({ groups: [3, 1, 0][level] ?? 0 }),
    });
    expect(
      job
        .inputsOf('summarizeSection')
        .map(({ section }) => section)
        .toSorted((one, other) => one - other),
    ).toEqual(Array.from({ length: 20 }, (_section, index) => index));
    expect(job.inputsOf('planReduction').map(({ level }) => level)).toEqual([0, 1, 2]);
    expect(
      job
        .inputsOf('reduceSummaries')
        .map(({ level, group }) => `${level}.${group}`)
        .toSorted(),
    ).toEqual(['0.0', '0.1', '0.2', '1.0']);
    expect(job.inputsOf('concludeSummary')).toMatchObject([
      { mode: 'model', level: 2, generation: 0, failedSections: [] },
    ]);
    expect(degradationsOf(job)).toEqual([]);
    expect(await job.handle.query('progress')).toMatchObject({
      sections: { done: 20, total: 20 },
    });

    expect(await scheduledAtOnce(job, 'summarizeSection')).toBe(16);
  });

  test('names the accepted answer of each section and each group to the level that joins them', async () => {
    const job = await bench.run({
      startJob,
      cutSections: cut(4),
      summarizeSection: (input) =>
        input.section === 3
          ? Promise.reject(refusal('BadRequest'))
          : input.section === 2
            ? Promise.reject(refusal('ItemExhausted'))
            : Promise.resolve({
                target: input.target.name,
                reused: false,
                callKey: `of section ${input.section}`,
              }),
      adoptEarlierSummary: ({ of }) =>
        Promise.resolve(
          of.kind === 'section' && of.section === 2
            ? { target: 'third', answeredAt: '2026-02-03T04:05:06.000Z', callKey: 'earlier' }
            : null,
        ),
      planReduction: ({ level }) => Promise.resolve({ groups: [2, 1, 0][level] ?? 0 }),
      reduceSummaries: ({ target, level, group }) =>
        Promise.resolve({
          target: target.name,
          reused: false,
          // As in a history older than call keys.
          ...(level === 0 && { callKey: `of group ${group}` }),
        }),
    });
    expect(job.inputsOf('planReduction').map(({ answers }) => answers)).toEqual([
      ['of section 0', 'of section 1', 'earlier', null],
      ['of group 0', 'of group 1'],
      [null],
    ]);
  });

  test.for([
    [[null, 32_000], 8192],
    [[131_072, 32_000], 32_000],
    [[], 8192],
  ] as const)(
    'with targets that take %j tokens, sections are cut for %i tokens',
    async ([contexts, tokens]) => {
      const summarize = contexts.map((contextTokens, index) =>
        recordedTarget(index === 0 ? 'first' : 'second', { contextTokens }),
      );
      const job = await bench.run({ startJob: started({ summarize }, { image: false }) });
      expect(job.inputsOf('cutSections')).toMatchObject([
        { generation: 0, contextTokens: tokens, halve: [] },
      ]);
    },
  );

  test('falls back to the next target and stays there', async () => {
    const job = await bench.run({
      startJob,
      summarizeSection: unless({ first: 'ModelNotFound' }, summarizeSection),
    });
    expect(job.inputsOf('reduceSummaries').map(({ target }) => target.name)).toEqual(['second']);
    expect(degradationsOf(job)).toEqual([
      {
        stage: 'summarize',
        role: 'summarize',
        level: 'fallback',
        target: 'second',
        spans: [],
        reason: 'first: ModelNotFound',
      },
    ]);
  });

  test('halves a section that is too large for all targets, in the next generation', async () => {
    const job = await bench.run({
      startJob,
      cutSections: ({ generation }) => Promise.resolve(sections(3 + generation)),
      summarizeSection: (input) => {
        const isTooLarge = input.generation === 0 && input.section === 1;
        const failures = { first: 'TooLarge', second: 'TooLarge' };
        return unless(isTooLarge ? failures : {}, summarizeSection)(input);
      },
    });
    expect(job.inputsOf('cutSections')).toMatchObject([
      { generation: 0, halve: [] },
      { generation: 1, halve: [1] },
    ]);
    expect(
      job.inputsOf('summarizeSection').filter(({ generation }) => generation === 1),
    ).toHaveLength(4);
    expect(job.inputsOf('concludeSummary')).toMatchObject([
      { mode: 'model', generation: 1, failedSections: [] },
    ]);
    expect(degradationsOf(job)).toEqual([]);
  });

  test('is extractive when a section is still too large after eight generations of halving', async () => {
    const job = await bench.run({
      startJob: started({}, { image: false }),
      summarizeSection: unless({ first: 'TooLarge' }, summarizeSection),
    });
    expect(job.inputsOf('cutSections').map(({ generation }) => generation)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(degradationsOf(job)).toMatchObject([{ level: 'simplified', reason: 'first: TooLarge' }]);
  });

  test('omits a section that the provider refuses', async () => {
    const job = await bench.run({
      startJob,
      cutSections: cut(3),
      summarizeSection: (input) =>
        unless(input.section === 2 ? { first: 'BadRequest' } : {}, summarizeSection)(input),
    });
    const failedSections = [{ index: 2, reason: 'BadRequest' }];
    expect(job.inputsOf('planReduction')[0]).toMatchObject({ level: 0, failedSections });
    expect(job.inputsOf('reduceSummaries')).toMatchObject([{ failedSections }]);
    expect(job.inputsOf('concludeSummary')).toMatchObject([{ mode: 'model', failedSections }]);
  });

  const EXTRACTIVE = {
    stage: 'summarize',
    role: 'summarize',
    level: 'simplified',
    target: null,
    spans: [],
  };

  test('is extractive when no target is left for the sections', async () => {
    const job = await bench.run({
      startJob,
      cutSections: cut(2),
      summarizeSection: unless(
        { first: 'ModelNotFound', second: 'TargetExhausted' },
        summarizeSection,
      ),
    });
    expect(job.inputsOf('planReduction')).toEqual([]);
    expect(job.inputsOf('concludeSummary')).toMatchObject([
      { mode: 'extractive', level: 0, failedSections: [] },
    ]);
    expect(degradationsOf(job)).toEqual([
      { ...EXTRACTIVE, level: 'fallback', target: 'second', reason: 'first: ModelNotFound' },
      { ...EXTRACTIVE, reason: 'second: TargetExhausted' },
    ]);
    expect(job.inputsOf('renderMinutes')).toMatchObject([{ summarized: { mode: 'extractive' } }]);
  });

  test('is extractive when the partial summaries cannot be joined, and gives the reason', async () => {
    const job = await bench.run({
      startJob: started({}, { image: false }),
      cutSections: cut(2),
      reduceSummaries: unless({ first: 'TargetExhausted' }, reduceSummaries),
    });
    expect(job.inputsOf('concludeSummary')).toMatchObject([
      { mode: 'extractive', level: 0, failedSections: [] },
    ]);
    expect(degradationsOf(job)).toEqual([{ ...EXTRACTIVE, reason: 'first: TargetExhausted' }]);
    expect(job.result).toMatchObject({ degradations: 1 });
    expect(await job.handle.query('progress')).toMatchObject({
      stages: { summarize: 'degraded', publish: 'done' },
    });
  });

  test('is extractive when no target is configured', async () => {
    const job = await bench.run({ startJob: started({ summarize: [] }, { image: false }) });
    expect(degradationsOf(job)).toEqual([{ ...EXTRACTIVE, reason: 'no target: NoTarget' }]);
  });

  test('uses the answer of an earlier prompt when no target answers, and reports its date once', async () => {
    const job = await bench.run({
      startJob: started({}, { image: false }),
      cutSections: cut(2),
      summarizeSection: unless({ first: 'TargetExhausted' }, summarizeSection),
      reduceSummaries: unless({ first: 'TargetExhausted' }, reduceSummaries),
      adoptEarlierSummary: () =>
        Promise.resolve({ target: 'third', answeredAt: '2026-02-03T04:05:06.000Z' }),
    });
    const asked = job.inputsOf('adoptEarlierSummary').map(({ of }) => of);
    expect(new Set(asked)).toEqual(
      new Set([
        { kind: 'section', section: 0 },
        { kind: 'section', section: 1 },
        { kind: 'group', level: 0, group: 0, failedSections: [] },
      ]),
    );
    expect(job.inputsOf('concludeSummary')).toMatchObject([{ mode: 'model', level: 1 }]);
    expect(degradationsOf(job)).toEqual([
      {
        stage: 'summarize',
        role: 'summarize',
        level: 'earlier',
        target: 'third',
        spans: [],
        reason: 'earlier_prompt; 2026-02-03',
      },
    ]);
  });
});
