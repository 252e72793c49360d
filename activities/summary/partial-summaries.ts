import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import {
  latestPointerKey,
  reductionKey,
  resultKey,
  sectionsKey,
} from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type {
  PlanReduction,
  SectionsReference,
  SummaryLevel,
} from '../../workflows/contracts/summarizing.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import {
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { SpeakerClaim, SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import { homeOf, languageOf, readTranscript, type Job } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { allAnswers } from './keep-answers.ts';
import type { Outline } from './outline.ts';
import { parseDraft, parseSpeakerClaims } from './parse-draft.ts';
import { readOutline } from './read-template.ts';
import { readSectionAhead } from './sections-ahead.ts';
import { sectionsSchema, type Section } from './sections.ts';
import { reductionWork, sectionWork, type Asked, type SummaryWork } from './summary-work.ts';

/**
 * The manifest of one level: the accepted answers that are its partial summaries, and which of them are joined into one
 * of the next level. Later stages read the answers by these keys: a prompt that was deployed meanwhile has others.
 */
export const reductionSchema = z.object({
  schemaVersion: schemaVersion(1),
  /** Digest of the partial summaries that were grouped; null in objects older than this field. */
  partialsSha256: z.string().nullable().default(null),
  /** Call keys, in the order of the meeting; null in objects older than this field. */
  partials: z.array(z.string()).nullable().default(null),
  /** Indexes of `partials`. */
  groups: z.array(z.array(z.int().nonnegative()).min(1)),
});

export async function readSections(
  store: ObjectStore,
  { tenant, jobId, revision, generation, contextTokens }: SectionsReference,
): Promise<readonly Section[]> {
  const key = sectionsKey(tenant, jobId, generation, contextTokens, revision);
  return (await store.getJson(key, sectionsSchema)).sections;
}

/** `ahead`: of the sections that `cutAhead` cut, while there is no whole transcript yet. */
export async function readSectionWork(
  store: ObjectStore,
  job: Job,
  at: SectionsReference & { readonly section: number; readonly ahead?: true },
): Promise<SummaryWork> {
  if (at.ahead === true) {
    const { section, language } = await readSectionAhead(store, at, at.section);
    return sectionWork(job, section, {
      language,
      outline: await readOutline(store, job, language),
    });
  }
  const section = (await readSections(store, at))[at.section];
  if (section === undefined) throw new RangeError(`there is no section ${at.section}`);
  return sectionWork(job, section, await readAsked(store, job, at));
}

/** The call that joins a group of partial summaries; for a group of one, which needs no call, its call key. */
export async function readReductionWork(
  store: ObjectStore,
  job: Job,
  at: SummaryLevel & { readonly group: number },
): Promise<SummaryWork | string> {
  const group = (await joinedKeys(store, job, at))[at.group];
  if (group === undefined) throw new RangeError(`there is no group ${at.group}`);
  const [only] = group;
  if (group.length === 1 && only !== undefined) return only;
  const asked = await readAsked(store, job, at);
  return reductionWork(job, await readDrafts(store, job, group, asked.outline), asked);
}

/** The language of the summary, and the job's template in it. */
export async function readAsked(store: ObjectStore, job: Job, at: JobReference): Promise<Asked> {
  const language = languageOf(job, await readTranscript(store, at));
  return { language, outline: await readOutline(store, job, language) };
}

/** The drafts of accepted answers, in the order of their call keys. */
export const readDrafts = (
  store: ObjectStore,
  job: Job,
  callKeys: readonly string[],
  outline: Outline,
): Promise<SummaryDraft[]> =>
  mapConcurrent(callKeys, async (callKey) =>
    draftOf(await readAnswer(store, job, callKey), outline),
  );

/** Who speaks, as accepted answers say. */
export async function readSpeakerClaims(
  store: ObjectStore,
  job: Job,
  callKeys: readonly string[],
  outline: Outline,
): Promise<SpeakerClaim[]> {
  const claims = await mapConcurrent(callKeys, async (callKey) =>
    parseSpeakerClaims(textOf(await readAnswer(store, job, callKey)), outline),
  );
  return claims.flat();
}

/** The accepted answers that a summary is made of, by their call keys. */
export interface SummaryCalls {
  /** Of the sections that were answered, in order. */
  readonly sections: readonly string[];
  /** Of each level of reductions, with the answers that it joined. */
  readonly joins: readonly { readonly callKey: string; readonly of: readonly string[] }[];
}

export async function readSummaryCalls(
  store: ObjectStore,
  job: Job,
  top: SummaryLevel,
): Promise<SummaryCalls> {
  const sections = await partialKeys(store, job, { ...top, level: 0 });
  const joins: { callKey: string; of: readonly string[] }[] = [];
  for (let level = 1; level <= top.level; level += 1) {
    const keys = await partialKeys(store, job, { ...top, level });
    const below = await joinedKeys(store, job, { ...top, level: level - 1 });
    for (const [group, callKey] of keys.entries()) {
      const of = below[group] ?? [];
      // A group of one was passed on without an answer of its own.
      if (of.length !== 1) joins.push({ callKey, of });
    }
  }
  return { sections, joins };
}

export const readSummaryAnswers = (
  store: ObjectStore,
  job: Job,
  { sections, joins }: SummaryCalls,
): Promise<StoredResult[]> =>
  mapConcurrent([...sections, ...joins.map(({ callKey }) => callKey)], (callKey) =>
    readAnswer(store, job, callKey),
  );

/** The call keys of a level's partial summaries, in the order of the meeting, as its manifest has them. */
export async function partialKeys(
  store: ObjectStore,
  job: Job,
  at: SummaryLevel,
): Promise<readonly string[]> {
  const manifest = await store.findJson(manifestKey(at), reductionSchema);
  return manifest?.partials ?? (await acceptedKeys(store, job, at));
}

/**
 * The same before the level has a manifest: from the answers that the workflow names. What an older history does not
 * name is looked for: under today's prompt, else the latest answer to the same text.
 */
export async function acceptedKeys(
  store: ObjectStore,
  job: Job,
  at: PlanReduction,
): Promise<string[]> {
  const answers = await allAnswers(store, at);
  const failed = new Set(at.level === 0 ? at.failedSections.map(({ index }) => index) : []);
  const count =
    at.level === 0
      ? (await readSections(store, at)).length
      : (await joinedKeys(store, job, { ...at, level: at.level - 1 })).length;
  const present = Array.from({ length: count }, (_one, index) => index).filter(
    (index) => !failed.has(index),
  );
  return await mapConcurrent(present, async (index) => {
    const named = answers[index] ?? null;
    if (named !== null) return named;
    const work =
      at.level === 0
        ? await readSectionWork(store, job, { ...at, section: index })
        : await readReductionWork(store, job, { ...at, level: at.level - 1, group: index });
    return typeof work === 'string' ? work : await unnamedKey(store, job, work);
  });
}

/** The call keys of a level's partial summaries, by group. */
async function joinedKeys(
  store: ObjectStore,
  job: Job,
  at: SummaryLevel,
): Promise<readonly (readonly string[])[]> {
  const { groups, partials } = await store.getJson(manifestKey(at), reductionSchema);
  const keys = partials ?? (await acceptedKeys(store, job, at));
  return groups.map((group) => group.flatMap((index) => keys[index] ?? []));
}

async function unnamedKey(
  store: ObjectStore,
  job: Job,
  { workKey, textKey }: SummaryWork,
): Promise<string> {
  const home = homeOf(job);
  const accepted = await findResult(store, home, 'summarize', workKey);
  if (accepted !== null) return accepted.callKey;
  const latest = latestPointerKey(home, 'summarize', textKey);
  const pointer = await store.findJson(latest, resultPointerSchema);
  if (pointer !== null) return pointer.callKey;
  throw ApplicationFailure.nonRetryable(
    'a partial summary was accepted and is not stored; `retry` makes it again',
    FAILURES.MissingObject,
  );
}

const manifestKey = (at: SummaryLevel): string =>
  reductionKey(at.tenant, at.jobId, at.level, at.generation, at.contextTokens, at.revision);

const readAnswer = (store: ObjectStore, job: Job, callKey: string): Promise<StoredResult> =>
  store.getJson(resultKey(homeOf(job), 'summarize', callKey), storedResultSchema);

/** Answers were parsed before they were accepted. */
const draftOf = (answer: StoredResult, outline: Outline): SummaryDraft =>
  parseDraft(textOf(answer), outline);

const textOf = ({ answer }: StoredResult): string => summarizeAnswerSchema.parse(answer).text;
