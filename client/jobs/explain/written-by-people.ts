import type { JobLibrary, JobRow } from '../../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import { itemsOf } from '../../../workflows/contracts/minutes-items.ts';
import { NoResultError } from '../fetch-result.ts';
import { editWith, readEdits, type Wording } from './edits.ts';

/** What people wrote of a version that a summary written anew does not take over. */
export interface WrittenByPeople {
  /** The version that has it. */
  readonly version: number;
  readonly statements: number;
  /** The summary itself is theirs, too. */
  readonly summary: boolean;
}

/**
 * How much of the version that the row shows is what people wrote. What can no longer be told does not count. Throws
 * `NoResultError`.
 */
export async function writtenByPeople(
  row: JobRow,
  store: Pick<ObjectStore, 'getJson' | 'findJson'>,
  library: Pick<JobLibrary, 'versions'>,
): Promise<WrittenByPeople> {
  const { tenant, id, minutesKey } = row;
  if (minutesKey === null) throw new NoResultError(row);
  const minutes = await store.getJson(minutesKey, minutesSchema);
  const edits = await readEdits(minutes, await library.versions(tenant, id), store);
  const isByPerson = (wording: Wording): boolean => {
    const edit = editWith(edits, wording);
    return edit !== null && edit !== 'unknown';
  };
  return {
    version: minutes.version,
    statements: itemsOf(minutes).filter(({ statement }) => isByPerson(statement)).length,
    summary: isByPerson(minutes.summary),
  };
}
