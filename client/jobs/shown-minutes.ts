import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Approval } from '../../workflows/contracts/approval.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { isByHand } from '../../workflows/contracts/revision.ts';

/** What the minutes that a job shows say of the people who worked on them. */
export interface ShownMinutes {
  readonly version: number;
  readonly approval: Approval | null;
  /** Who is asked to approve; null: nobody by name. */
  readonly asked: string | null;
  /** Why no run replaces them; null: one that lacks no more does. */
  readonly stays: 'approved' | 'changed by a person' | null;
}

/** Null where nothing is stored or can be read. */
export async function shownMinutes(
  { minutesKey }: Pick<JobRow, 'minutesKey'>,
  store: () => Promise<ObjectStore>,
): Promise<ShownMinutes | null> {
  if (minutesKey === null) return null;
  try {
    const minutes = await (await store()).getJson(minutesKey, minutesSchema);
    const { version, approval, revisions = [] } = minutes;
    const asked = approval?.asked ?? null;
    const isEdited = revisions.some(isByHand) ? 'changed by a person' : null;
    return {
      version,
      approval,
      asked,
      stays: approval?.state === 'approved' ? 'approved' : isEdited,
    };
  } catch {
    return null;
  }
}
