import type { z } from 'zod';
import { expect, test } from 'vitest';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { unlessMade } from '../../../client/jobs/unless-made.ts';
import type { Approval } from '../../../workflows/contracts/approval.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from '../../activities/minutes/render/sample-minutes.ts';

/** A change makes a version only where it changes something. */

const citation = { start: 0, end: 1, speaker: 'S4', quote: 'I am Tom Reed', segmentIds: ['s1'] };
const minutes: Minutes = {
  ...sampleMinutes,
  speakers: [
    { id: 'S1', name: 'Anna', seconds: 10, joined: ['S3'] },
    { id: 'S2', name: null, seconds: 10 },
    { id: 'S4', name: 'Tom Reed', seconds: 10, heard: { name: 'Tom Reed', citation } },
    { id: 'S5', name: 'Eve', seconds: 10, heard: { name: 'Tom Reed', citation } },
  ],
};
const DRAFT: Approval = {
  state: 'draft',
  asked: 'Tom',
  since: '2026-03-02T10:00:00.000Z',
  until: null,
};
const row = { id: minutes.id, tenant: 'default', minutesKey: 'minutes.json' } as JobRow;
const store = {
  getJson: <T>(_: string, schema: z.ZodType<T>) => Promise.resolve(schema.parse(minutes)),
};

const rename = (speaker: string, name: string) =>
  ({ kind: 'rename', speaker, name, by: 'Ann' }) as const;
const join = (speaker: string, into: string) =>
  ({ kind: 'join', speaker, into, by: 'Ann' }) as const;

test.each([
  ['a name that the speaker has', rename('S1', 'Anna')],
  ['a name that a person gave in place of one that was found', rename('S5', 'Eve')],
  ['speakers that are joined', join('S3', 'S1')],
])('%s is no change', async (_, wanted) => {
  expect(await unlessMade(wanted, row, store)).toBeNull();
});

test.each([
  ['another name', rename('S1', 'Eve')],
  ['the name of another speaker', rename('S2', 'Anna')],
  ['a name that was only found in what is said', rename('S4', 'Tom Reed')],
  ['a speaker that is not there', rename('S9', 'Anna')],
  ['a join with another one', join('S3', 'S2')],
  ['a join the other way', join('S1', 'S3')],
])('%s is a change', async (_, wanted) => {
  expect(await unlessMade(wanted, row, store)).toEqual(wanted);
});

test.each<[string, Approval | null, boolean]>([
  ['who is asked already', DRAFT, true],
  ['somebody else', { ...DRAFT, asked: 'Eve' }, false],
  ['one that is asked for ever', { ...DRAFT, until: '9999-01-01T00:00:00.000Z' }, true],
  ['one whose time is over', { ...DRAFT, until: '2026-03-03T10:00:00.000Z' }, false],
  [
    'one who was asked before it was returned',
    { ...DRAFT, state: 'returned', by: 'Tom', at: DRAFT.since, remark: 'No.' },
    false,
  ],
  ['minutes that nobody is asked for', null, false],
])('to ask Tom, where it is %s', async (_, approval, isMade) => {
  const wanted = {
    kind: 'approval',
    by: 'Ann',
    decision: { kind: 'delegate', to: 'Tom' },
  } as const;
  const getJson = <T>(__: string, schema: z.ZodType<T>) =>
    Promise.resolve(schema.parse({ ...minutes, approval }));
  expect(await unlessMade(wanted, row, { getJson })).toEqual(isMade ? null : wanted);
});

test('a job without minutes says so', async () => {
  await expect(
    unlessMade(rename('S1', 'Anna'), { ...row, status: 'running', minutesKey: null }, store),
  ).rejects.toThrow('has no minutes yet');
});
