import { latestPointerKey, resultKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import {
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  type ResultPointer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { countsFor, homeOf, readJobInput } from '../job/read-job-input.ts';
import type { Outline } from './outline.ts';
import { DraftError, parseDraft } from './parse-draft.ts';
import { readReductionWork, readSectionWork } from './partial-summaries.ts';

/**
 * Used when no target answers: finds the latest answer that another prompt version got for the same text. It counts
 * for this run only, because it is in its history and under no work key: a retry of the job asks the targets again.
 * Null: there is none in today's form.
 */
export const adoptEarlierSummary =
  ({ store }: Dependencies): Activities['adoptEarlierSummary'] =>
  async ({ of, ...at }) => {
    const job = await readJobInput(store, at);
    const work =
      of.kind === 'section'
        ? await readSectionWork(store, job, { ...at, section: of.section })
        : await readReductionWork(store, job, { ...at, ...of });
    if (typeof work === 'string') return null;
    const latest = latestPointerKey(homeOf(job), 'summarize', work.textKey);
    const pointer = await store.findJson(latest, resultPointerSchema);
    if (pointer === null) return null;
    const result = await store.findJson(pointer.resultKey, storedResultSchema);
    if (result === null || !isSummary(result, work.outline)) return null;
    if (!countsFor(job, result)) return null;
    return { target: result.target, answeredAt: result.createdAt, callKey: pointer.callKey };
  };

function isSummary({ answer }: StoredResult, outline: Outline): boolean {
  const parsed = summarizeAnswerSchema.safeParse(answer);
  if (!parsed.success) return false;
  try {
    parseDraft(parsed.data.text, outline);
    return true;
  } catch (error) {
    if (error instanceof DraftError) return false;
    throw error;
  }
}

/**
 * Remembers an accepted answer as the latest for its text, for the time when no target answers a newer prompt. A
 * reused answer does not replace the pointer, which may name a newer answer.
 */
export async function keepAsLatest(
  store: ObjectStore,
  home: string,
  textKey: string,
  { result: { role, callKey }, reused }: { result: StoredResult; reused: boolean },
): Promise<void> {
  const pointer: ResultPointer = {
    schemaVersion: 1,
    callKey,
    resultKey: resultKey(home, role, callKey),
  };
  await store.putJson(latestPointerKey(home, role, textKey), pointer, { ifAbsent: reused });
}
