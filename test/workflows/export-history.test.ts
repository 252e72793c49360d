import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { testStack } from '../support/stack.ts';

test('a history of the running stack is exported for replay, without names of processes', async () => {
  const connection = await Connection.connect({ address: testStack().temporal.address });
  const folder = await mkdtemp(join(tmpdir(), 'hansard-history-'));
  try {
    const client = new Client({ connection, identity: '4711@a-machine' });
    const workflowId = `export-${randomUUID()}`;
    const handle = await client.workflow.start('sweep', { workflowId, taskQueue: randomUUID() });
    await handle.terminate('nobody works on it');

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['test/support/export-history.ts', workflowId, 'it.json'],
      {
        cwd: resolve(import.meta.dirname, '../..'),
        env: { ...process.env, ...testStack().env, INIT_CWD: folder },
      },
    );
    expect(stdout.trim()).toBe(join(folder, 'it.json'));
    const text = await readFile(join(folder, 'it.json'), 'utf8');
    const { events } = JSON.parse(text) as { events: Record<string, unknown>[] };
    // Plain JSON.stringify would write a number here, and the history would not replay.
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED',
    ]);
    expect(text).not.toContain('a-machine');
    expect(text).toContain('"identity": "worker"');
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
});
