import { jobInputKey, sourceHome } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { jobInputSchema, type JobInput } from '../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';

/** What was submitted, from `jobs/{id}/input.json`. */
export async function readJobInput(
  store: ObjectStore,
  { tenant, jobId }: JobReference,
): Promise<JobInput> {
  return await store.getJson(jobInputKey(tenant, jobId), jobInputSchema);
}

/** Where the answers that derive from a job's recording lie. */
export const homeOf = (job: JobInput): string => sourceHome(job.tenant, job.source.sha256);
