import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { STAGE_KEY, TENANT_KEY } from '../../adapters/temporal/search-attributes.ts';
import type { MinutesInput } from '../../workflows/contracts/minutes-state.ts';
import { STAGES, TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';

type StartedJob = Pick<
  JobRow,
  'kind' | 'tenant' | 'id' | 'workflowId' | 'sourceSha256' | 'durationSeconds'
>;

/** Starts the workflow of a job. False when it is already running, or the reuse policy refuses. */
export async function startMinutes(
  client: Client,
  { kind, tenant, id, workflowId, sourceSha256, durationSeconds }: StartedJob,
  reuse: WorkflowIdReusePolicy,
): Promise<boolean> {
  const input: MinutesInput = { kind, tenant, jobId: id, sourceSha256 };
  try {
    await client.workflow.start(WORKFLOWS.minutes, {
      workflowId,
      taskQueue: TASK_QUEUES.pipeline,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: reuse,
      workflowExecutionTimeout: EXECUTION_TIMEOUT,
      typedSearchAttributes: [
        { key: TENANT_KEY, value: tenant },
        { key: STAGE_KEY, value: STAGES[0] },
      ],
      priority: { fairnessKey: tenant },
      // Temporal stores this as plain text: put no meeting content here.
      staticSummary: `minutes of ${source(durationSeconds)}`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** A last limit, above the three weeks of attempts of a paid call, so that no run lives for ever. */
const EXECUTION_TIMEOUT = '30 days';

const source = (seconds: number | null): string =>
  seconds === null ? 'a transcript' : `a meeting of ${Math.max(1, Math.round(seconds / 60))} min`;
