import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Activities } from '../../workflows/contracts/activities.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  refusal,
  sections,
  type FakeActivities,
  type FinishedJob,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Bugs, as the activities throw them. */
const typeError = () => Promise.reject(new TypeError('undefined is not a function'));
const zodError = async () => await z.never().parseAsync('a wrong value');

const { concludeSummary, renderMinutes, summarizeSection } = ALL_GOES_WELL;

const attemptsOf = ({ calls }: FinishedJob, activity: keyof Activities) =>
  calls.filter(({ name }) => name === activity).length;
const lastRendered = (job: FinishedJob) => job.inputsOf('renderMinutes').at(-1);
const degradation = (stage: string, level: string, reason: string) => ({
  stage,
  role: stage,
  level,
  target: null,
  spans: [],
  reason,
});

/** The job ended with minutes, and the activity with the bug was not tried again. */
function expectMinutes(job: FinishedJob, broken: keyof Activities): void {
  expect(attemptsOf(job, broken)).toBe(1);
  expect(job.inputsOf('publishMinutes')).toHaveLength(1);
  expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'completed', failure: null }]);
}

describe.concurrent('a bug in a later stage', () => {
  test.for<[keyof Activities, FakeActivities]>([
    ['cutSections', { cutSections: typeError }],
    ['planReduction', { planReduction: zodError }],
    ['reduceSummaries', { reduceSummaries: typeError }],
  ])('leaves an extractive summary: in %s', async ([broken, fakes]) => {
    const job = await bench.run(fakes);
    expectMinutes(job, broken);
    expect(job.inputsOf('concludeSummary')).toMatchObject([{ mode: 'extractive' }]);
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'extractive' },
      degradations: [
        degradation(
          'summarize',
          'simplified',
          broken === 'planReduction' ? 'ZodError' : 'TypeError',
        ),
      ],
      picture: { verdict: 'safe' },
    });
  });

  test('leaves an extractive summary: in the conclusion of the answers', async () => {
    const job = await bench.run({
      concludeSummary: (input) => (input.mode === 'model' ? zodError() : concludeSummary(input)),
    });
    expect(job.inputsOf('concludeSummary').map(({ mode }) => mode)).toEqual([
      'model',
      'extractive',
    ]);
    expect(lastRendered(job)?.degradations).toEqual([
      degradation('summarize', 'simplified', 'ZodError'),
    ]);
  });

  test('leaves the other sections: in one section', async () => {
    const job = await bench.run({
      cutSections: () => Promise.resolve(sections(3)),
      summarizeSection: (input) => (input.section === 1 ? typeError() : summarizeSection(input)),
    });
    expect(attemptsOf(job, 'summarizeSection')).toBe(3);
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'model', failedSections: [{ index: 1, reason: 'TypeError' }] },
      degradations: [],
    });
  });

  test('leaves the other sections: in the search for an earlier answer', async () => {
    const job = await bench.run({
      cutSections: () => Promise.resolve(sections(3)),
      summarizeSection: (input) =>
        input.section === 1 ? Promise.reject(refusal('BadRequest')) : summarizeSection(input),
      adoptEarlierSummary: typeError,
    });
    expectMinutes(job, 'adoptEarlierSummary');
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'model', failedSections: [{ index: 1, reason: 'BadRequest' }] },
    });
  });

  test('leaves an extractive summary: in every section', async () => {
    const job = await bench.run({ summarizeSection: typeError });
    expectMinutes(job, 'summarizeSection');
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'extractive', failedSections: [] },
      degradations: [degradation('summarize', 'simplified', 'TypeError')],
    });
  });

  test('leaves the transcript, without a summary and a picture of it: in every summary', async () => {
    const job = await bench.run({ concludeSummary: zodError });
    expect(attemptsOf(job, 'concludeSummary')).toBe(2);
    expect(attemptsOf(job, 'drawPicture')).toBe(0);
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'none', failedSections: [{ index: 0, reason: 'ZodError' }] },
      degradations: [
        degradation('summarize', 'missing', 'ZodError'),
        degradation('illustrate', 'missing', 'ZodError'),
      ],
      picture: null,
    });
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'completed' }]);
    expect(await job.handle.query('progress')).toMatchObject({
      stages: { summarize: 'degraded', illustrate: 'degraded', publish: 'done' },
    });
  });

  test.for(['drawPicture', 'moderatePicture', 'assessPicture', 'publishPicture'] as const)(
    'leaves minutes without a picture: in %s',
    async (broken) => {
      const job = await bench.run({ [broken]: typeError });
      expectMinutes(job, broken);
      expect(lastRendered(job)).toMatchObject({
        summarized: { mode: 'model' },
        degradations: [degradation('illustrate', 'missing', 'TypeError')],
        picture: null,
      });
    },
  );

  test('leaves minutes without a picture: in the rendering of the picture', async () => {
    const job = await bench.run({
      renderMinutes: (input) => (input.picture === null ? renderMinutes(input) : typeError()),
    });
    expect(attemptsOf(job, 'renderMinutes')).toBe(2);
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'model' },
      degradations: [degradation('illustrate', 'missing', 'TypeError')],
    });
    expect(job.inputsOf('publishMinutes')).toHaveLength(1);
  });

  test('leaves the transcript: in the rendering of the summary', async () => {
    const job = await bench.run({
      renderMinutes: (input) =>
        input.summarized.mode === 'none' ? renderMinutes(input) : zodError(),
    });
    expect(attemptsOf(job, 'renderMinutes')).toBe(3);
    expect(lastRendered(job)).toMatchObject({
      summarized: { mode: 'none', failedSections: [{ index: 0, reason: 'ZodError' }] },
      degradations: [
        degradation('illustrate', 'missing', 'ZodError'),
        degradation('summarize', 'missing', 'ZodError'),
      ],
      picture: null,
    });
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'completed' }]);
    expect(await job.handle.query('progress')).toMatchObject({ stages: { render: 'degraded' } });
  });

  test('fails the job where not even the transcript can be rendered', async () => {
    const job = await bench.fail({ renderMinutes: typeError });
    expect(job.inputsOf('closeJob')).toMatchObject([
      { status: 'failed', failure: { type: 'TypeError' } },
    ]);
  });
});
