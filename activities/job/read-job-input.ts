import {
  changeKey,
  jobInputKey,
  sourceHome,
  transcriptKey,
} from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { jobInputSchema, type JobInput } from '../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { changeSchema } from '../../workflows/contracts/revision.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';

/** What was submitted; with `revision`, as far as a summary that is made anew follows it. */
export interface Job extends JobInput, Pick<JobReference, 'revision'> {
  /** The language of the documents, where a person asked for another one than the transcript's. */
  readonly documentLanguage?: string | undefined;
  /** The only target whose answers count. */
  readonly onlyTarget?: string | undefined;
}

/** The input of a job. For a revision, with what the person asked for in the place of what was submitted. */
export async function readJobInput(
  store: ObjectStore,
  { tenant, jobId, revision }: JobReference,
): Promise<Job> {
  const input = await store.getJson(jobInputKey(tenant, jobId), jobInputSchema);
  if (revision === undefined) return input;
  const change = await store.getJson(changeKey(tenant, jobId, revision), changeSchema);
  if (change.kind !== 'resummarize') return input;
  return {
    ...input,
    revision,
    documentLanguage: change.language ?? undefined,
    onlyTarget: change.target ?? undefined,
  };
}

export const readTranscript = (
  store: ObjectStore,
  { tenant, jobId, revision }: JobReference,
): Promise<Transcript> => store.getJson(transcriptKey(tenant, jobId, revision), transcriptSchema);

/** The language that the documents are written in. */
export const languageOf = (
  { documentLanguage }: Job,
  transcript: Pick<Transcript, 'language'>,
): string | null => documentLanguage ?? transcript.language;

/** The folder of the answers that derive from a job's recording. */
export const homeOf = (job: JobInput): string => sourceHome(job.tenant, job.source.sha256);
