import type { Client } from '@temporalio/client';
import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';

/**
 * Asks a job to stop. `requested`: it will end after waiting some seconds for calls already sent. `cancelled`: it had
 * ended already, or never ran. Throws an error when there is nothing to stop.
 */
export async function cancelJob(
  row: JobRow,
  ports: { readonly library: JobLibrary; readonly temporal: () => Promise<Client> },
): Promise<'requested' | 'cancelled'> {
  if (row.status === 'cancelled') return 'cancelled';
  if (row.status === 'completed' || row.status === 'failed') throw alreadyEnded(row);
  const client = await ports.temporal();
  // Check first: Temporal accepts a cancel request for a terminated run without an error.
  const status = (await workflowStatus(client, row.workflowId))?.status;
  if (status === 'queued' || status === 'running') {
    await client.workflow.getHandle(row.workflowId).cancel();
    return 'requested';
  }
  // No such run, or it has just ended. In that case its own final row stays.
  if (await ports.library.endSeen(row, { status: 'cancelled', failure: null })) return 'cancelled';
  const now = await ports.library.find(row.tenant, row.id);
  return now === null ? 'cancelled' : await cancelJob(now, ports);
}

const alreadyEnded = ({ id, status }: JobRow): Error =>
  new Error(`job ${id} has already ended (${status}): there is nothing to cancel`);
