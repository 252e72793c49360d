import type { Client } from '@temporalio/client';

/** One run of a workflow, whose job may continue as new in another one. */
export interface WorkflowRun {
  readonly runId: string;
  readonly status: string;
  readonly events: number;
  readonly sizeInBytes: number;
}

/** All runs of a workflow's last execution, in order: those that continue one another as new. */
export async function runsOf(client: Client, workflowId: string): Promise<WorkflowRun[]> {
  const latest = await client.workflow.getHandle(workflowId).describe();
  const runs: WorkflowRun[] = [];
  let runId: string | null = latest.raw.workflowExecutionInfo?.firstRunId || latest.runId;
  while (runId !== null) {
    const { status, historyLength, historySize } = await client.workflow
      .getHandle(workflowId, runId)
      .describe();
    runs.push({ runId, status: status.name, events: historyLength, sizeInBytes: historySize ?? 0 });
    runId = status.name === 'CONTINUED_AS_NEW' ? await nextRun(client, workflowId, runId) : null;
  }
  return runs;
}

async function nextRun(client: Client, workflowId: string, runId: string): Promise<string | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: CLOSE_EVENT,
  });
  const [end] = history?.events ?? [];
  return end?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
}

/** `HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT` of Temporal's API. */
const CLOSE_EVENT = 2;
