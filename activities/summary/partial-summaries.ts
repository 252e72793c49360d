import { z } from 'zod';
import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import { adoptedPointerKey, reductionKey, sectionsKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResultKey } from '../../adapters/paid-call/look-up-result.ts';
import type { PlanReduction, SectionsReference } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import {
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { homeOf, readTranscript } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { summaryTextKey, summaryWorkKey } from '../paid/work-keys.ts';
import { parseDraft } from './parse-draft.ts';
import { reductionMessages, sectionMessages } from './prompts.ts';
import { sectionsSchema, type Section } from './sections.ts';

/** Which partial summaries of one level are joined into one of the next: indexes of that level. */
export const reductionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Digest of the partial summaries that were grouped; null in objects older than this field. */
  partialsSha256: z.string().nullable().default(null),
  groups: z.array(z.array(z.int().nonnegative()).min(1)),
});

/** A partial summary and the answers it was made from. */
export interface PartialSummary {
  readonly draft: SummaryDraft;
  readonly results: readonly StoredResult[];
}

/** One summarising call: its messages, the text to summarise, and the keys of both. */
export interface SummaryWork {
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  readonly workKey: string;
  readonly textKey: string;
}

export async function readSections(
  store: ObjectStore,
  { tenant, jobId, generation, contextTokens }: SectionsReference,
): Promise<readonly Section[]> {
  const key = sectionsKey(tenant, jobId, generation, contextTokens);
  return (await store.getJson(key, sectionsSchema)).sections;
}

export async function readSectionWork(
  store: ObjectStore,
  job: JobInput,
  at: SectionsReference & { readonly section: number },
): Promise<SummaryWork> {
  const { language } = await readTranscript(store, at);
  const section = (await readSections(store, at))[at.section];
  if (section === undefined) throw new RangeError(`there is no section ${at.section}`);
  return sectionWork(job, section, language);
}

/** The call that joins a group of partial summaries; null for a group of one, which needs no call. */
export async function readReductionWork(
  store: ObjectStore,
  job: JobInput,
  at: PlanReduction & { readonly group: number },
): Promise<SummaryWork | null> {
  const { language } = await readTranscript(store, at);
  const partials = await readPartials(store, job, at, language);
  const group = (await readGroups(store, at))[at.group];
  if (group === undefined) throw new RangeError(`there is no group ${at.group}`);
  const drafts = group.flatMap((index) => partials[index]?.draft ?? []);
  return drafts.length === 1 ? null : reductionWork(job, drafts, language);
}

/** The messages depend on the section's text and the language only. */
function sectionWork(job: JobInput, { text }: Section, language: string | null): SummaryWork {
  const messages = sectionMessages({ text, language });
  return {
    messages,
    text,
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, text, language),
  };
}

function reductionWork(
  job: JobInput,
  partials: readonly SummaryDraft[],
  language: string | null,
): SummaryWork {
  const messages = reductionMessages({ partials, language });
  return {
    messages,
    text: partials.map(({ summary }) => summary).join('\n'),
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, JSON.stringify(partials), language),
  };
}

/**
 * The partial summaries of a level, in the order of the meeting. Level 0 holds those of the sections (without failed
 * ones), level n those of the groups of level n - 1. A group of one is passed on unchanged.
 */
export async function readPartials(
  store: ObjectStore,
  job: JobInput,
  at: PlanReduction,
  language: string | null,
): Promise<readonly PartialSummary[]> {
  if (at.level === 0) {
    const failed = new Set(at.failedSections.map(({ index }) => index));
    const sections = (await readSections(store, at)).filter(({ index }) => !failed.has(index));
    return await mapConcurrent(sections, async (section) => {
      const result = await acceptedResult(store, job, sectionWork(job, section, language));
      return { draft: draftOf(result), results: [result] };
    });
  }
  const below = { ...at, level: at.level - 1 };
  const members = await readPartials(store, job, below, language);
  return await mapConcurrent(await readGroups(store, below), async (group) => {
    const joined = group.flatMap((index) => members[index] ?? []);
    const [only] = joined;
    if (joined.length === 1 && only !== undefined) return only;
    const drafts = joined.map(({ draft }) => draft);
    const result = await acceptedResult(store, job, reductionWork(job, drafts, language));
    return {
      draft: draftOf(result),
      results: [...joined.flatMap(({ results }) => results), result],
    };
  });
}

async function readGroups(
  store: ObjectStore,
  { tenant, jobId, level, generation, contextTokens }: PlanReduction,
): Promise<readonly (readonly number[])[]> {
  const key = reductionKey(tenant, jobId, level, generation, contextTokens);
  return (await store.getJson(key, reductionSchema)).groups;
}

/**
 * The earlier answer that this job adopted, else the accepted answer. The order matters: an answer that another job
 * receives meanwhile must not come between this job's partial summaries and the reductions made from them.
 */
async function acceptedResult(
  store: ObjectStore,
  job: JobInput,
  { workKey }: SummaryWork,
): Promise<StoredResult> {
  const adopted = await store.findJson(
    adoptedPointerKey(job.tenant, job.jobId, 'summarize', workKey),
    resultPointerSchema,
  );
  const resultKey =
    adopted?.resultKey ?? (await findResultKey(store, homeOf(job), 'summarize', workKey));
  if (resultKey === null) throw new Error('a partial summary was accepted and is not stored');
  return await store.getJson(resultKey, storedResultSchema);
}

/** Answers were parsed before they were accepted. */
const draftOf = ({ answer }: StoredResult): SummaryDraft =>
  parseDraft(summarizeAnswerSchema.parse(answer).text);
