import type { JobRow } from '../../adapters/database/job-library.ts';
import { jobInputKey } from '../../adapters/object-store/keys.ts';
import { jobInputSchema } from '../../workflows/contracts/job-input.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { ApprovalView } from './approval-view.ts';
import { jobView } from './job-status.ts';
import type { JobStatus, JobView } from './job-view.ts';
import { shownMinutes } from './shown-minutes.ts';

/** How an approval stands, with the words of the minutes on it where they can be read. */
export type NamedApproval = ApprovalView & {
  readonly asked?: string | null | undefined;
  readonly by?: string;
  readonly at?: string;
  readonly remark?: string;
};

/** What `status --json` prints. */
export type ReadStatus = Omit<JobStatus, 'approval'> & {
  readonly approval: NamedApproval | null;
  /** The name of the job's template; null where its input cannot be read. */
  readonly template: string | null;
};

/** A status with what the stored documents add to it. */
export async function readStatus(
  row: JobRow,
  services: Pick<ServiceConnections, 'library' | 'store' | 'temporal'>,
): Promise<{ readonly view: JobView; readonly status: ReadStatus }> {
  const library = await services.library();
  const [view, template, shown] = await Promise.all([
    jobView(row, { library, temporal: services.temporal }),
    templateName(row, services),
    row.approval === null ? null : shownMinutes(row, services.store),
  ]);
  const words = shown?.approval;
  // Always in this order, in which the gateway answers it, too.
  const approval = view.status.approval && {
    ...view.status.approval,
    ...(words?.asked !== undefined && { asked: words.asked }),
    ...words,
    ...view.status.approval,
  };
  return { view, status: { ...view.status, approval, template } };
}

async function templateName(
  { tenant, id }: JobRow,
  { store }: Pick<ServiceConnections, 'store'>,
): Promise<string | null> {
  try {
    const input = await (await store()).getJson(jobInputKey(tenant, id), jobInputSchema);
    return input.template?.name ?? 'standard';
  } catch {
    return null;
  }
}
