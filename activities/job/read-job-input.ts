import { jobInputKey, sourceHome, transcriptKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { jobInputSchema, type JobInput } from '../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';

export const readJobInput = (
  store: ObjectStore,
  { tenant, jobId }: JobReference,
): Promise<JobInput> => store.getJson(jobInputKey(tenant, jobId), jobInputSchema);

export const readTranscript = (
  store: ObjectStore,
  { tenant, jobId }: JobReference,
): Promise<Transcript> => store.getJson(transcriptKey(tenant, jobId), transcriptSchema);

/** The folder of the answers that derive from a job's recording. */
export const homeOf = (job: JobInput): string => sourceHome(job.tenant, job.source.sha256);
