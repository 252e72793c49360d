import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { InvalidOptionError } from '../config.ts';

/** The job as it would be if it showed one of its other versions. Throws `InvalidOptionError`, which names the option. */
export async function ofVersion(
  row: JobRow,
  typed: string,
  library: Pick<JobLibrary, 'versions'>,
  option = '--version',
): Promise<JobRow> {
  const versions = await library.versions(row.tenant, row.id);
  const wanted = versions.find(({ version }) => String(version) === typed.trim());
  if (wanted !== undefined) {
    return { ...row, minutesKey: wanted.minutesKey, result: wanted.result };
  }
  throw new InvalidOptionError(
    versions.length === 0
      ? `${option}: job ${row.id} has no minutes yet`
      : `${option}: job ${row.id} has the versions ${versions
          .slice(0, 20)
          .map(({ version }) => version)
          .join(', ')}; npm run -s hansard -- versions ${row.id} says what each is`,
  );
}
