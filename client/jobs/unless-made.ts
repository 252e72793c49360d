import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { NoResultError } from './fetch-result.ts';
import type { WantedChange } from './revise-job.ts';

/**
 * The change, or null if the minutes that the job shows have it already: a name, a join, or who is asked to approve.
 * Throws `NoResultError`.
 */
export async function unlessMade(
  change: WantedChange,
  row: JobRow,
  store: Pick<ObjectStore, 'getJson'>,
): Promise<WantedChange | null> {
  if (row.minutesKey === null) throw new NoResultError(row);
  // What these change cannot be there already, or was compared before.
  if (change.kind === 'edit' || change.kind === 'resummarize') return change;
  return isMade(change, await store.getJson(row.minutesKey, minutesSchema)) ? null : change;
}

function isMade(
  change: Exclude<WantedChange, { readonly kind: 'edit' | 'resummarize' }>,
  { speakers, approval }: Minutes,
): boolean {
  switch (change.kind) {
    case 'rename': {
      const named = speakers.find(({ id }) => id === change.speaker);
      // A name that was found in what is said becomes one that a person gave.
      return named?.name === change.name && named.heard?.name !== change.name;
    }
    case 'join': {
      const { joined = [] } = speakers.find(({ id }) => id === change.into) ?? {};
      return joined.includes(change.speaker);
    }
    case 'approval': {
      const { decision } = change;
      return (
        decision.kind === 'delegate' &&
        approval?.state === 'draft' &&
        approval.asked === decision.to &&
        // After its time it is refused.
        (approval.until === null || Date.parse(approval.until) > Date.now())
      );
    }
  }
}
