import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { JOB_ID_PATTERN } from '../../workflows/contracts/names.ts';

/**
 * Finds a job by its id or a unique prefix of at least 8 characters. The library is opened only when the reference can be
 * an id. Throws the errors below.
 */
export async function findJob(
  open: () => Promise<Pick<JobLibrary, 'find' | 'findByPrefix'>>,
  tenant: string,
  reference: string,
): Promise<JobRow> {
  const wanted = parseReference(reference);
  const library = await open();
  if (JOB_ID_PATTERN.test(wanted)) {
    const row = await library.find(tenant, wanted);
    if (row === null) throw new JobNotFoundError(tenant, wanted);
    return row;
  }
  const rows = await library.findByPrefix(tenant, wanted);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 1) throw new AmbiguousJobError(wanted, ids);
  if (rows[0] === undefined) throw new JobNotFoundError(tenant, wanted);
  return rows[0];
}

/** The id of a job, or the beginning of it, as typed. Throws `JobReferenceError`. */
export function parseReference(typed: string): string {
  const wanted = typed.trim().toLowerCase();
  if (PREFIX_PATTERN.test(wanted)) return wanted;
  throw new JobReferenceError(typed);
}

const PREFIX_PATTERN = /^[a-z2-7]{8,26}$/;

export class JobReferenceError extends Error {
  override readonly name = 'JobReferenceError';

  constructor(reference: string) {
    super(
      `${JSON.stringify(reference)} is not a job id: give its 26 characters, or at least the first 8`,
    );
  }
}

export class JobNotFoundError extends Error {
  override readonly name = 'JobNotFoundError';

  constructor(tenant: string, reference: string) {
    super(`tenant ${tenant} has no job ${reference}: npm run -s hansard -- list shows its jobs`);
  }
}

export class AmbiguousJobError extends Error {
  override readonly name = 'AmbiguousJobError';

  constructor(prefix: string, ids: readonly string[]) {
    super(
      `several job ids begin with ${prefix}: give more characters (${ids.slice(0, 4).join(', ')})`,
    );
  }
}
