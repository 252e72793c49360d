import { outputKey } from '../../adapters/object-store/keys.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { objectStoreOf } from './object-store-of.ts';
import type { Surroundings } from './surroundings.ts';

/** `minutes.json` of a job that has completed, of its first version unless another is named. */
export async function minutesOf(place: Surroundings, jobId: string, version = 1): Promise<Minutes> {
  const store = objectStoreOf(place);
  try {
    const key = outputKey(DEFAULT_TENANT, jobId, version, 'minutes.json');
    return await store.getJson(key, minutesSchema);
  } finally {
    store.close();
  }
}
