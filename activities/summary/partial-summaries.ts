import { z } from 'zod';
import {
  adoptedPointerKey,
  reductionKey,
  sectionsKey,
  transcriptKey,
} from '../../adapters/object-store/keys.ts';
import { findResultKey } from '../../adapters/paid-call/look-up-result.ts';
import type { ItemFailure, SectionsReference } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import {
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { sectionsSchema, type Section } from './sections.ts';
import { parseDraft } from './parse-draft.ts';
import { reductionMessages, sectionMessages } from './prompts.ts';
import { homeOf } from '../job/read-job-input.ts';
import { summaryTextKey, summaryWorkKey } from '../paid/work-keys.ts';

type Store = Dependencies['store'];

/** Which partial summaries of one level are joined into one of the next: indexes of that level. */
export const reductionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Digest of the partial summaries that were planned for; null in plans of before. */
  partialsSha256: z.string().nullable().default(null),
  groups: z.array(z.array(z.int().nonnegative()).min(1)),
});

/** A partial summary and the answers it was made from. */
export interface Partial {
  readonly draft: SummaryDraft;
  readonly results: readonly StoredResult[];
}

export async function readTranscript(store: Store, job: JobInput): Promise<Transcript> {
  return await store.getJson(transcriptKey(job.tenant, job.jobId), transcriptSchema);
}

export async function readSections(
  store: Store,
  { tenant, jobId, generation, contextTokens }: SectionsReference,
): Promise<readonly Section[]> {
  const key = sectionsKey(tenant, jobId, generation, contextTokens);
  return (await store.getJson(key, sectionsSchema)).sections;
}

/** What is asked of a section: its only input is its text and the language. */
export function sectionWork(job: JobInput, section: Section, language: string | null) {
  const messages = sectionMessages({ text: section.text, language });
  return {
    messages,
    text: section.text,
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, section.text, language),
  };
}

/** What is asked of a group of partial summaries. */
export function reductionWork(
  job: JobInput,
  partials: readonly SummaryDraft[],
  language: string | null,
) {
  const messages: readonly ChatMessage[] = reductionMessages({ partials, language });
  const text = partials.map(({ summary }) => summary).join('\n');
  return {
    messages,
    text,
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, JSON.stringify(partials), language),
  };
}

/**
 * The partial summaries of a level, in the order of the meeting. Level 0 are the sections' (without those that
 * failed), level n the groups of level n - 1. A group of one is passed on as it is.
 */
export async function readPartials(
  store: Store,
  job: JobInput,
  at: SectionsReference & { readonly failedSections: readonly ItemFailure[] },
  level: number,
  language: string | null,
): Promise<readonly Partial[]> {
  if (level === 0) {
    const failed = new Set(at.failedSections.map(({ index }) => index));
    const sections = (await readSections(store, at)).filter(({ index }) => !failed.has(index));
    return await mapConcurrent(sections, async (section) => {
      const result = await acceptedResult(store, job, sectionWork(job, section, language).workKey);
      return { draft: draftOf(result), results: [result] };
    });
  }
  const before = await readPartials(store, job, at, level - 1, language);
  const groups = await readGroups(store, at, level - 1);
  return await mapConcurrent(groups, async (group) => {
    const members = group.flatMap((index) => before[index] ?? []);
    const [only] = members;
    if (members.length === 1 && only !== undefined) return only;
    const drafts = members.map(({ draft }) => draft);
    const result = await acceptedResult(store, job, reductionWork(job, drafts, language).workKey);
    return {
      draft: draftOf(result),
      results: [...members.flatMap(({ results }) => results), result],
    };
  });
}

export async function readGroups(
  store: Store,
  { tenant, jobId, generation, contextTokens }: SectionsReference,
  level: number,
): Promise<readonly (readonly number[])[]> {
  const key = reductionKey(tenant, jobId, level, generation, contextTokens);
  return (await store.getJson(key, reductionSchema)).groups;
}

/**
 * The earlier answer that this job made do with, or else the one that was accepted. In this order: what another job is
 * answered meanwhile must not come between a job's partial summaries and the reductions made of them.
 */
async function acceptedResult(store: Store, job: JobInput, key: string): Promise<StoredResult> {
  const adopted = await store.findJson(
    adoptedPointerKey(job.tenant, job.jobId, 'summarize', key),
    resultPointerSchema,
  );
  const resultKey =
    adopted?.resultKey ?? (await findResultKey(store, homeOf(job), 'summarize', key));
  if (resultKey === null) throw new Error('a partial summary was accepted and is not stored');
  return await store.getJson(resultKey, storedResultSchema);
}

/** Answers were parsed before they were accepted. */
const draftOf = ({ answer }: StoredResult): SummaryDraft =>
  parseDraft(summarizeAnswerSchema.parse(answer).text);
