import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import { approvedFiles } from './approved-files.ts';
import { approvedDigest, resultFiles, type ResultFile } from './fetch-result.ts';

/** The file with this name among those of a result. Throws `NoResultError`, and `NoSuchFileError`. */
export async function resultFile(
  row: JobRow,
  store: ObjectStore,
  name: string,
): Promise<ResultFile> {
  const { files } = await resultFiles(row, store);
  const file = files.find((one) => one.name === name);
  if (file !== undefined) return file;
  const names = files.map((one) => one.name).join(', ');
  throw new NoSuchFileError(
    `job ${row.id} has no file ${JSON.stringify(name.slice(0, 40))}: it has ${names}`,
  );
}

class NoSuchFileError extends Error {
  override readonly name = 'NoSuchFileError';
}

/**
 * Reads a file of a result, never whole in memory. One of an approved version is read only once it is known to be the file
 * that was approved: throws `NotAsApprovedError`.
 */
export async function openResultFile(
  row: JobRow & { readonly minutesKey: string },
  store: ObjectStore,
  { name, key }: ResultFile,
): Promise<Readable> {
  const filesSha256 = approvedDigest(row);
  if (filesSha256 === null) return await store.getStream(key);
  const folder = outputFolder(row.tenant, row.id, row.minutesKey);
  const open = async (one: string) => await store.getStream(`${folder}${one}`);
  const check = await approvedFiles({ id: row.id, filesSha256, open });
  const scratch = await mkdtemp(join(tmpdir(), 'hansard-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    const path = join(scratch, 'file');
    await pipeline(await store.getStream(key), createWriteStream(path));
    await check(name, path);
    return createReadStream(path).once('close', () => void remove());
  } catch (error) {
    await remove();
    throw error;
  }
}
