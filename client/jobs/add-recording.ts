import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { copyAsOpus } from '../../adapters/media/copy-as-opus.ts';
import type { MediaBinaries } from '../../adapters/media/media-binaries.ts';
import { sourceKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { InvalidOptionError } from '../config.ts';
import { writeWhole } from './write-whole.ts';

/** The page's place for the name of the recording beside it. Pages of earlier versions have none. */
const PLACE = '<meta name="hansard-audio" content="">';

/**
 * Puts a copy of the recording beside the `minutes.html` of a folder, as the transcript's times count it, and tells the
 * page, which then plays it. Needs room for 115 MB an hour in the system's folder for temporary files. Throws
 * `InvalidOptionError` for a page of an earlier version, and what reading and decoding a recording throws.
 */
export async function addRecording(
  row: JobRow,
  store: ObjectStore,
  { folder, binaries }: { readonly folder: string; readonly binaries: MediaBinaries },
): Promise<{ readonly name: string; readonly path: string }> {
  const page = join(folder, 'minutes.html');
  const html = await readFile(page, 'utf8');
  if (!html.includes(PLACE)) {
    throw new InvalidOptionError(
      `the page of job ${row.id} is of an earlier version, which plays nothing: leave out --with-audio`,
    );
  }
  const name = 'recording.ogg';
  const path = join(folder, name);
  const scratch = await mkdtemp(join(tmpdir(), 'hansard-'));
  try {
    const source = join(scratch, 'source');
    const stream = await store.getStream(sourceKey(row.tenant, row.sourceSha256));
    await pipeline(stream, createWriteStream(source));
    await writeWhole(path, (partial) =>
      copyAsOpus({ path: source, copyPath: partial, scratch, binaries }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const told = html.replace(PLACE, `<meta name="hansard-audio" content="${name}">`);
  await writeWhole(page, (partial) => writeFile(partial, told));
  return { name, path };
}
