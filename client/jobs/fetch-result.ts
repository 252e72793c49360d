import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';
import { LASTING_FAILURES } from '../../workflows/contracts/failures.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { InvalidOptionError } from '../config.ts';
import { approvedFiles } from './approved-files.ts';
import { failureText } from './job-view.ts';
import { writeWhole } from './write-whole.ts';

export const RESULT_FORMATS = ['md', 'json', 'html', 'docx', 'pdf', 'vtt', 'srt'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

export interface WantedFormats {
  readonly formats: readonly ResultFormat[];
  /** All in one `minutes.zip`. */
  readonly zip: boolean;
}

/** `--format md,vtt`; undefined: all; `zip` packs the others, or all of them. Throws `InvalidOptionError`. */
export function parseFormats(text: string | undefined): WantedFormats {
  const words = (text ?? '').split(',').map((format) => format.trim().toLowerCase());
  const wanted = text === undefined ? [] : words.filter((format) => format !== 'zip');
  const unknown = wanted.find((format) => !RESULT_FORMATS.some((known) => known === format));
  if (unknown !== undefined) {
    throw new InvalidOptionError(
      `--format ${JSON.stringify(unknown)} is unknown: it takes ${RESULT_FORMATS.join(', ')} and zip, separated by commas`,
    );
  }
  const formats = RESULT_FORMATS.filter((format) => wanted.length === 0 || wanted.includes(format));
  return { formats, zip: words.includes('zip') };
}

/**
 * Writes the files of a job's minutes into the folder, which is created when it is missing, also while a retry runs or
 * after it failed. Each file appears whole or not at all, and replaces an older one of its name. `html` and `md`
 * include the picture. Files of an approved version are those that were approved, beside the list of their digests; with
 * files of another version, that list is removed.
 * Throws `NoResultError`, `InvalidOptionError` if the job has no file of these formats, and `NotAsApprovedError`.
 */
export async function fetchResult(
  row: JobRow,
  store: ObjectStore,
  options: { readonly folder: string; readonly formats: readonly ResultFormat[] },
) {
  const found = await resultFiles(row, store, options.formats);
  const check = await approvedFiles(row, store, outputFolder(row.tenant, row.id, found.minutesKey));
  await mkdir(options.folder, { recursive: true });
  // That of another version would say of these files that they are not as approved.
  if (!found.files.some(({ name }) => name === APPROVED_FILES))
    await rm(join(options.folder, APPROVED_FILES), { force: true });
  const files = [];
  for (const { name, key } of found.files) {
    const path = join(options.folder, name);
    await download(store, key, path, (partial) => check(name, partial));
    files.push({ name, path });
  }
  return files;
}

export class NoResultError extends Error {
  override readonly name = 'NoResultError';

  constructor(row: JobRow) {
    const { id, status } = row;
    const failure = failureText(row);
    const advice = LASTING_FAILURES.includes(row.failure ?? '')
      ? 'a retry would end in the same way'
      : `try npm run -s hansard -- retry ${id}`;
    super(
      status === 'failed' || status === 'cancelled'
        ? `job ${id} has no minutes: it is ${status}${failure === null ? '' : ` (${failure})`}; ${advice}`
        : `job ${id} has no minutes yet: follow it with npm run -s hansard -- watch ${id}`,
    );
  }
}

/** File names that a result may have. Objects with other names are not written. */
const RESULT_FILE =
  /^(?:minutes\.(?:json|md|html|docx|pdf)|transcript\.(?:json|vtt|srt)|approved\.sha256)$/;

/** A file of a result, in the store. */
export interface ResultFile {
  readonly name: string;
  readonly key: string;
  readonly bytes: number;
}

/** The files of these formats, and the minutes that they are of. Throws `NoResultError`, and `InvalidOptionError` for none. */
export async function resultFiles(
  row: JobRow,
  store: ObjectStore,
  formats: readonly ResultFormat[] = RESULT_FORMATS,
): Promise<{ readonly minutesKey: string; readonly files: readonly ResultFile[] }> {
  const { tenant, id, result, minutesKey } = row;
  if (result === null || minutesKey === null) throw new NoResultError(row);
  const minutes = await store.getJson(minutesKey, minutesSchema);
  const files: ResultFile[] = [];
  const folder = outputFolder(tenant, id, minutesKey);
  for await (const { key, bytes } of store.list(folder)) {
    const name = key.slice(folder.length);
    const isWanted =
      name === APPROVED_FILES || formats.some((format) => extname(name) === `.${format}`);
    if (RESULT_FILE.test(name) && isWanted) files.push({ name, key, bytes });
  }
  const picture = minutes.image?.key ?? null;
  const shown = formats.includes('html') || formats.includes('md');
  // The key comes from a document: accept only a picture that was published for this job.
  if (shown && picture?.startsWith(`${tenant}/published/${id}/`)) {
    const { bytes } = (await store.head(picture)) ?? { bytes: 0 };
    files.push({ name: 'illustration.png', key: picture, bytes });
  }
  if (files.length > 0) return { minutesKey, files };
  throw new InvalidOptionError(
    `job ${id} has no file of the format ${formats.join(', ')}: its minutes are older than these formats, or say why it could not be made; leave out --format for those that there are`,
  );
}

const download = (
  store: ObjectStore,
  key: string,
  path: string,
  check: (path: string) => Promise<void>,
): Promise<void> =>
  writeWhole(path, async (partial) => {
    await pipeline(await store.getStream(key), createWriteStream(partial, { flags: 'wx' }));
    await check(partial);
  });
