import { digestOf, sha256 } from '../../adapters/identity/digest.ts';
import { workKey, type Work } from '../../adapters/identity/work-key.ts';
import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { AnswerSchema } from '../../adapters/inference/protocols/forms/response-format.ts';
import type { ChunkPlan, PlannedChunk, Samples } from '../../workflows/contracts/chunk-plan.ts';
import type { Asked } from '../../workflows/contracts/stored-results.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { PICTURE_PROMPT_VERSION } from '../picture/picture-prompt.ts';
import { outlineKey, type Outline } from '../summary/outline.ts';
import { answerSchema, SUMMARY_PROMPT_VERSION } from '../summary/prompts.ts';

/**
 * The identity of each piece of paid work: what is asked, not which target. Two jobs that need the same work share its
 * key, and so its answer.
 */

/** What most kinds of work do not specify. */
export const UNSPECIFIED = {
  language: null,
  templateVersion: null,
  promptVersion: null,
  schemaDigest: null,
} as const;

const keyOf = (job: JobInput, work: Pick<Work, 'role' | 'input'> & Partial<Work>): string =>
  workKey({ ...UNSPECIFIED, ...work, variant: { force: job.forceNonce, ...work.variant } });

export const chunkWorkKey = (
  job: JobInput,
  { sourceSha256, preparationVersion }: ChunkPlan,
  { startSample, endSample }: PlannedChunk,
): string =>
  keyOf(job, {
    role: 'transcribe',
    input: { sourceSha256, preparationVersion, channel: 'mix', startSample, endSample },
    language: job.options.language,
  });

/** A stretch of a chunk that is asked again on its own, in any language where a target can tell. */
export const stretchWorkKey = (
  job: JobInput,
  { sourceSha256, preparationVersion }: ChunkPlan,
  { startSample, endSample }: Samples,
): string =>
  keyOf(job, {
    role: 'transcribe',
    input: { sourceSha256, preparationVersion, channel: 'mix', startSample, endSample },
    // For the targets that cannot.
    language: job.options.language,
    // The stretch can be the whole chunk, and the question is another one all the same.
    variant: { asked: 'again' },
  });

/** The voices of all of a recording with one track. */
export const speakersWorkKey = (
  job: JobInput,
  {
    sourceSha256,
    preparationVersion,
    samples: endSample,
  }: Pick<ChunkPlan, 'sourceSha256' | 'preparationVersion' | 'samples'>,
): string =>
  keyOf(job, {
    role: 'diarize',
    input: { sourceSha256, preparationVersion, channel: 'mix', startSample: 0, endSample },
  });

/**
 * Sections and reductions alike: the messages are the whole input.
 *
 * @param asked a template counts by what it asks for in this language, and not by its name; `schema`: of the answer,
 *   default: the outline's
 * @param variant the repair of an answer that was of no use; whatever its fault was
 */
export const summaryWorkKey = (
  job: JobInput,
  messages: readonly ChatMessage[],
  {
    language,
    outline,
    schema = answerSchema(outline),
  }: {
    readonly language: string | null;
    readonly outline: Outline;
    readonly schema?: AnswerSchema;
  },
  variant: { readonly asked: 'repair' } | null = null,
): string =>
  keyOf(job, {
    role: 'summarize',
    input: sha256(JSON.stringify(messages)),
    language,
    ...(variant && { variant }),
    templateVersion: outlineKey(outline),
    promptVersion: SUMMARY_PROMPT_VERSION,
    schemaDigest: digestOf(schema.json),
  });

/** What the work key of a summary does not tell by itself. */
export const summaryAsked = (outline: Outline): Asked => ({
  template: outlineKey(outline),
  promptVersion: SUMMARY_PROMPT_VERSION,
});

/** The key of the text alone: different prompts for the same text share it, and so the latest answer to any. */
export const summaryTextKey = (
  job: JobInput,
  words: string,
  { language, outline }: { readonly language: string | null; readonly outline: Outline },
): string =>
  keyOf(job, {
    role: 'summarize',
    input: sha256(words),
    language,
    templateVersion: outlineKey(outline),
  });

export const pictureWorkKey = (job: JobInput, prompt: string, attempt: number): string =>
  keyOf(job, {
    role: 'illustrate',
    input: sha256(prompt),
    promptVersion: PICTURE_PROMPT_VERSION,
    variant: { attempt },
  });

export const moderationWorkKey = (job: JobInput, pictureSha256: string): string =>
  keyOf(job, { role: 'moderate', input: pictureSha256 });
