import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';

/** The two documents that every other file of a version is rendered from. */
export interface Documents {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
}

/** Those of a stored version. */
export async function readDocuments(
  store: ObjectStore,
  tenant: string,
  jobId: string,
  minutesKey: string,
): Promise<Documents> {
  const folder = outputFolder(tenant, jobId, minutesKey);
  const [minutes, transcript] = await Promise.all([
    store.getJson(minutesKey, minutesSchema),
    store.getJson(`${folder}transcript.json`, transcriptSchema),
  ]);
  return { minutes, transcript };
}
