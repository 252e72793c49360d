import { expect, test } from 'vitest';
import { draftOf, factsOf } from '../../../activities/approval/approval-facts.ts';
import { decideApproval } from '../../../activities/approval/decide-approval.ts';
import { lookAtApproval } from '../../../activities/approval/look-at-approval.ts';
import type { JobLibrary } from '../../../adapters/database/job-library.ts';
import type { Approval, Decision } from '../../../workflows/contracts/approval.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from '../minutes/render/sample-minutes.ts';

const READ = 'a'.repeat(64);
const AT = '2026-03-02T11:00:00.000Z';
const DRAFT = {
  state: 'draft',
  asked: 'Ann',
  since: '2026-03-01T12:00:00.000Z',
  until: '2026-03-08T12:00:00.000Z',
} satisfies Approval;
const RETURNED = {
  ...DRAFT,
  state: 'returned',
  by: 'Ann',
  at: AT,
  remark: 'The owner is wrong.',
} satisfies Approval;
const HEARD = 'c'.repeat(64);
const APPROVED = {
  state: 'approved',
  by: 'Ann',
  at: AT,
  version: 1,
  sha256: READ,
  transcriptSha256: HEARD,
} as const;

const decide = (approval: Approval | null, decision: Decision) =>
  decideApproval(
    { ...sampleMinutes, approval },
    { schemaVersion: 2, kind: 'approval', by: 'Ann', at: AT, baseKey: 'k', decision },
    { sha256: READ, transcriptSha256: HEARD },
  );
const APPROVE = { kind: 'approve', sha256: READ, transcriptSha256: HEARD } as const;
const RETURN = { kind: 'return', remark: 'The owner is wrong.' } as const;
const DELEGATE = { kind: 'delegate', to: 'Tom' } as const;

test.each([
  [null, {}],
  [DRAFT, { asked: 'Ann' }],
  [{ ...DRAFT, asked: null }, { asked: null }],
])('minutes are approved whoever was asked, or nobody', (held, asked) => {
  expect(decide(held, APPROVE)).toStrictEqual({ ...APPROVED, ...asked });
});

test('returned minutes are corrected before they are approved', () => {
  expect(() => decide(RETURNED, APPROVE)).toThrow(
    'version 1 was returned, and cannot be approved as it is: correct it',
  );
});

test.each([{ sha256: 'b'.repeat(64) }, { transcriptSha256: 'b'.repeat(64) }])(
  'other bytes than those that were read are not approved',
  (other) => {
    expect(() => decide(DRAFT, { ...APPROVE, ...other })).toThrow(
      'version 1 is stored with other bytes than were read',
    );
  },
);

test('an approval from before the transcript was compared counts as it did', () => {
  const { transcriptSha256: _, ...approve } = APPROVE;
  const { transcriptSha256: _heard, ...approved } = APPROVED;
  expect(decide(DRAFT, approve)).toStrictEqual({ ...approved, asked: 'Ann' });
});

test('returned minutes keep who is asked and until when', () => {
  expect(decide(DRAFT, RETURN)).toEqual({ ...RETURNED, since: AT });
  expect(decide(null, RETURN)).toEqual({ ...RETURNED, since: AT, asked: null, until: null });
});

test('a draft is given to somebody else until the same day', () => {
  expect(decide(DRAFT, DELEGATE)).toEqual({ ...DRAFT, asked: 'Tom', since: AT });
});

test.each([
  ['waits for nobody', null],
  ['waits for nobody', { ...DRAFT, until: null }],
  ['was returned', RETURNED],
  ['the time for version 1 is over', { ...DRAFT, until: AT }],
])('nobody else is asked where it %s', (reason, held) => {
  expect(() => decide(held, DELEGATE)).toThrow(reason);
});

test.each([APPROVE, RETURN, DELEGATE])('nothing is decided on approved minutes', (decision) => {
  expect(() => decide(APPROVED, decision)).toThrow('version 1 is approved, and stays so');
});

const NOW = new Date('2026-03-10T12:00:00.000Z');
const WANTED = { approval: { asked: 'Ann', withinSeconds: 7 * 86_400 } };
const ANEW = {
  state: 'draft',
  asked: 'Ann',
  since: '2026-03-10T12:00:00.000Z',
  until: '2026-03-17T12:00:00.000Z',
};

const NOBODY = { ...ANEW, asked: null, until: null };

test.each([
  ['a run of a job with --approve', WANTED, null, ANEW],
  ['a correction of a draft', WANTED, { ...DRAFT, asked: 'Tom' }, { ...ANEW, asked: 'Tom' }],
  ['a correction of returned minutes', WANTED, RETURNED, ANEW],
  ['a change of approved minutes', WANTED, APPROVED, ANEW],
  [
    'a change of minutes whose approval was delegated',
    WANTED,
    { ...APPROVED, asked: 'Tom' },
    { ...ANEW, asked: 'Tom' },
  ],
  ['a change of minutes that anybody was to approve', {}, { ...APPROVED, asked: null }, NOBODY],
  ['the same where nobody was asked', {}, APPROVED, NOBODY],
  ['a run of a job without --approve', {}, null, null],
])('%s makes a draft that waits anew, or none', (_what, job, held, made) => {
  expect(draftOf(job, held, NOW)).toEqual(made);
});

const remindAt = async (approval: Approval) => {
  const minutes: Minutes = { ...sampleMinutes, approval };
  const minutesKey = 'default/jobs/x/versions/3/minutes.json';
  const row = { minutesKey, approval: factsOf(minutes) };
  const library = { find: () => Promise.resolve(row) } as unknown as JobLibrary;
  const look = await lookAtApproval({ library })({ tenant: 'default', jobId: 'x' });
  expect(look?.version).toBe(3);
  return look?.remindAt;
};

test('a person is reminded of a draft after a day, or after half of a shorter time', async () => {
  expect(await remindAt(DRAFT)).toBe('2026-03-02T12:00:00.000Z');
  expect(await remindAt({ ...DRAFT, until: '2026-03-01T16:00:00.000Z' })).toBe(
    '2026-03-01T14:00:00.000Z',
  );
  expect(await remindAt({ ...DRAFT, until: null })).toBeNull();
  expect(await remindAt(RETURNED)).toBeNull();
});
