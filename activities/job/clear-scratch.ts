import type { JobRun } from '../../adapters/database/job-library.ts';
import { scratchPrefix, sharedScratchPrefix } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';

/** Deletes the temporary files of one run, and returns their number. Those of other runs stay. */
export async function clearScratch(
  store: ObjectStore,
  { tenant, jobId, runId }: JobRun,
): Promise<number> {
  const own = await store.deletePrefix(scratchPrefix(tenant, jobId, runId));
  return own + (await store.deletePrefix(`${sharedScratchPrefix(tenant, jobId)}chunks/`));
}
