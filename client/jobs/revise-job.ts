import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type Client,
} from '@temporalio/client';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { digestOf } from '../../adapters/identity/digest.ts';
import { changeKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { TENANT_KEY } from '../../adapters/temporal/search-attributes.ts';
import type { RenderedRevision, RevisionReference } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import { revisionWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';
import { changeSchema, type Change } from '../../workflows/contracts/revision.ts';
import { NoResultError } from './fetch-result.ts';

/** A change without what follows from the job. */
export type WantedChange = Change extends infer C
  ? C extends Change
    ? Omit<C, 'schemaVersion' | 'baseKey' | 'at'>
    : never
  : never;

/**
 * Makes the next version of a job's minutes with a change, and waits for it. Throws `NoResultError`, and
 * `RevisionRefusedError` if the change cannot be made or another one is being made.
 */
export async function reviseJob(
  row: JobRow,
  wanted: WantedChange,
  { store, temporal }: { readonly store: ObjectStore; readonly temporal: Client },
): Promise<RenderedRevision> {
  const { tenant, id, minutesKey } = row;
  if (minutesKey === null) throw new NoResultError(row);
  const change = changeSchema.parse({
    schemaVersion: 1,
    baseKey: minutesKey,
    at: new Date().toISOString(),
    ...wanted,
  });
  const digest = digestOf(change);
  await store.putJson(changeKey(tenant, id, digest), change);
  const reference: RevisionReference = { tenant, jobId: id, change: digest };
  try {
    return await temporal.workflow.execute<
      (change: RevisionReference) => Promise<RenderedRevision>
    >(WORKFLOWS.revise, {
      workflowId: revisionWorkflowId(tenant, id),
      taskQueue: TASK_QUEUES.pipeline,
      args: [reference],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowExecutionTimeout: '1 day',
      typedSearchAttributes: [{ key: TENANT_KEY, value: tenant }],
      priority: { fairnessKey: tenant },
      // Temporal stores this as plain text: put no meeting content here.
      staticSummary: `${change.kind} in minutes`,
    });
  } catch (error) {
    throw toRefusal(error, id) ?? error;
  }
}

function toRefusal(error: unknown, id: string): RevisionRefusedError | null {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return new RevisionRefusedError(
      `another change of job ${id} is being made: try again when it is done (npm run -s hansard -- versions ${id})`,
    );
  }
  for (
    let cause: unknown = error instanceof WorkflowFailedError ? error.cause : null;
    cause instanceof Error;
    cause = cause.cause
  ) {
    if ('type' in cause && cause.type === FAILURES.RevisionRefused) {
      return new RevisionRefusedError(cause.message);
    }
  }
  return null;
}

export class RevisionRefusedError extends Error {
  override readonly name = 'RevisionRefusedError';
}
