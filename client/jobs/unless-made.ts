import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { NoResultError } from './fetch-result.ts';
import type { WantedChange } from './revise-job.ts';

/** A change of who spoke. */
type SpeakerChange = Extract<WantedChange, { readonly kind: 'rename' | 'join' }>;

/** The change, or null if the minutes that the job shows have it already. Throws `NoResultError`. */
export async function unlessMade<C extends SpeakerChange>(
  change: C,
  row: JobRow,
  store: Pick<ObjectStore, 'getJson'>,
): Promise<C | null> {
  if (row.minutesKey === null) throw new NoResultError(row);
  const { speakers } = await store.getJson(row.minutesKey, minutesSchema);
  return isMade(change, speakers) ? null : change;
}

function isMade(change: SpeakerChange, speakers: Minutes['speakers']): boolean {
  if (change.kind === 'join') {
    const { joined = [] } = speakers.find(({ id }) => id === change.into) ?? {};
    return joined.includes(change.speaker);
  }
  const named = speakers.find(({ id }) => id === change.speaker);
  // A name that was found in what is said becomes one that a person gave.
  return named?.name === change.name && named.heard?.name !== change.name;
}
