import { extname } from 'node:path';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';
import { LASTING_FAILURES } from '../../workflows/contracts/failures.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { InvalidOptionError } from '../config.ts';
import { failureText } from './job-view.ts';
import type { ResultSource, WrittenFile } from './result-source.ts';
import { writeResult } from './write-result.ts';

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
 * Writes the files of a job's minutes into the folder, as `writeResult` does, also while a retry runs or after it failed.
 * `html` and `md` include the picture. Throws the errors of `storedResult` and `writeResult`.
 */
export async function fetchResult(
  row: JobRow,
  store: ObjectStore,
  options: { readonly folder: string; readonly formats: readonly ResultFormat[] },
): Promise<WrittenFile[]> {
  return await writeResult(await storedResult(row, store, options.formats), options.folder);
}

/** The files of these formats in the store. Throws the errors of `resultFiles`. */
export async function storedResult(
  row: JobRow,
  store: ObjectStore,
  formats: readonly ResultFormat[],
): Promise<ResultSource> {
  const { minutesKey, files } = await resultFiles(row, store, formats);
  const folder = outputFolder(row.tenant, row.id, minutesKey);
  return {
    id: row.id,
    files,
    filesSha256: approvedDigest(row),
    open: async (name) =>
      await store.getStream(files.find((file) => file.name === name)?.key ?? `${folder}${name}`),
    addRecording: null,
  };
}

/** Of `approved.sha256`; empty, which is no digest, where an approved version has none; null unless approved. */
export const approvedDigest = ({ approval }: Pick<JobRow, 'approval'>): string | null =>
  approval?.state === 'approved' ? (approval.filesSha256 ?? '') : null;

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

/** Whether a file of a result may have this name, which is a part of no other path. */
export const isResultName = (name: string): boolean => name === PICTURE || RESULT_FILE.test(name);

const PICTURE = 'illustration.png';

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
): Promise<{
  readonly minutesKey: string;
  readonly version: number;
  readonly files: readonly ResultFile[];
}> {
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
    files.push({ name: PICTURE, key: picture, bytes });
  }
  if (files.length > 0) return { minutesKey, version: minutes.version, files };
  throw new InvalidOptionError(
    `job ${id} has no file of the format ${formats.join(', ')}: its minutes are older than these formats, or say why it could not be made; leave out --format for those that there are`,
  );
}
