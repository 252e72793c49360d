import { minutesKey } from '../../adapters/object-store/keys.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { objectStoreOf } from './object-store-of.ts';
import type { Surroundings } from './surroundings.ts';

/** `minutes.json` of a job that has completed. */
export async function minutesOf(place: Surroundings, jobId: string): Promise<Minutes> {
  const store = objectStoreOf(place);
  try {
    return await store.getJson(minutesKey(DEFAULT_TENANT, jobId), minutesSchema);
  } finally {
    store.close();
  }
}
