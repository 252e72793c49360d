import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { NoResultError } from './fetch-result.ts';
import { parseVersion } from './parse-version.ts';

/** The job as it would be if it showed one of its other versions. Throws `InvalidOptionError`, and `NoSuchVersionError`. */
export async function ofVersion(
  row: JobRow,
  typed: string,
  library: Pick<JobLibrary, 'versions'>,
  option = '--version',
): Promise<JobRow> {
  const number = parseVersion(typed, option);
  const versions = await library.versions(row.tenant, row.id);
  const wanted = versions.find(({ version }) => version === number);
  if (wanted !== undefined) {
    return {
      ...row,
      minutesKey: wanted.minutesKey,
      result: wanted.result,
      approval: wanted.approval,
    };
  }
  throw new NoSuchVersionError(
    versions.length === 0
      ? `${option}: job ${row.id} has no minutes yet`
      : `${option}: job ${row.id} has the versions ${versions
          .slice(0, 20)
          .map(({ version }) => version)
          .join(', ')}; npm run -s hansard -- versions ${row.id} says what each is`,
  );
}

/**
 * The job, if the version that a person read is the one that it shows. Throws `NoResultError`, the
 * errors of `ofVersion`, and `VersionOutdatedError`.
 *
 * @param typed number of that version; undefined: whichever is shown
 */
export async function requireShown(
  row: JobRow,
  typed: string | undefined,
  library: Pick<JobLibrary, 'versions'>,
): Promise<JobRow & { readonly minutesKey: string }> {
  const { minutesKey } = row;
  if (minutesKey === null) throw new NoResultError(row);
  const read = typed === undefined ? row : await ofVersion(row, typed, library);
  if (read.minutesKey === minutesKey) return { ...row, minutesKey };
  const versions = await library.versions(row.tenant, row.id);
  const shown = versions.find((one) => one.minutesKey === minutesKey)?.version ?? 'another one';
  throw new VersionOutdatedError(
    `--version: job ${row.id} shows version ${shown} by now, and not ${typed?.trim()}: nothing was decided; read it with npm run -s hansard -- result ${row.id} --out DIR`,
  );
}

/** Also of a version that lacks what is asked for. */
export class NoSuchVersionError extends Error {
  override readonly name = 'NoSuchVersionError';
}

/** Another version is shown by now than the one that a person has read. */
export class VersionOutdatedError extends Error {
  override readonly name = 'VersionOutdatedError';
}
