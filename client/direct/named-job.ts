import type { JobRow } from '../../adapters/database/job-library.ts';
import type { JobName } from '../back-end.ts';
import { parseTenant } from '../config.ts';
import type { Direct } from './direct.ts';

/** The job that the user named. Throws the errors of `findJob`. */
export async function namedJob(
  { env, services }: Direct,
  { reference, tenant }: JobName,
): Promise<JobRow> {
  const parsed = parseTenant(env, tenant);
  const { findJob } = await import('../jobs/find-job.ts');
  return await findJob(services.library, parsed, reference);
}

/** The same, as it would be if it showed this version. Throws `NoSuchVersionError`, too. */
export async function namedVersion(
  direct: Direct,
  name: JobName,
  version: number | undefined,
  option?: string,
): Promise<JobRow> {
  const row = await namedJob(direct, name);
  if (version === undefined) return row;
  const { ofVersion } = await import('../jobs/of-version.ts');
  return await ofVersion(row, String(version), await direct.services.library(), option);
}
