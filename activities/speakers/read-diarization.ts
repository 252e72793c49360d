import { resultKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import {
  diarizeAnswerSchema,
  storedResultSchema,
  type DiarizeAnswer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import { homeOf } from '../job/read-job-input.ts';

/** The answer that tells who spoke, by its call key; null where the job has none. */
export async function readDiarization(
  store: ObjectStore,
  job: JobInput,
  callKey: string | undefined,
): Promise<(DiarizeAnswer & { readonly result: StoredResult }) | null> {
  if (callKey === undefined) return null;
  const key = resultKey(homeOf(job), 'diarize', callKey);
  const result = await store.getJson(key, storedResultSchema);
  return { ...diarizeAnswerSchema.parse(result.answer), result };
}
