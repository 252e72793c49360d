import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { ObjectMalformedError } from '../../adapters/object-store/object-store-errors.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import { carrySpeakers } from '../speakers/carry-speakers.ts';
import { NOBODY_NAMED, withoutHeardNames, type GivenSpeakers } from '../speakers/join-speakers.ts';

/**
 * The minutes that are a job's result. Null too where they cannot be read: nobody loses anything by newer ones, unless the
 * row of the job says that they are approved.
 */
export async function heldMinutes(store: ObjectStore, key: string | null): Promise<Minutes | null> {
  return key === null ? null : await orUnreadable(() => store.findJson(key, minutesSchema));
}

/**
 * The names and joins that people gave the speakers of a job's result, for a transcript that was made anew, without joins.
 * Without the transcript that they were given for, nobody can tell whose they are.
 */
export async function heldSpeakers(
  store: ObjectStore,
  row: Pick<JobRow, 'tenant' | 'id' | 'minutesKey'> | null,
  { minutes, transcript }: { readonly minutes: Minutes | null; readonly transcript: Transcript },
): Promise<GivenSpeakers> {
  const byPeople = minutes && withoutHeardNames(minutes);
  const isGiven = byPeople?.speakers.some(({ name, joined }) => name !== null || joined);
  if (!row?.minutesKey || byPeople === null || !isGiven) return NOBODY_NAMED;
  const folder = outputFolder(row.tenant, row.id, row.minutesKey);
  const held = await orUnreadable(() =>
    store.findJson(`${folder}transcript.json`, transcriptSchema),
  );
  return held === null
    ? NOBODY_NAMED
    : carrySpeakers({ minutes: byPeople, transcript: held }, transcript);
}

async function orUnreadable<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ObjectMalformedError) return null;
    throw error;
  }
}
