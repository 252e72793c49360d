import type { JobRow } from '../../adapters/database/job-library.ts';
import type { RenderedRevision } from '../../workflows/contracts/activities.ts';
import type { ServiceConnections } from '../service-connections.ts';
import { approvalView, type ApprovalView } from './approval-view.ts';
import { reviseJob, type RevisionNeeds, type WantedChange } from './revise-job.ts';
import { shownMinutes } from './shown-minutes.ts';
import { unlessMade } from './unless-made.ts';

/** What became of a change. */
export type MadeChange =
  /** The minutes have it already. */
  | { readonly outcome: 'same' }
  /** The calls that it needs were not wanted. */
  | { readonly outcome: 'unwanted' }
  | {
      readonly outcome: 'made';
      readonly made: RenderedRevision;
      /** Of the version that was made; null: nobody is asked for it. */
      readonly approval: ApprovalView | null;
      /** Who is asked to approve it; null: nobody by name. */
      readonly asked: string | null;
    };

/**
 * Makes the next version of a job's minutes, unless they are already as it would have them. Throws the errors of
 * `reviseJob`.
 *
 * @param named null: there is nothing to change
 */
export async function makeChange(
  row: JobRow,
  named: WantedChange | null,
  services: Pick<ServiceConnections, 'store' | 'temporal'>,
  needs: RevisionNeeds = {},
): Promise<MadeChange> {
  const store = await services.store();
  const wanted = named && (await unlessMade(named, row, store));
  if (wanted === null) return { outcome: 'same' };
  const temporal = await services.temporal();
  const made = await reviseJob(row, wanted, { store, temporal, ...needs });
  if (made === null) return { outcome: 'unwanted' };
  return await asMade(made, services);
}

/** A change that was made, with what its minutes say of it. */
export async function asMade(
  made: RenderedRevision,
  { store }: Pick<ServiceConnections, 'store'>,
): Promise<Extract<MadeChange, { outcome: 'made' }>> {
  const approval = approvalView(made.approval ?? null, new Date());
  const asked = approval && ((await shownMinutes(made, store))?.asked ?? null);
  return { outcome: 'made', made, approval, asked };
}
