import type { JobRow } from '../../../adapters/database/job-library.ts';
import { outputKey } from '../../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { outputFolder } from '../../../adapters/object-store/output-folder.ts';
import { minutesSchema, type Minutes } from '../../../workflows/contracts/minutes.ts';
import {
  PROVENANCE,
  provenanceSchema,
  type Provenance,
} from '../../../workflows/contracts/provenance.ts';
import { transcriptSchema, type Transcript } from '../../../workflows/contracts/transcript.ts';
import { InvalidOptionError } from '../../config.ts';
import { NoResultError } from '../fetch-result.ts';

/** One version of a job's minutes. */
export interface Version {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  /** Null: it is of an earlier version of Hansard. */
  readonly provenance: Provenance | null;
}

/**
 * The files of a version that say where it comes from. Throws `NoResultError`, and `InvalidOptionError` for a version
 * that there is not.
 *
 * @param wanted undefined: the one that `result` gives
 */
export async function readVersion(
  row: JobRow,
  store: ObjectStore,
  wanted: number | undefined,
): Promise<Version> {
  const { tenant, id } = row;
  if (row.result === null || row.minutesKey === null) throw new NoResultError(row);
  const key = wanted === undefined ? row.minutesKey : outputKey(tenant, id, wanted, 'minutes.json');
  const minutes = await store.findJson(key, minutesSchema);
  if (minutes === null) {
    throw new InvalidOptionError(
      wanted === undefined
        ? `the minutes of job ${id} are no longer stored: make them again with npm run -s hansard -- retry ${id}`
        : `job ${id} has no version ${wanted} of its minutes: leave out --version for the present one`,
    );
  }
  const folder = outputFolder(tenant, id, key);
  const [transcript, provenance] = await Promise.all([
    store.getJson(`${folder}transcript.json`, transcriptSchema),
    store.findJson(`${folder}${PROVENANCE}`, provenanceSchema),
  ]);
  return { minutes, transcript, provenance };
}
