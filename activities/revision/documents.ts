import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import {
  PROVENANCE,
  provenanceSchema,
  type Provenance,
} from '../../workflows/contracts/provenance.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';

/** The two documents that every other file of a version is rendered from. */
export interface Documents {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
}

/** Those of a version, and the answers that it is made of; null: it is older than that record. */
export interface Version extends Documents {
  readonly provenance: Provenance | null;
}

/** What a stored version is made of. */
export async function readVersion(
  store: ObjectStore,
  tenant: string,
  jobId: string,
  minutesKey: string,
): Promise<Version> {
  const folder = outputFolder(tenant, jobId, minutesKey);
  const [minutes, transcript, provenance] = await Promise.all([
    store.getJson(minutesKey, minutesSchema),
    store.getJson(`${folder}transcript.json`, transcriptSchema),
    store.findJson(`${folder}${PROVENANCE}`, provenanceSchema),
  ]);
  return { minutes, transcript, provenance };
}
