import { execFile } from 'node:child_process';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { lookAtFile } from '../../../adapters/media/look-at-file.ts';
import { SAMPLE, withFolder } from './with-folder.ts';

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

test.each([
  ['tar', ['-cf']],
  ['tar.gz', ['-czf']],
])('an archive is refused before ffmpeg looks into it: %s', async (ending, [mode = '']) => {
  await withFolder(async (folder) => {
    const archive = join(folder, `parts.${ending}`);
    await promisify(execFile)('tar', [mode, archive, '-C', dirname(SAMPLE), basename(SAMPLE)]);
    await expect(lookAtFile(archive)).rejects.toMatchObject({ reason: 'archive' });
    await writeFile(archive, 'PK\u0003\u0004 as every zip begins');
    await expect(lookAtFile(archive)).rejects.toMatchObject({ reason: 'archive' });
  });
});
