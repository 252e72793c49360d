import { digestOf, sha256 } from '../../adapters/identity/digest.ts';
import { workKey } from '../../adapters/identity/work-key.ts';
import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { ChunkPlan, PlannedChunk } from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { PICTURE_PROMPT_VERSION } from '../picture/picture-prompt.ts';
import { SUMMARY_PROMPT_VERSION, SUMMARY_SCHEMA, TEMPLATE } from '../summary/prompts.ts';

/**
 * The identity of each piece of paid work: what is asked, not which target. Two jobs that need the same work share its
 * key, and so its answer.
 */

const NONE = { templateVersion: null, promptVersion: null, schemaDigest: null } as const;

export const chunkWorkKey = (job: JobInput, plan: ChunkPlan, chunk: PlannedChunk): string =>
  workKey({
    role: 'transcribe',
    input: {
      sourceSha256: plan.sourceSha256,
      preparationVersion: plan.preparationVersion,
      channel: 'mix',
      startSample: chunk.startSample,
      endSample: chunk.endSample,
    },
    language: job.options.language,
    ...NONE,
    variant: variantOf(job),
  });

/** Sections and reductions alike: the messages are the whole input. */
export const summaryWorkKey = (
  job: JobInput,
  messages: readonly ChatMessage[],
  language: string | null,
): string =>
  workKey({
    role: 'summarize',
    input: sha256(JSON.stringify(messages)),
    language,
    templateVersion: `${TEMPLATE.id}/${TEMPLATE.version}`,
    promptVersion: SUMMARY_PROMPT_VERSION,
    schemaDigest: digestOf(SUMMARY_SCHEMA.json),
    variant: variantOf(job),
  });

/** The key of the text alone: different prompts for the same text share it, and so the latest answer to any. */
export const summaryTextKey = (job: JobInput, words: string, language: string | null): string =>
  workKey({
    role: 'summarize',
    input: sha256(words),
    language,
    ...NONE,
    templateVersion: `${TEMPLATE.id}/${TEMPLATE.version}`,
    variant: variantOf(job),
  });

export const pictureWorkKey = (job: JobInput, prompt: string, attempt: number): string =>
  workKey({
    role: 'illustrate',
    input: sha256(prompt),
    language: null,
    ...NONE,
    promptVersion: PICTURE_PROMPT_VERSION,
    variant: { ...variantOf(job), attempt },
  });

export const moderationWorkKey = (job: JobInput, pictureSha256: string): string =>
  workKey({
    role: 'moderate',
    input: pictureSha256,
    language: null,
    ...NONE,
    variant: variantOf(job),
  });

const variantOf = (job: JobInput) => ({ force: job.forceNonce });
