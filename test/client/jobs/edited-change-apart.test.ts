import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { editedChangeApart } from '../../../client/jobs/edited-change-apart.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-test-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

/** Nothing is asked of the store before the file was read. */
const env = {
  S3_ENDPOINT: 'http://127.0.0.1:1',
  S3_BUCKET: 'none',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};
const store = { getJson: () => Promise.reject(new Error('nothing is stored')) };

/** Reads JSON whose one object has so many members. */
async function read(members: number, limits?: Parameters<typeof editedChangeApart>[2]) {
  const path = join(folder, `${members}.json`);
  const texts = Array.from({ length: members }, (_, index) => `"member ${index}": 1`);
  await writeFile(path, `{${texts.join(',')}}`);
  const row = {} as JobRow;
  return await editedChangeApart({ path, row, madeFrom: undefined, env }, store, limits);
}

test('a file that would take more memory or time than any result is refused, and ends no process', async () => {
  const refused = { name: 'UnusableEditError' };
  await expect(read(200_000, { megabytes: 32, ms: 30_000 })).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('too much memory') as string,
  });
  await expect(read(60_000, { megabytes: 1_024, ms: 1 })).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('too much time') as string,
  });
});

test('large files are read two at once, and all of them in turn', async () => {
  let [running, most] = [0, 0];
  const count = (thread: Worker) => {
    running += 1;
    most = Math.max(most, running);
    thread.once('exit', () => (running -= 1));
  };
  process.on('worker', count);
  const ends = await Promise.allSettled(Array.from({ length: 4 }, () => read(60_000)));
  process.off('worker', count);
  expect(ends.map((end) => (end.status === 'rejected' ? String(end.reason) : 'read'))).toEqual(
    Array(4).fill(expect.stringContaining('neither minutes.json nor transcript.json')),
  );
  expect(most).toBe(2);
});
