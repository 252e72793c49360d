import { expect, test } from 'vitest';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { listed } from '../../client/cli/render-list.ts';

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
