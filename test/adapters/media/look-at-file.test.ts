import { copyFile, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { lookAtFile } from '../../../adapters/media/look-at-file.ts';
import { SAMPLE } from './with-folder.ts';

test.each(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0', '/dev/null'])(
  '%s is no file, whatever stands behind it',
  async (path) => {
    await expect(lookAtFile(path)).rejects.toMatchObject({
      message: `${path} is not a file. Save the recording to a file and name that.`,
    });
  },
);

test('a recording in memory is a file as any other', async () => {
  const path = `/dev/shm/hansard-look-at-file-${process.pid}.flac`;
  await copyFile(SAMPLE, path);
  try {
    expect(await lookAtFile(path)).toMatchObject({ known: true });
  } finally {
    await rm(path);
  }
});
