import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { ObjectMalformedError } from '../../adapters/object-store/object-store-errors.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';

/** The minutes that are a job's result. Null too where they cannot be read: nobody loses anything by newer ones. */
export async function heldMinutes(store: ObjectStore, key: string | null): Promise<Minutes | null> {
  if (key === null) return null;
  try {
    return await store.findJson(key, minutesSchema);
  } catch (error) {
    if (error instanceof ObjectMalformedError) return null;
    throw error;
  }
}
