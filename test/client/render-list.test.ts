import { expect, test } from 'vitest';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { listLines } from '../../client/cli/render-list.ts';
import { listed } from '../../client/jobs/listed-job.ts';

const ROW: JobRow = {
  tenant: 'default',
  id: 'a'.repeat(26),
  kind: 'minutes',
  workflowId: `minutes/default/${'a'.repeat(26)}`,
  runId: null,
  status: 'submitted',
  result: 'partial',
  failure: null,
  failureMessage: null,
  title: null,
  meetingDate: null,
  language: null,
  durationSeconds: 60,
  sourceSha256: 'a'.repeat(64),
  sourceName: 'meeting.flac',
  minutesKey: 'minutes.json',
  degradations: [],
  approval: null,
  createdAt: new Date(0),
  startedAt: null,
  endedAt: null,
};

test.each([
  ['submitted', null],
  ['running', null],
  ['completed', 'partial'],
  ['failed', 'partial'],
  ['cancelled', 'partial'],
] as const)(
  'a %s job with partial minutes of an earlier run has the result %j, as in its status',
  (status, result) => {
    expect(listed({ ...ROW, status })).toMatchObject({ status, result });
  },
);

const SINCE = '2026-03-01T12:00:00.000Z';
const UNTIL = '2026-03-08T12:00:00.000Z';
const NOW = new Date('2026-03-03T12:00:00.000Z');
test.each([
  [{ state: 'draft', since: SINCE, until: UNTIL }, 'draft', 'waiting'],
  [
    { state: 'draft', since: SINCE, until: UNTIL, remindedAt: UNTIL },
    'draft (reminded)',
    'waiting',
  ],
  [{ state: 'draft', since: SINCE, until: SINCE }, 'draft (expired)', 'completed'],
  [{ state: 'returned', since: SINCE, until: SINCE }, 'returned (expired)', 'completed'],
  [{ state: 'draft', since: SINCE, until: null }, 'draft', 'completed'],
  [{ state: 'returned', since: SINCE, until: UNTIL }, 'returned', 'waiting'],
  [{ state: 'approved', since: SINCE, until: null }, 'approved', 'completed'],
] as const)('the list says how an approval stands: %j is %s', (approval, cell, status) => {
  const row = { ...ROW, status: 'completed', result: 'complete', approval } as const;
  expect(listLines([listed(row, NOW)])[1]).toContain(`  ${cell}  `);
  expect(listed(row, NOW)).toMatchObject({ status });
  expect(listLines([listed({ ...row, result: 'partial' }, NOW)])[1]).toContain(
    `  partial ${cell}  `,
  );
});
