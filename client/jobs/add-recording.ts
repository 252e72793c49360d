import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { copyAsOpus } from '../../adapters/media/copy-as-opus.ts';
import type { MediaBinaries } from '../../adapters/media/media-binaries.ts';
import { jobInputKey, sourceKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { jobInputSchema } from '../../workflows/contracts/job-input.ts';
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
  const { source } = await store.getJson(jobInputKey(row.tenant, row.id), jobInputSchema);
  if (source.kind === 'transcript') {
    throw new InvalidOptionError(
      `job ${row.id} was made of a transcript, and nothing can be played: leave out --with-audio`,
    );
  }
  const name = 'recording.ogg';
  const path = join(folder, name);
  const scratch = await mkdtemp(join(tmpdir(), 'hansard-'));
  try {
    const files: string[] = [];
    for (const [index, file] of (source.files ?? [source]).entries()) {
      // Some formats are known by the end of their names only.
      const copy = join(scratch, `source-${index + 1}${knownExtension(file.name)}`);
      const stream = await store.getStream(sourceKey(row.tenant, file.sha256));
      await pipeline(stream, createWriteStream(copy));
      files.push(copy);
    }
    await writeWhole(path, (partial) =>
      copyAsOpus({ path: files, copyPath: partial, scratch, binaries }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const told = html.replace(PLACE, `<meta name="hansard-audio" content="${name}">`);
  await writeWhole(page, (partial) => writeFile(partial, told));
  return { name, path };
}

const knownExtension = (name: string): string =>
  /^\.[a-z0-9]{1,5}$/i.exec(extname(name))?.[0] ?? '';
