import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Approval } from '../../workflows/contracts/approval.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';

/** What the minutes that a job shows say of their approval, with names; null where nothing is stored or can be read. */
export async function shownApproval(
  { minutesKey }: Pick<JobRow, 'minutesKey'>,
  store: () => Promise<ObjectStore>,
): Promise<{ readonly version: number; readonly approval: Approval } | null> {
  if (minutesKey === null) return null;
  try {
    const { version, approval } = await (await store()).getJson(minutesKey, minutesSchema);
    return approval === null ? null : { version, approval };
  } catch {
    return null;
  }
}

/** Who is asked to approve; null: nobody by name. */
export const askedIn = (shown: Awaited<ReturnType<typeof shownApproval>>): string | null =>
  shown !== null && 'asked' in shown.approval ? shown.approval.asked : null;
