import { expect, test } from 'vitest';
import { jobWord } from '../../../../client/web/library/job-word.ts';
import { en } from '../../../../client/web/messages/en.ts';

test.each([
  ['provider', 'Waiting'],
  ['budget', 'Waiting'],
  ['approval', 'Waiting for approval'],
  [undefined, 'Waiting for approval'],
] as const)('a job that waits for %s is called "%s"', (waitingFor, word) => {
  const facts = { status: 'waiting', result: null, approval: null } as const;
  expect(jobWord({ ...facts, ...(waitingFor !== undefined && { waitingFor }) }, en)).toBe(word);
});
