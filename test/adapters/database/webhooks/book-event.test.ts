import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../../../adapters/database/job-library.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { createWebhookDeliveries } from '../../../../adapters/database/webhooks/deliveries.ts';
import { createWebhookEndpoints } from '../../../../adapters/database/webhooks/endpoints.ts';
import type { ApprovalFacts } from '../../../../workflows/contracts/approval.ts';
import type { RevisionKind } from '../../../../workflows/contracts/revision.ts';
import { WEBHOOK_EVENTS, type WebhookPayload } from '../../../../workflows/contracts/webhooks.ts';
import { freshTenant } from '../../../client/fresh-tenant.ts';
import { testStack } from '../../../support/stack.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 4 });
const library = createJobLibrary(db);
const endpoints = createWebhookEndpoints(db);
const deliveries = createWebhookDeliveries(db);
beforeAll(async () => {
  await migrate(db);
});
afterAll(() => db.destroy());

const ID = 'a'.repeat(26);
const NAMES = { title: 'The secret plan', sourceName: 'secret.flac' };

/** A tenant with a job that a run has, and an endpoint that hears of everything. */
async function listening() {
  const tenant = freshTenant();
  const made = await endpoints.create(tenant, {
    url: 'https://hooks.example/',
    events: WEBHOOK_EVENTS,
  });
  if (made === null) throw new Error('there is no room');
  const begin = async (runId: string) => {
    const row = await library.find(tenant, ID);
    const job = { tenant, id: ID, kind: 'minutes', workflowId: `minutes/${tenant}/${ID}` } as const;
    const facts = {
      ...NAMES,
      meetingDate: null,
      durationSeconds: 60,
      sourceSha256: 'd'.repeat(64),
    };
    await library.submit({ ...job, ...facts }, row);
    const submitted = await library.find(tenant, ID);
    if (submitted === null) throw new Error('there is no row');
    await library.beginRun(submitted, runId);
    return { tenant, jobId: ID, runId };
  };
  const told = async () => {
    const { deliveries: rows } = await deliveries.page(tenant, made.row.id, {
      limit: 100,
      after: null,
      state: null,
    });
    return rows.map(({ event }) => event).toReversed();
  };
  const payloads = async () => {
    const rows = await db
      .selectFrom('webhookDelivery')
      .select('payload')
      .where('tenant', '=', tenant)
      .orderBy('createdAt')
      .execute();
    return rows.map(({ payload }) => JSON.parse(payload) as WebhookPayload);
  };
  return { tenant, endpoint: made.row.id, run: await begin('run-1'), begin, told, payloads };
}

const shown = (version: number, result: 'complete' | 'partial' = 'partial') => ({
  version,
  revision: null as null | { kind: RevisionKind; base: number; by: string },
  approval: null as ApprovalFacts | null,
  result,
  title: NAMES.title,
  meetingDate: null,
  language: 'en',
  durationSeconds: 60,
  minutesKey: `t/jobs/${ID}/versions/${version}/minutes.json`,
  degradations: [],
  searchText: 'Ann brings the secret',
});
const SINCE = '2026-03-02T11:00:00.000Z';
const UNTIL = '2026-03-09T11:00:00.000Z';

test('each change of a job is told by its name, and nothing of the meeting with it', async () => {
  const { run, tenant, told, payloads } = await listening();
  await library.publish(run, null, shown(1));
  expect(await told()).toEqual([]);
  await library.endRun(run, { status: 'completed', result: 'partial', failure: null });

  const revise = async (version: number, kind: RevisionKind, approval: ApprovalFacts | null) => {
    const revision = { kind, base: version - 1, by: 'Ann' };
    const { minutesKey } = shown(version - 1);
    await library.publishRevision(run, minutesKey, { ...shown(version), revision, approval });
  };
  await revise(2, 'rename', null);
  await revise(3, 'approval', { state: 'draft', since: SINCE, until: UNTIL });
  expect(await library.markReminded(run, shown(3).minutesKey, new Date())).toBe(true);
  expect(await library.markReminded(run, shown(3).minutesKey, new Date())).toBe(false);
  await revise(4, 'approval', { state: 'returned', since: SINCE, until: UNTIL });
  await revise(5, 'edit', { state: 'draft', since: SINCE, until: UNTIL });
  await revise(6, 'approval', { state: 'approved', since: SINCE, until: null });
  // What another version was made from by now changes nothing, and is not told.
  await revise(3, 'edit', null);
  expect(await told()).toEqual([
    'job.partial',
    'job.revised',
    'job.delegated',
    'job.reminded',
    'job.returned',
    'job.revised',
    'job.approved',
  ]);
  const sent = await payloads();
  expect(sent.map(({ type, data }) => [type, data.job?.version, data.job?.approval])).toEqual([
    ['job.partial', 1, null],
    ['job.revised', 2, null],
    ['job.delegated', 3, { state: 'draft', since: SINCE, until: UNTIL }],
    ['job.reminded', 3, { state: 'draft', since: SINCE, until: UNTIL }],
    ['job.returned', 4, { state: 'returned', since: SINCE, until: UNTIL }],
    ['job.revised', 5, { state: 'draft', since: SINCE, until: UNTIL }],
    ['job.approved', 6, { state: 'approved', since: SINCE, until: null }],
  ]);
  expect(JSON.stringify(sent)).not.toMatch(/secret|Ann/i);
  expect(sent[0]?.data).toMatchObject({
    tenant,
    job: { id: ID, result: 'partial', failure: null },
  });
});

test('ends that no run makes are told too, and those that did not come about are not', async () => {
  const { run, begin, tenant, told, payloads } = await listening();
  const failure = { type: 'NoSpeech', message: 'no speech in secret.flac' };
  expect(await library.endRun(run, { status: 'failed', result: null, failure })).toBe(true);
  await begin('run-2');
  const seen = await library.find(tenant, ID);
  if (seen === null) throw new Error('there is no row');
  expect(await library.endRun(run, { status: 'failed', result: null, failure })).toBe(false);
  expect(await library.endSeen(seen, { status: 'cancelled', failure: null })).toBe(true);
  expect(await library.endSeen(seen, { status: 'failed', failure })).toBe(false);
  const third = await begin('run-3');
  await library.publish(third, null, shown(1, 'complete'));
  await library.endRun(third, { status: 'completed', result: 'complete', failure: null });
  expect(await told()).toEqual(['job.failed', 'job.cancelled', 'job.completed']);
  const sent = await payloads();
  expect(sent.map(({ data }) => data.job?.failure)).toEqual(['NoSpeech', null, null]);
  expect(JSON.stringify(sent)).not.toContain('secret');
});

test('a webhook that does not hear of an event, is disabled, or belongs to another tenant, gets no message', async () => {
  const { run, tenant, endpoint, told } = await listening();
  await endpoints.change(tenant, endpoint, { events: ['job.approved'] });
  const other = await listening();
  await library.endRun(run, { status: 'completed', result: 'complete', failure: null });
  expect([await told(), await other.told()]).toEqual([[], []]);
  await endpoints.change(other.tenant, other.endpoint, { disabled: true });
  await library.endRun(other.run, { status: 'completed', result: 'complete', failure: null });
  expect(await other.told()).toEqual([]);
});

test('what ended 30 days ago is deleted, and what waits is not', async () => {
  const { run, begin, tenant, told } = await listening();
  await library.endRun(run, { status: 'failed', result: null, failure: null });
  const second = await begin('run-2');
  await library.endRun(second, { status: 'completed', result: 'complete', failure: null });
  const longAgo = new Date(Date.now() - 31 * 86_400_000);
  const change = db.updateTable('webhookDelivery').where('tenant', '=', tenant);
  await change.set({ createdAt: longAgo }).execute();
  await change.where('event', '=', 'job.failed').set({ state: 'dead', endedAt: longAgo }).execute();
  expect(await deliveries.deleteEnded(30)).toBeGreaterThanOrEqual(1);
  expect(await told()).toEqual(['job.completed']);
});
