import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalLook } from '../../workflows/contracts/activities.ts';
import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';
import { approvalWorkflowId, LOOK_SIGNAL } from '../../workflows/contracts/names.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  type FakeActivities,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const from = (ms: number): string => new Date(Date.now() + ms).toISOString();
const DRAFT = { state: 'draft', since: from(0), until: from(3_600_000) } as const;
const APPROVED = { state: 'approved', since: from(0), until: null } as const;
const look = (
  approval: ApprovalFacts | null,
  { version = 1, remindAt = null }: Partial<ApprovalLook> = {},
): ApprovalLook => ({ approval, version, remindAt });

/** What the job shows, for the activities of a test. */
function showing(first: ApprovalLook | null) {
  const job = { shown: first };
  const fakes: FakeActivities = { lookAtApproval: () => Promise.resolve(job.shown) };
  return { job, fakes };
}
const namesOf = ({ calls }: { readonly calls: readonly { readonly name: string }[] }) =>
  calls.map(({ name }) => name);

test('it waits until the minutes are approved, and looks only when it is told', async () => {
  const { job, fakes } = showing(look(DRAFT));
  const waiting = await bench.approval(fakes);
  await expect.poll(() => namesOf(waiting)).toEqual(['lookAtApproval']);

  job.shown = look({ ...DRAFT, state: 'returned' }, { version: 2 });
  await waiting.handle.signal(LOOK_SIGNAL);
  await expect.poll(() => namesOf(waiting)).toHaveLength(2);
  await expect
    .poll(() => waiting.handle.describe())
    .toMatchObject({
      status: { name: 'RUNNING' },
      searchAttributes: { Tenant: ['default'], Stage: ['returned'] },
    });

  job.shown = look(APPROVED, { version: 3 });
  await waiting.handle.signal(LOOK_SIGNAL);
  await expect(waiting.handle.result()).resolves.toBe('approved');
});

test('of a draft that waits for long it reminds once', async () => {
  const { job, fakes } = showing(look(DRAFT, { version: 4, remindAt: from(-1) }));
  const waiting = await bench.approval({
    ...fakes,
    remindOfApproval: () => {
      job.shown = look({ ...DRAFT, remindedAt: from(0) }, { version: 4 });
      return Promise.resolve();
    },
  });
  await expect
    .poll(() => namesOf(waiting))
    .toEqual(['lookAtApproval', 'remindOfApproval', 'lookAtApproval']);
  expect(waiting.inputsOf('remindOfApproval')).toMatchObject([{ tenant: 'default', version: 4 }]);
  // An operator finds it by this.
  await expect
    .poll(async () => (await waiting.handle.describe()).searchAttributes)
    .toMatchObject({ Stage: ['reminded'] });
  job.shown = look(APPROVED);
  await waiting.handle.signal(LOOK_SIGNAL);
  await expect(waiting.handle.result()).resolves.toBe('approved');
  expect(waiting.inputsOf('remindOfApproval')).toHaveLength(1);
});

test('it ends at the deadline, and where nobody is waited for', async () => {
  const ends = [
    look({ ...DRAFT, until: from(400) }),
    look({ ...DRAFT, until: from(-1_000) }),
    look({ ...DRAFT, until: null }),
    look(null),
    null,
  ].map(async (shown) => (await bench.approval(showing(shown).fakes)).handle.result());
  expect(await Promise.all(ends)).toEqual([
    'expired',
    'expired',
    'withdrawn',
    'withdrawn',
    'withdrawn',
  ]);
});

test('a job whose minutes are a draft has it waited for after the job has ended, and no other job', async () => {
  const { job, fakes } = showing(look(DRAFT));
  const made = await bench.run({
    ...fakes,
    renderMinutes: (input) =>
      ALL_GOES_WELL.renderMinutes(input).then((result) => ({ ...result, approval: DRAFT })),
  });
  const jobId = made.inputsOf('startJob')[0]?.jobId ?? '';
  const waiting = bench.client.workflow.getHandle(approvalWorkflowId('default', jobId));
  // The job may close before or after that.
  await expect.poll(() => namesOf(made)).toContain('lookAtApproval');
  expect((await waiting.describe()).status.name).toBe('RUNNING');
  job.shown = look(APPROVED);
  await waiting.signal(LOOK_SIGNAL);
  await expect(waiting.result()).resolves.toBe('approved');

  const other = await bench.run({});
  const otherId = other.inputsOf('startJob')[0]?.jobId ?? '';
  await expect(
    bench.client.workflow.getHandle(approvalWorkflowId('default', otherId)).describe(),
  ).rejects.toThrow(WorkflowNotFoundError);
});

test('a change tells the one that waits, or has a draft waited for by a new one', async () => {
  const { job, fakes } = showing(look(DRAFT));
  const revising = (approval: ApprovalFacts): FakeActivities => ({
    ...fakes,
    renderRevision: (input) =>
      ALL_GOES_WELL.renderRevision(input).then((rendered) => ({ ...rendered, approval })),
  });
  const change = await bench.revise(revising(DRAFT));
  await change.handle.result();
  const jobId = change.inputsOf('startRevision')[0]?.jobId ?? '';
  const waiting = bench.client.workflow.getHandle(approvalWorkflowId('default', jobId));
  await expect.poll(() => namesOf(change)).toContain('lookAtApproval');
  const { runId } = await waiting.describe();

  job.shown = look(APPROVED);
  const approval = await bench.client.workflow.start('revise', {
    args: [{ tenant: 'default', jobId, change: 'd'.repeat(64) }],
    workflowId: `revise/default/${jobId}`,
    taskQueue: 'pipeline',
  });
  await approval.result();
  await expect(waiting.result()).resolves.toBe('approved');
  // It was told, and not started a second time.
  expect(await waiting.describe()).toMatchObject({ runId });

  const decided = await bench.revise(revising(APPROVED));
  await decided.handle.result();
  expect(namesOf(decided)).not.toContain('lookAtApproval');
});
