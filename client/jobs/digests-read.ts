import type { JobRow } from '../../adapters/database/job-library.ts';
import { sha256 } from '../../adapters/identity/digest.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';

/** The digests of the two documents that somebody read who read these minutes. */
export async function digestsRead(
  { tenant, id, minutesKey }: Pick<JobRow, 'tenant' | 'id'> & { readonly minutesKey: string },
  store: Pick<ObjectStore, 'get'>,
): Promise<{ readonly sha256: string; readonly transcriptSha256: string }> {
  const folder = outputFolder(tenant, id, minutesKey);
  return {
    sha256: sha256(await store.get(minutesKey)),
    transcriptSha256: sha256(await store.get(`${folder}transcript.json`)),
  };
}
