import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SummaryCalls } from '../../workflows/contracts/activities.ts';
import { CALLS_QUERY, PROCEED_SIGNAL } from '../../workflows/contracts/names.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  CHANGE,
  openWorkflowBench,
  refusal,
  sections,
  type FakeActivities,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const written = (calls: SummaryCalls): FakeActivities => ({
  startRevision: () =>
    Promise.resolve({ summarize: [recordedTarget('first')], probeMs: 1_800_000 }),
  cutSections: () => Promise.resolve(sections(2)),
  countSummaryCalls: () => Promise.resolve(calls),
});
const namesOf = ({ calls }: { readonly calls: readonly { readonly name: string }[] }) =>
  calls.map(({ name }) => name);

test('a change that says itself what is changed calls no model', async () => {
  const change = await bench.revise({});
  await expect(change.handle.result()).resolves.toMatchObject({ version: 2 });
  expect(namesOf(change)).toEqual(['startRevision', 'renderRevision', 'publishRevision']);
  expect(change.inputsOf('publishRevision')).toMatchObject([{ change: CHANGE, version: 2 }]);
});

test('what a summary costs is told, and nothing is called until it is wanted', async () => {
  const calls = { sections: 2, calls: 2, atMost: 3 };
  const change = await bench.revise(written(calls));
  await expect
    .poll(() => change.handle.query<SummaryCalls | null>(CALLS_QUERY).catch(() => null))
    .toEqual(calls);
  expect(namesOf(change)).not.toContain('summarizeSection');

  await change.handle.signal(PROCEED_SIGNAL);
  await change.handle.result();
  expect(change.inputsOf('summarizeSection')).toHaveLength(2);
  for (const input of change.inputsOf('summarizeSection')) {
    expect(input).toMatchObject({ revision: CHANGE });
  }
  expect(change.inputsOf('renderRevision')).toMatchObject([
    { summary: { summarized: { mode: 'model', revision: CHANGE }, chain: ['first'] } },
  ]);
});

test('where every answer is stored, nobody is asked', async () => {
  const change = await bench.revise(written({ sections: 2, calls: 0, atMost: 0 }));
  await expect(change.handle.result()).resolves.toMatchObject({ version: 2 });
  // Claims and scratch of the run are let go.
  expect(namesOf(change).at(-1)).toBe('closeRevision');
});

test('where no target is configured, the rules write the summary and nobody is asked', async () => {
  const change = await bench.revise({
    startRevision: () => Promise.resolve({ summarize: [], probeMs: 1_800_000 }),
  });
  await change.handle.result();
  expect(change.inputsOf('renderRevision')).toMatchObject([
    { summary: { summarized: { mode: 'extractive' } } },
  ]);
});

test('calls that are not wanted are not made', async () => {
  const change = await bench.revise(written({ sections: 2, calls: 2, atMost: 3 }));
  await expect
    .poll(() => change.handle.query<SummaryCalls | null>(CALLS_QUERY).catch(() => null))
    .not.toBeNull();
  await change.handle.cancel();
  await expect(change.handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(namesOf(change)).toEqual([
    'startRevision',
    'cutSections',
    'countSummaryCalls',
    'closeRevision',
  ]);
});

test('a change that is refused says why, and nothing is published', async () => {
  const change = await bench.revise({
    renderRevision: () => Promise.reject(refusal('RevisionRefused', 'no speaker S9')),
  });
  const failed = await change.handle.result().catch((error: unknown) => error);
  if (!(failed instanceof WorkflowFailedError)) throw new Error('it did not fail');
  expect(failed.cause?.cause).toBeInstanceOf(ApplicationFailure);
  expect(failed.cause?.cause).toMatchObject({ type: 'RevisionRefused', message: 'no speaker S9' });
  expect(namesOf(change)).not.toContain('publishRevision');
});
