import type { Client } from '@temporalio/client';
import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { revisionWorkflowId } from '../../workflows/contracts/names.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import { approvalView, waitsForPerson } from './approval-view.ts';

/**
 * Asks a job to stop, or the change that is made of its minutes. `requested`: it will end after waiting some seconds for calls already sent. `cancelled`: it had
 * ended already, or never ran. Throws `NothingToCancelError`.
 */
export async function cancelJob(
  row: JobRow,
  ports: { readonly library: JobLibrary; readonly temporal: () => Promise<Client> },
): Promise<'requested' | 'cancelled'> {
  const client = await ports.temporal();
  if (row.status !== 'submitted' && row.status !== 'running') {
    if (await cancelRevision(row, client)) return 'requested';
    if (row.status === 'cancelled') return 'cancelled';
    throw alreadyEnded(row);
  }
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

/** Asks a change of the job's minutes to stop; false: none is being made. */
async function cancelRevision({ tenant, id }: JobRow, client: Client): Promise<boolean> {
  const workflowId = revisionWorkflowId(tenant, id);
  const status = (await workflowStatus(client, workflowId))?.status;
  if (status !== 'queued' && status !== 'running') return false;
  await client.workflow.getHandle(workflowId).cancel();
  return true;
}

const alreadyEnded = ({ id, status, approval }: JobRow): Error =>
  new NothingToCancelError(
    status === 'completed' && waitsForPerson(approvalView(approval, new Date()))
      ? `nothing of job ${id} is running: its minutes wait for a person, and only a decision (approve, return) or its deadline ends that`
      : `job ${id} has already ended (${status}): there is nothing to cancel`,
  );

class NothingToCancelError extends Error {
  override readonly name = 'NothingToCancelError';
}
