import { latestPointerKey, resultKey } from '../../adapters/object-store/keys.ts';
import {
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  type ResultPointer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { DraftError, parseDraft } from './parse-draft.ts';

type Store = Dependencies['store'];

/**
 * The newest accepted answer to some words, kept for the day on which no target answers a newer prompt. One that was
 * held already takes nobody's place: a newer one may lie there.
 */
export async function keepAsLatest(
  store: Store,
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

/** Null: there is none, or none that is a summary by today's form. */
export async function findLatest(
  store: Store,
  home: string,
  textKey: string,
): Promise<{ readonly result: StoredResult; readonly pointer: ResultPointer } | null> {
  const key = latestPointerKey(home, 'summarize', textKey);
  const pointer = await store.findJson(key, resultPointerSchema);
  if (pointer === null) return null;
  const result = await store.findJson(pointer.resultKey, storedResultSchema);
  return result === null || !isSummary(result) ? null : { result, pointer };
}

function isSummary({ answer }: StoredResult): boolean {
  const parsed = summarizeAnswerSchema.safeParse(answer);
  if (!parsed.success) return false;
  try {
    parseDraft(parsed.data.text);
    return true;
  } catch (error) {
    if (error instanceof DraftError) return false;
    throw error;
  }
}
