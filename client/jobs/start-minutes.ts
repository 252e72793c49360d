import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowHandle,
  type WorkflowIdReusePolicy,
} from '@temporalio/client';
import { STAGE_KEY, TENANT_KEY } from '../../adapters/temporal/search-attributes.ts';
import type { MinutesInput } from '../../workflows/contracts/jobs.ts';
import { STAGES, TASK_QUEUES, workflowId, WORKFLOWS } from '../../workflows/contracts/names.ts';

/** Starts the minutes workflow under the job's id. Null when it is already running, or the reuse policy refuses. */
export async function startMinutes(
  client: Client,
  input: MinutesInput,
  options: { readonly durationSeconds: number | null; readonly reuse: WorkflowIdReusePolicy },
): Promise<WorkflowHandle | null> {
  const { kind, tenant, jobId } = input;
  try {
    return await client.workflow.start(WORKFLOWS.minutes, {
      workflowId: workflowId(kind, tenant, jobId),
      taskQueue: TASK_QUEUES.pipeline,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: options.reuse,
      workflowExecutionTimeout: EXECUTION_TIMEOUT,
      typedSearchAttributes: [
        { key: TENANT_KEY, value: tenant },
        { key: STAGE_KEY, value: STAGES[0] },
      ],
      priority: { fairnessKey: tenant },
      // Temporal stores this as plain text: put no meeting content here.
      staticSummary: `minutes of ${recording(options.durationSeconds)}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** A last limit, above the 7 days of each stage, so that no run lives for ever. */
const EXECUTION_TIMEOUT = '30 days';

const recording = (seconds: number | null): string =>
  seconds === null ? 'a recording' : `a recording of ${Math.max(1, Math.round(seconds / 60))} min`;
