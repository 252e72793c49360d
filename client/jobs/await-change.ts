import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { PROGRESS_QUERY, revisionWorkflowId } from '../../workflows/contracts/names.ts';
import { asMade, type MadeChange } from './make-change.ts';
import { NoSuchVersionError } from './of-version.ts';
import { toRefusal, type Revise } from './revise-job.ts';
import type { ServiceConnections } from '../service-connections.ts';

/**
 * Waits for a change that goes on after its request was answered; null: it still does when `patience` aborts. Throws what
 * `reviseJob` throws, and `NoSuchVersionError` for a run that is none of the job, or is forgotten.
 */
export async function awaitChange(
  row: JobRow,
  runId: string,
  { temporal, store }: Pick<ServiceConnections, 'temporal' | 'store'>,
  patience: AbortSignal,
): Promise<MadeChange | null> {
  const client = await temporal();
  try {
    const made = await client.withAbortSignal(patience, () =>
      handleOf(client, row, runId).result(),
    );
    return await asMade(made, { store });
  } catch (error) {
    if (patience.aborted) return null;
    if (error instanceof WorkflowNotFoundError) {
      throw new NoSuchVersionError(`job ${row.id} has no such change, or it was long ago`);
    }
    throw toRefusal(error, row.id) ?? error;
  }
}

/** How many sections are summarised; null: no worker answers. */
export async function sectionsOfChange(
  row: JobRow,
  runId: string,
  { temporal }: Pick<ServiceConnections, 'temporal'>,
): Promise<Progress['sections'] | null> {
  const client = await temporal();
  const progress = await client
    .withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
      handleOf(client, row, runId).query<Progress>(PROGRESS_QUERY),
    )
    .catch(() => null);
  return progress?.sections ?? null;
}

const QUERY_TIMEOUT_MS = 3_000;

const handleOf = (client: Client, { tenant, id }: JobRow, runId: string) =>
  client.workflow.getHandle<Revise>(revisionWorkflowId(tenant, id), runId);
