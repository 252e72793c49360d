import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';
import { approvedFiles } from './approved-files.ts';
import type { ResultSource, WrittenFile } from './result-source.ts';
import { writeWhole } from './write-whole.ts';

/**
 * Writes the files into the folder, which is created when it is missing. Each file appears whole or not at all, and
 * replaces an older one of its name. Files of an approved version are those that were approved, beside the list of their
 * digests; with files of another version, that list is removed. Throws `NotAsApprovedError`.
 */
export async function writeResult(source: ResultSource, folder: string): Promise<WrittenFile[]> {
  const check = await approvedFiles(source);
  await mkdir(folder, { recursive: true });
  // That of another version would say of these files that they are not as approved.
  if (!source.files.some(({ name }) => name === APPROVED_FILES))
    await rm(join(folder, APPROVED_FILES), { force: true });
  const files = [];
  for (const { name } of source.files) {
    const path = join(folder, name);
    await writeWhole(path, async (partial) => {
      await pipeline(await source.open(name), createWriteStream(partial, { flags: 'wx' }));
      await check(name, partial);
    });
    files.push({ name, path });
  }
  return files;
}
