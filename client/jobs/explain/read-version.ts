import type { JobLibrary, JobRow } from '../../../adapters/database/job-library.ts';
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
import { readEdits, type Edit } from './edits.ts';

/** One version of a job's minutes. */
export interface Version {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  /** Null: it is of an earlier version of Hansard, or a person split, moved or removed segments. */
  readonly provenance: Provenance | null;
  /** Those since a model last wrote all of it, the newest first. */
  readonly edits: readonly Edit[];
}

/**
 * The files of the version that the row shows which say where it comes from. Throws `NoResultError`, and
 * `InvalidOptionError` if they are gone.
 */
export async function readVersion(
  row: JobRow,
  store: ObjectStore,
  library: Pick<JobLibrary, 'versions'>,
): Promise<Version> {
  const { tenant, id, minutesKey } = row;
  if (row.result === null || minutesKey === null) throw new NoResultError(row);
  const minutes = await store.findJson(minutesKey, minutesSchema);
  if (minutes === null) {
    throw new InvalidOptionError(
      `the minutes of job ${id} are no longer stored: make them again with npm run -s hansard -- retry ${id}`,
    );
  }
  const folder = outputFolder(tenant, id, minutesKey);
  const [transcript, provenance, edits] = await Promise.all([
    store.getJson(`${folder}transcript.json`, transcriptSchema),
    store.findJson(`${folder}${PROVENANCE}`, provenanceSchema),
    readEdits(minutes, await library.versions(tenant, id), store),
  ]);
  return { minutes, transcript, provenance, edits };
}
