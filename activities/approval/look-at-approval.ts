import { versionIn } from '../../adapters/database/job-versions.ts';
import { outputKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';
import { startDeliveries } from '../delivery/start-deliveries.ts';
import type { Dependencies } from '../dependencies.ts';

/** Tells what a job shows that waits for a person, and when they are reminded. Reads the library only. */
export const lookAtApproval =
  ({ library }: Pick<Dependencies, 'library'>): Activities['lookAtApproval'] =>
  async ({ tenant, jobId }) => {
    const row = await library.find(tenant, jobId);
    const { approval = null, minutesKey = null } = row ?? {};
    if (minutesKey === null) return null;
    return { approval, version: versionIn(minutesKey), remindAt: remindAt(approval) };
  };

/** After a day, or after half of the time where that is sooner. */
function remindAt(approval: ApprovalFacts | null): string | null {
  if (approval?.state !== 'draft' || approval.until === null) return null;
  if (approval.remindedAt !== undefined) return null;
  const since = Date.parse(approval.since);
  const waits = Date.parse(approval.until) - since;
  return new Date(since + Math.max(0, Math.min(DAY_MS, waits / 2))).toISOString();
}

const DAY_MS = 24 * 3_600_000;

/** Marks the draft in the library, which `status` and `list` show, and has it told to webhooks. */
export const remindOfApproval =
  (deps: Dependencies): Activities['remindOfApproval'] =>
  async ({ tenant, jobId, version }) => {
    const minutesKey = outputKey(tenant, jobId, version, 'minutes.json');
    await deps.library.markReminded({ tenant, jobId }, minutesKey, deps.now());
    await startDeliveries(deps, { tenant, jobId });
  };
