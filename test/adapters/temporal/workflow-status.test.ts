import { expect, test } from 'vitest';
import { isPolled, isQueuePolled } from '../../../adapters/temporal/worker-presence.ts';
import { latestRun, workflowStatus } from '../../../adapters/temporal/workflow-status.ts';
import { freshNamespace } from './fresh-namespace.ts';

test('a workflow that no worker has taken up is queued, a terminated one failed, an unknown one nothing', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  const options = { taskQueue: 'nobody', workflowId: 'some' };
  const handle = await client.workflow.start('anything', options);
  expect(await workflowStatus(client, 'some')).toMatchObject({
    status: 'queued',
    runId: handle.firstExecutionRunId,
  });
  const runId = handle.firstExecutionRunId;
  expect(await latestRun(client, 'some')).toEqual({ runId, isRunning: true });
  await handle.terminate();
  expect(await workflowStatus(client, 'some')).toMatchObject({ status: 'failed' });
  expect(await latestRun(client, 'some')).toEqual({ runId, isRunning: false });
  expect(await latestRun(client, 'unknown')).toBeNull();
  expect(await workflowStatus(client, 'unknown')).toBeNull();
});

test('a run that goes on as a new one is the same run of its job', async () => {
  await using fresh = await freshNamespace();
  const { client, namespace } = fresh;
  const taskQueue = { name: 'somebody' };
  const handle = await client.workflow.start('anything', {
    taskQueue: 'somebody',
    workflowId: 'w',
  });
  const { workflowService } = client.connection;
  const { taskToken } = await client.withDeadline(Date.now() + 20_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'a-worker' }),
  );
  const continueAsNew = {
    commandType: CONTINUE_AS_NEW,
    continueAsNewWorkflowExecutionCommandAttributes: {
      workflowType: { name: 'anything' },
      taskQueue,
    },
  };
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [continueAsNew],
  });
  const runId = handle.firstExecutionRunId;
  expect(await latestRun(client, 'w')).toEqual({ runId, isRunning: true });
  const status = await workflowStatus(client, 'w');
  expect(status).toMatchObject({ status: 'running', firstRunId: runId });
  expect(status?.runId).not.toBe(runId);
});

/** `COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION` of Temporal's API. */
const CONTINUE_AS_NEW = 10;

test('a queue that no worker asks is not polled', async () => {
  await using fresh = await freshNamespace();
  expect(await isPolled(fresh.client, 'nobody')).toBe(false);
});

test('a queue that a worker asks is polled', async () => {
  await using fresh = await freshNamespace();
  const { client, namespace } = fresh;
  const asked = client.withDeadline(Date.now() + 20_000, () =>
    client.connection.workflowService.pollWorkflowTaskQueue({
      namespace,
      taskQueue: { name: 'somebody' },
      identity: 'a-worker',
    }),
  );
  await expect.poll(() => isPolled(client, 'somebody')).toBe(true);
  // A task ends the poll.
  await client.workflow.start('anything', { taskQueue: 'somebody', workflowId: 'ends-it' });
  await asked;
});

test('a queue of activities is polled when a worker asks for its activities', async () => {
  await using fresh = await freshNamespace();
  const { client, namespace } = fresh;
  const asking = new AbortController();
  const { workflowService } = client.connection;
  const poll = (queue: string) =>
    client.withDeadline(Date.now() + 20_000, () =>
      client.withAbortSignal(asking.signal, () =>
        workflowService.pollActivityTaskQueue({
          namespace,
          taskQueue: { name: queue },
          identity: 'a-worker',
        }),
      ),
    );
  const asked = Promise.allSettled([poll('io'), poll('paid.whisper')]);
  await expect.poll(() => isQueuePolled(client, 'paid.whisper')).toBe(true);
  expect(await isQueuePolled(client, 'paid.renamed')).toBe(false);
  asking.abort();
  await asked;
});
