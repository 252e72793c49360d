import type { Client } from '@temporalio/client';
import { applySchedule } from '../../adapters/temporal/apply-schedule.ts';
import { isPolled } from '../../adapters/temporal/worker-presence.ts';
import type { SweptFacts } from '../../workflows/contracts/activities.ts';
import { TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';

/** Sweeps now and waits for the end; joins a running manual sweep. Throws `noWorker`. */
export async function sweepNow(client: Client): Promise<SweptFacts> {
  if (!(await isPolled(client, TASK_QUEUES.pipeline))) throw noWorker();
  const handle = await client.workflow.start<() => Promise<SweptFacts>>(WORKFLOWS.sweep, {
    workflowId: 'sweep/now',
    taskQueue: TASK_QUEUES.pipeline,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowExecutionTimeout: EXECUTION_TIMEOUT,
  });
  return handle.result();
}

/** Writes the hourly schedule. A paused one stays paused. */
export const applySweepSchedule = (client: Client): Promise<'created' | 'replaced'> =>
  applySchedule(client, {
    scheduleId: 'sweep',
    spec: { intervals: [{ every: '1 hour' }], jitter: '5 minutes' },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.sweep,
      workflowId: 'sweep/hourly',
      taskQueue: TASK_QUEUES.pipeline,
      workflowExecutionTimeout: EXECUTION_TIMEOUT,
      staticSummary: 'clear what terminated runs left behind',
    },
    policies: { overlap: 'SKIP', catchupWindow: '1 minute', pauseOnFailure: false },
  });

export const noWorker = (): Error =>
  new Error(
    `no worker polls the task queue ${TASK_QUEUES.pipeline}: start one with npm run worker, or npm run local`,
  );

/** A sweep that takes longer than an hour is replaced by the next one. */
const EXECUTION_TIMEOUT = '1 hour';
