import { jobInputKey, sourceHome, transcriptKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import {
  jobInputSchema,
  revisedInputSchema,
  type JobInput,
  type RevisedInput,
} from '../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';

/** What was submitted; of a revision, what it takes instead. */
export type Job = JobInput & Partial<RevisedInput>;

export const readJobInput = (
  store: ObjectStore,
  { tenant, jobId, revision }: JobReference,
): Promise<Job> =>
  revision === undefined
    ? store.getJson(jobInputKey(tenant, jobId), jobInputSchema)
    : store.getJson(jobInputKey(tenant, jobId, revision), revisedInputSchema);

export const readTranscript = (
  store: ObjectStore,
  { tenant, jobId, revision }: JobReference,
): Promise<Transcript> => store.getJson(transcriptKey(tenant, jobId, revision), transcriptSchema);

/** The language that the documents are written in. */
export const languageOf = (
  { documentLanguage }: Job,
  transcript: Pick<Transcript, 'language'>,
): string | null => documentLanguage ?? transcript.language;

/** False for the answer of another target where a person named the only one. */
export const countsFor = ({ onlyTarget }: Job, { target }: { readonly target: string }): boolean =>
  (onlyTarget ?? null) === null || target === onlyTarget;

/** The folder of the answers that derive from a job's recording. */
export const homeOf = (job: JobInput): string => sourceHome(job.tenant, job.source.sha256);
