import type { JobRow, JobVersion } from '../../adapters/database/job-library.ts';

/** What `versions --json` says of a version. */
export const listedVersion = (row: JobRow, version: JobVersion) => ({
  version: version.version,
  isShown: isShown(row, version),
  result: version.result,
  approval: version.approval?.state ?? null,
  kind: version.kind,
  base: version.base,
  by: version.author,
  createdAt: version.createdAt.toISOString(),
});

const isShown = (row: JobRow, { minutesKey }: JobVersion): boolean => minutesKey === row.minutesKey;
