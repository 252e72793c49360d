import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testStack } from '../../../support/stack.ts';
import { finishedJob } from '../jobs/finished-job.ts';
import { testGateway } from '../test-gateway.ts';

const operators = freshTenant();
const target = `t-${freshTenant()}`;
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let headers: { readonly authorization: string };
beforeAll(async () => {
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  await migrate(db);
  await db.destroy();
  folder = await mkdtemp(join(tmpdir(), 'hansard-test-'));
  const path = join(folder, 'hansard.yaml');
  const own = `{ name: ${target}, contract: openai, url: "http://own.invalid/v1", model: whisper }`;
  await writeFile(path, `roles:\n  transcribe:\n    - ${own}\n`);
  gateway = await testGateway({
    env: { HANSARD_CONFIG: path, HANSARD_OPERATOR_TENANT: operators },
  });
  ({ headers } = await gateway.keyOf(operators, 'operator'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly temporal: string;
  readonly queues: readonly { readonly queue: string; readonly stats: { backlog: number } }[];
  readonly workers: readonly { readonly identity: string; readonly queues: readonly string[] }[];
}
const ask = async (url: string) => (await gateway.app.inject({ url, headers })).json<Answer>();
const queue = async (name: string) =>
  (await ask('/api/queues')).queues.find((one) => one.queue === name);

test('a queue tells how many tasks wait, and a worker that asks it for work is seen', async () => {
  const client = await gateway.services.temporal();
  const handle = await client.workflow.start('none', {
    workflowId: `waits-${target}`,
    taskQueue: 'pipeline',
  });
  await expect
    .poll(async () => (await queue('pipeline'))?.stats.backlog, { timeout: 20_000, interval: 500 })
    .toBeGreaterThan(0);
  await handle.terminate();
  const paid = { queue: `paid.${target}`, kind: 'activity', target };
  const nothing = { backlog: 0, oldestSeconds: 0, addedPerSecond: 0, takenPerSecond: 0 };
  expect(await queue(paid.queue)).toEqual({ ...paid, workers: 0, polledAt: null, stats: nothing });

  const { workflowService } = client.connection;
  const polling = client.connection.withDeadline(Date.now() + 4_000, async () =>
    workflowService.pollActivityTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: paid.queue },
      identity: `7@${target}`,
      workerVersionCapabilities: { buildId: 'build 7' },
    }),
  );
  await expect
    .poll(async () => await queue(paid.queue), { timeout: 10_000, interval: 500 })
    .toMatchObject({ ...paid, workers: 1, polledAt: expect.stringMatching(/Z$/) });
  const seen = (await ask('/api/workers')).workers.find(({ queues }) =>
    queues.includes(paid.queue),
  );
  expect(seen).toEqual({
    identity: `7@${target}`,
    build: 'build 7',
    polledAt: expect.stringMatching(/Z$/),
    queues: [paid.queue],
  });
  await polling.catch(() => undefined);
}, 40_000);

test('jobs are counted by status, those of the own tenant only', async () => {
  const tenant = freshTenant();
  const library = await gateway.services.library();
  const begun = (id: string) => ({
    tenant,
    id,
    kind: 'minutes' as const,
    workflowId: `minutes/${tenant}/${id}`,
    title: 'begun',
    meetingDate: '2026-03-02',
    durationSeconds: 60,
    sourceSha256: 'c'.repeat(64),
    sourceName: 'x.flac',
  });
  await finishedJob(gateway.services, tenant, 'a'.repeat(26));
  await library.submit(begun('b'.repeat(26)), null);
  await library.submit(begun('c'.repeat(26)), null);
  const { headers: own } = await gateway.keyOf(tenant, 'auditor');
  const counts = async () =>
    (await gateway.app.inject({ url: '/api/queues', headers: own })).json<{ jobs: unknown }>().jobs;
  const none = { submitted: 0, running: 0, waiting: 0, completed: 0, failed: 0, cancelled: 0 };
  expect(await counts()).toEqual({ ...none, submitted: 2, completed: 1 });
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  const approval = JSON.stringify({ state: 'draft', until: '2999-01-01T00:00:00.000Z' });
  await db.updateTable('job').set({ approval }).where('tenant', '=', tenant).execute();
  expect(await counts()).toEqual({ ...none, submitted: 2, waiting: 1 });
  await db.destroy();
  expect((await gateway.app.inject({ url: '/api/queues', headers })).json()).toMatchObject({
    jobs: none,
  });
});

test('while Temporal is away, the answer says so, and has the jobs all the same', async () => {
  await using away = await testGateway({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  const { headers: own } = await away.keyOf('default', 'admin', freshTenant());
  const answers = await Promise.all(
    ['/api/queues', '/api/workers'].map(
      async (url) => await away.app.inject({ url, headers: own }),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(answers.map((answer) => answer.json<unknown>())).toEqual([
    { temporal: 'fault', queues: [], jobs: expect.any(Object) },
    { temporal: 'fault', workers: [] },
  ]);
}, 15_000);
