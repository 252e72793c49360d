import type { Dependencies } from '../dependencies.ts';

type Ports = Pick<Dependencies, 'deliveries' | 'startDelivery'>;

/**
 * Has the messages of a job delivered that nobody has tried yet. The messages were booked together with the change of the
 * row, so an activity that died in between finds them when Temporal runs it again.
 */
export async function startDeliveries(
  { deliveries, startDelivery }: Ports,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
): Promise<void> {
  for (const message of await deliveries.untried(tenant, jobId)) await startDelivery(message);
}

/**
 * The net for what is left: changes that a client made, and deliveries that somebody terminated. Starting one that runs
 * does nothing. Also deletes the messages that ended long ago.
 */
export async function tidyDeliveries({ deliveries, startDelivery }: Ports): Promise<void> {
  for (const message of await deliveries.late(LATE_SECONDS)) await startDelivery(message);
  await deliveries.deleteEnded(KEPT_DAYS);
}

const LATE_SECONDS = 60;
const KEPT_DAYS = 30;
