import type { JobRow } from '../../adapters/database/job-library.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import {
  CHANGES_FILE,
  versionChangesSchema,
  type VersionChanges,
} from '../../workflows/contracts/version-changes.ts';
import { NoResultError } from './fetch-result.ts';
import { NoSuchVersionError } from './of-version.ts';

/** What a person changed in the version that a job shows. Throws `NoResultError`, and `NoSuchVersionError`. */
export async function fetchChanges(row: JobRow, store: ObjectStore): Promise<VersionChanges> {
  if (row.minutesKey === null) throw new NoResultError(row);
  const folder = outputFolder(row.tenant, row.id, row.minutesKey);
  const changes = await store.findJson(`${folder}${CHANGES_FILE}`, versionChangesSchema);
  if (changes !== null) return changes;
  throw new NoSuchVersionError(
    `--changes: a run of job ${row.id} made this version, and nobody changed it; npm run -s hansard -- versions ${row.id} lists those that people made`,
  );
}
