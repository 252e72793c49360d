import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { objectStoreOf } from './object-store-of.ts';
import type { Surroundings } from './surroundings.ts';

/** `minutes.json` of a job that has completed. */
export async function minutesOf(place: Surroundings, jobId: string): Promise<Minutes> {
  const { rows } = await place.database.query<{ minutes_key: string | null }>(
    'select minutes_key from job where tenant = $1 and id = $2',
    [DEFAULT_TENANT, jobId],
  );
  const key = rows[0]?.minutes_key ?? null;
  if (key === null) throw new Error(`job ${jobId} has no minutes`);
  const store = objectStoreOf(place);
  try {
    return await store.getJson(key, minutesSchema);
  } finally {
    store.close();
  }
}
