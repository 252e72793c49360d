import { expect, test } from 'vitest';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import {
  AmbiguousJobError,
  findJob,
  JobNotFoundError,
  JobReferenceError,
} from '../../../client/jobs/find-job.ts';

const IDS = ['aaaaaaaabbbbbbbbbbbbbbbbbb', 'aaaaaaaaccccccccccccccccc2'];
const row = (id: string) => ({ id, tenant: 'ann' }) as JobRow;
const library = {
  find: async (_: string, id: string) => (IDS.includes(id) ? row(id) : null),
  findByPrefix: async (_: string, prefix: string) =>
    IDS.filter((id) => id.startsWith(prefix)).map(row),
};
const find = (reference: string) => findJob(async () => library, 'ann', reference);

test('a whole id and a prefix that only one has lead to the job', async () => {
  expect((await find(IDS[0] ?? '')).id).toBe(IDS[0]);
  expect((await find(' AAAAAAAAC ')).id).toBe(IDS[1]);
});

test('a prefix of several is ambiguous and names them', async () => {
  await expect(find('aaaaaaaa')).rejects.toThrow(AmbiguousJobError);
  await expect(find('aaaaaaaa')).rejects.toThrow(IDS.join(', '));
});

test.each(['bbbbbbbb', 'bbbbbbbbbbbbbbbbbbbbbbbbbb'])('%s is not there', async (reference) => {
  await expect(find(reference)).rejects.toThrow(JobNotFoundError);
});

test.each(['aaaaaaa', '../etc/passwd', 'aaaaaaaa%', '11111111', 'a'.repeat(27)])(
  '%s cannot be an id, and the library is not opened',
  async (reference) => {
    const opened = findJob(() => Promise.reject(new Error('opened')), 'ann', reference);
    await expect(opened).rejects.toThrow(JobReferenceError);
  },
);
