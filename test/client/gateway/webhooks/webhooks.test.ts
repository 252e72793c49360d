import { randomBytes } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postWebhook } from '../../../../activities/delivery/post-webhook.ts';
import {
  startDeliveries,
  tidyDeliveries,
} from '../../../../activities/delivery/start-deliveries.ts';
import { createDatabase, type Database } from '../../../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../../../adapters/database/job-library.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { createWebhookDeliveries } from '../../../../adapters/database/webhooks/deliveries.ts';
import { createWebhookEndpoints } from '../../../../adapters/database/webhooks/endpoints.ts';
import { startDelivery, type StartDelivery } from '../../../../adapters/temporal/start-delivery.ts';
import { createDeliveryMetrics } from '../../../../adapters/webhooks/delivery-metrics.ts';
import { createWebhookSender } from '../../../../adapters/webhooks/post-message.ts';
import type { DeliveryView, WebhookView } from '../../../../client/webhooks/webhook-view.ts';
import type { WebhookPayload } from '../../../../workflows/contracts/webhooks.ts';
import { historyText } from '../../../support/history-text.ts';
import { testStack } from '../../../support/stack.ts';
import { openReceiver, type Received } from '../../../support/webhook-receiver.ts';
import { openWorkflowBench, type WorkflowBench } from '../../../workflows/workflow-bench.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

/** The gateway, the library, Temporal, a worker for deliveries, and a server that is told: all are real. */

let db: Database;
let library: ReturnType<typeof createJobLibrary>;
let deliveries: ReturnType<typeof createWebhookDeliveries>;
let bench: WorkflowBench;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
/** With attempts that follow each other at once. */
let startAtOnce: StartDelivery;
const sender = createWebhookSender({ loopback: true });
const metrics = createDeliveryMetrics();

beforeAll(async () => {
  db = createDatabase({ url: testStack().databaseUrl, maxConnections: 4 });
  await migrate(db);
  library = createJobLibrary(db);
  deliveries = createWebhookDeliveries(db);
  receiver = await openReceiver();
  bench = await openWorkflowBench({
    postWebhook: postWebhook({
      deliveries,
      postMessage: sender.post,
      countDelivery: metrics.count,
    }),
  });
  startAtOnce = (message) => startDelivery(bench.client)(message, { delaysMs: [20, 20] });
  const { namespace } = bench.client.options;
  gateway = await testGateway({
    env: { TEMPORAL_NAMESPACE: namespace, HANSARD_WEBHOOK_LOOPBACK: 'allow' },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await sender.close();
  await db.destroy();
});

async function adminOf(tenant: string) {
  const { headers } = await gateway.keyOf(tenant, 'admin');
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    await gateway.app.inject({
      method,
      url: `/api/webhooks${url}`,
      headers,
      ...(payload && { payload }),
    });
  return {
    ask,
    /** A webhook at this path of the receiver. */
    create: async (path: string, events: readonly string[] = ['job.completed', 'job.failed']) => {
      const made = await ask('POST', '', { url: receiver.url(path), events });
      expect(made.statusCode).toBe(201);
      return made.json<WebhookView & { secret: string }>();
    },
    deliveriesOf: async (id: string, query = '') =>
      (await ask('GET', `/${id}/deliveries${query}`)).json<{
        deliveries: DeliveryView[];
        next: string | null;
      }>(),
  };
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const newJobId = () =>
  Array.from(randomBytes(26), (byte) => BASE32[byte % BASE32.length] ?? 'a').join('');

/** A job whose row a run has. */
async function runningJob(tenant: string, runId = 'a-run') {
  const jobId = newJobId();
  const workflowId = `minutes/${tenant}/${jobId}`;
  const facts = { title: 'Secret plans', meetingDate: null, durationSeconds: 60 };
  const source = { sourceSha256: 'd'.repeat(64), sourceName: 'secret.flac' };
  await library.submit(
    { tenant, id: jobId, kind: 'minutes', workflowId, ...facts, ...source },
    null,
  );
  const row = await library.find(tenant, jobId);
  if (row === null) throw new Error('there is no row');
  await library.beginRun(row, runId);
  return { tenant, jobId, runId };
}

const COMPLETED = { status: 'completed', result: 'complete', failure: null } as const;

/** What `closeJob` does at the end of a run. */
async function end(job: Awaited<ReturnType<typeof runningJob>>) {
  await library.endRun(job, COMPLETED);
  await startDeliveries({ deliveries, startDelivery: startAtOnce }, job);
}

const verify = (secret: string, { headers, body }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as WebhookPayload;

test('a receiver that fails twice hears of the end of a job under one id, and can check who says so', async () => {
  const tenant = freshTenant();
  const admin = await adminOf(tenant);
  receiver.answer('/twice', [503], [500]);
  const { id, secret, ...shown } = await admin.create('/twice');
  expect(shown).toMatchObject({ events: ['job.completed', 'job.failed'], disabledAt: null });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const other = await admin.create('/other', ['job.failed']);
  const job = await runningJob(tenant);
  await end(job);

  await expect
    .poll(async () => (await admin.deliveriesOf(id)).deliveries)
    .toMatchObject([
      {
        event: 'job.completed',
        job: job.jobId,
        state: 'delivered',
        tries: 3,
        lastStatus: 204,
        nextAt: null,
      },
    ]);
  const [message] = (await admin.deliveriesOf(id)).deliveries;
  const posts = receiver.at('/twice');
  expect(posts.map(({ headers }) => headers['webhook-id'])).toEqual(Array(3).fill(message?.id));
  const payload = verify(secret, posts[2] as Received);
  expect(payload).toEqual({
    type: 'job.completed',
    timestamp: payload.data.job?.endedAt,
    data: {
      tenant,
      job: {
        id: job.jobId,
        status: 'completed',
        result: 'complete',
        version: null,
        approval: null,
        failure: null,
        createdAt: expect.any(String) as string,
        startedAt: expect.any(String) as string,
        endedAt: expect.any(String) as string,
        path: `/api/jobs/${job.jobId}`,
      },
    },
  });
  expect(posts.map(({ body }) => body.toLowerCase().includes('secret'))).toEqual([
    false,
    false,
    false,
  ]);

  const last = posts[2] as Received;
  const forged = { ...last, body: last.body.replace('completed', 'failed') };
  expect(() => verify(secret, forged)).toThrow(WebhookVerificationError);
  const renamed = { ...last, headers: { ...last.headers, 'webhook-id': `msg_${'0'.repeat(32)}` } };
  expect(() => verify(secret, renamed)).toThrow(WebhookVerificationError);
  expect(() => verify(other.secret, last)).toThrow(WebhookVerificationError);

  // The other webhook hears of failures only; the secret is read nowhere again.
  expect(receiver.at('/other')).toEqual([]);
  const key = secret.slice('whsec_'.length);
  const seen = [
    (await admin.ask('GET', '')).body,
    (await admin.ask('GET', `/${id}`)).body,
    gateway.logged(),
  ];
  expect(seen.filter((text) => text.includes(key))).toEqual([]);
  const handle = bench.client.workflow.getHandle(`delivery/${tenant}/${message?.id}/0`);
  const told = historyText(await handle.fetchHistory());
  expect(told).toContain(message?.id);
  expect([key, '127.0.0.1', 'twice'].filter((word) => told.includes(word))).toEqual([]);
});

test('one change is told once to each webhook, whoever makes it twice and wherever a worker dies', async () => {
  const tenant = freshTenant();
  const admin = await adminOf(tenant);
  const { id } = await admin.create('/once');
  const job = await runningJob(tenant);
  // It dies between the row and Temporal, and runs again; a run that lost the row says nothing.
  expect(await library.endRun(job, COMPLETED)).toBe(true);
  expect(await library.endRun(job, COMPLETED)).toBe(false);
  const failed = { ...COMPLETED, status: 'failed' } as const;
  expect(await library.endRun({ ...job, runId: 'an-older-run' }, failed)).toBe(false);
  for (let times = 0; times < 3; times += 1) {
    await startDeliveries({ deliveries, startDelivery: startAtOnce }, job);
  }
  await expect
    .poll(async () => (await admin.deliveriesOf(id)).deliveries)
    .toMatchObject([{ event: 'job.completed', state: 'delivered', tries: 1 }]);
  // Also one that was terminated, or never started, is found by the sweep.
  const later = await runningJob(tenant);
  await library.endRun(later, COMPLETED);
  await db
    .updateTable('webhookDelivery')
    .set({ nextAt: new Date(Date.now() - 120_000) })
    .where('jobId', '=', later.jobId)
    .execute();
  await tidyDeliveries({ deliveries, startDelivery: startAtOnce });
  await expect.poll(() => receiver.at('/once')).toHaveLength(2);
});

test('what nobody takes is a dead letter, which can be replayed under its id', async () => {
  const tenant = freshTenant();
  const admin = await adminOf(tenant);
  receiver.answer('/dead', [500], [302, { location: receiver.url('/inside') }], [500]);
  const { id } = await admin.create('/dead');
  await end(await runningJob(tenant));
  await expect
    .poll(async () => (await admin.deliveriesOf(id, '?state=dead')).deliveries)
    .toMatchObject([{ tries: 3, lastStatus: 500, lastError: 'it answered 500', replays: 0 }]);
  expect(receiver.at('/inside')).toEqual([]);

  const [message] = (await admin.deliveriesOf(id)).deliveries;
  const replay = async () => await admin.ask('POST', `/${id}/deliveries/${message?.id}/replay`);
  const replayed = await replay();
  expect([replayed.statusCode, replayed.json()]).toMatchObject([
    202,
    { id: message?.id, state: 'waiting', tries: 0, replays: 1 },
  ]);
  await expect
    .poll(async () => (await admin.deliveriesOf(id)).deliveries)
    .toMatchObject([{ state: 'delivered', tries: 1, replays: 1 }]);
  expect(new Set(receiver.at('/dead').map(({ headers }) => headers['webhook-id']))).toEqual(
    new Set([message?.id]),
  );
  const none = await admin.ask('POST', `/${id}/deliveries/msg_${'0'.repeat(32)}/replay`);
  expect(none.json()).toMatchObject({ status: 404, code: 'delivery_not_found' });
});

test('while secrets are rotated two of them sign, and the older one ends', async () => {
  const tenant = freshTenant();
  const admin = await adminOf(tenant);
  const { id, secret: first } = await admin.create('/rotated');
  const rotate = async (keepHours?: number) =>
    (
      await admin.ask('POST', `/${id}/rotate-secret`, {
        ...(keepHours !== undefined && { keepHours }),
      })
    ).json<WebhookView & { secret: string }>();
  const sentTest = async (): Promise<Received> => {
    const before = receiver.at('/rotated').length;
    const sent = await admin.ask('POST', `/${id}/test`);
    expect([sent.statusCode, sent.json()]).toMatchObject([
      202,
      { event: 'webhook.test', job: null },
    ]);
    await expect.poll(() => receiver.at('/rotated').length).toBe(before + 1);
    return receiver.at('/rotated').at(-1) as Received;
  };
  /** Whether these secrets accept a message. */
  const accepts = (message: Received, ...secrets: readonly string[]) =>
    secrets.map((secret) => {
      try {
        return verify(secret, message).type === 'webhook.test';
      } catch {
        return false;
      }
    });

  const second = await rotate();
  expect(Date.parse(second.previousSecretEndsAt ?? '') - Date.now()).toBeGreaterThan(
    23 * 3_600_000,
  );
  expect(accepts(await sentTest(), first, second.secret)).toEqual([true, true]);
  const third = await rotate(1);
  expect(accepts(await sentTest(), first, second.secret, third.secret)).toEqual([
    false,
    true,
    true,
  ]);
  await db
    .updateTable('webhookEndpoint')
    .set({ previousEndsAt: new Date(Date.now() - 1_000) })
    .where('id', '=', id)
    .execute();
  expect(accepts(await sentTest(), second.secret, third.secret)).toEqual([false, true]);
  const fourth = await rotate(0);
  expect(fourth.previousSecretEndsAt).toBeNull();
  expect(accepts(await sentTest(), third.secret, fourth.secret)).toEqual([false, true]);
});

test('an endpoint that answers 410 is disabled, and one that is disabled hears nothing until it is enabled', async () => {
  const tenant = freshTenant();
  const admin = await adminOf(tenant);
  receiver.answer('/gone', [410]);
  const { id } = await admin.create('/gone');
  await end(await runningJob(tenant));
  await expect
    .poll(async () => (await admin.ask('GET', `/${id}`)).json<WebhookView>())
    .toMatchObject({ disabledBy: 'endpoint' });
  await expect
    .poll(async () => (await admin.deliveriesOf(id)).deliveries)
    .toMatchObject([{ state: 'dead', tries: 1, lastStatus: 410 }]);
  await end(await runningJob(tenant));
  expect((await admin.deliveriesOf(id)).deliveries).toHaveLength(1);
  expect((await admin.ask('POST', `/${id}/test`)).json()).toMatchObject({
    code: 'webhook_disabled',
  });

  const enabled = await admin.ask('PATCH', `/${id}`, {
    disabled: false,
    events: ['job.completed'],
  });
  expect(enabled.json()).toMatchObject({ disabledBy: null, events: ['job.completed'] });
  await end(await runningJob(tenant));
  await expect.poll(() => receiver.at('/gone')).toHaveLength(2);
  expect((await admin.ask('DELETE', `/${id}`)).statusCode).toBe(204);
  expect((await admin.ask('GET', `/${id}/deliveries`)).json()).toMatchObject({
    code: 'webhook_not_found',
  });
});

test('of two tenants whose jobs end at the same time, each receiver hears of its own tenant’s', async () => {
  const tenants = [freshTenant(), freshTenant()];
  const told = await Promise.all(
    tenants.map(async (tenant, at) => {
      const admin = await adminOf(tenant);
      const path = `/of-tenant-${at}`;
      const { id, secret } = await admin.create(path);
      return { path, id, secret, deliveriesOf: admin.deliveriesOf, job: await runningJob(tenant) };
    }),
  );
  await Promise.all(told.map(async ({ job }) => await end(job)));
  for (const [at, { path, id, secret, deliveriesOf, job }] of told.entries()) {
    await expect.poll(() => receiver.at(path)).toHaveLength(1);
    const [message] = receiver.at(path);
    if (message === undefined) throw new Error('nothing came');
    expect(verify(secret, message).data).toMatchObject({
      tenant: tenants[at],
      job: { id: job.jobId },
    });
    expect((await deliveriesOf(id)).deliveries.map((one) => one.job)).toEqual([job.jobId]);
    const { secret: others = '' } = told[1 - at] ?? {};
    expect(() => verify(others, message)).toThrow(WebhookVerificationError);
  }
});

test('deliveries come in pages, and to their own tenant only', async () => {
  const tenant = freshTenant();
  const [admin, other] = [await adminOf(tenant), await adminOf(freshTenant())];
  const { id } = await admin.create('/pages');
  const jobs = [];
  for (let count = 0; count < 3; count += 1) {
    const job = await runningJob(tenant);
    jobs.unshift(job.jobId);
    await end(job);
  }
  const first = await admin.deliveriesOf(id, '?limit=2');
  const second = await admin.deliveriesOf(id, `?limit=2&cursor=${first.next}`);
  expect([...first.deliveries, ...second.deliveries].map(({ job }) => job)).toEqual(jobs);
  expect([first.deliveries.length, second.next]).toEqual([2, null]);
  const wrong = await admin.ask('GET', `/${id}/deliveries?cursor=bm9uZQ`);
  expect(wrong.json()).toMatchObject({ code: 'invalid_option' });

  const message = first.deliveries[0]?.id;
  const answers = await Promise.all([
    other.ask('GET', `/${id}`),
    other.ask('GET', `/${id}/deliveries`),
    other.ask('POST', `/${id}/test`),
    other.ask('POST', `/${id}/rotate-secret`, {}),
    other.ask('PATCH', `/${id}`, { disabled: true }),
    other.ask('POST', `/${id}/deliveries/${message}/replay`),
    other.ask('DELETE', `/${id}`),
  ]);
  expect(answers.map((answer) => answer.json<{ code: string }>().code)).toEqual(
    Array(7).fill('webhook_not_found'),
  );
  // Nor by the id of a message and a webhook of one's own.
  const theirs = await other.create('/theirs');
  const borrowed = await other.ask('POST', `/${theirs.id}/deliveries/${message}/replay`);
  expect(borrowed.json()).toMatchObject({ code: 'delivery_not_found' });
  expect((await other.ask('GET', '')).json()).toMatchObject({ webhooks: [{ id: theirs.id }] });
  expect(receiver.at('/theirs')).toEqual([]);
});

test.each([
  [{ url: 'https://10.0.0.1/x' }, 'invalid_option'],
  [{ url: 'http://hooks.example/x' }, 'invalid_option'],
  [{ url: 'https://user:word@hooks.example/' }, 'invalid_option'],
  [{ url: 'https://[::ffff:127.0.0.1]/' }, 'invalid_option'],
  [{ url: 'nothing' }, 'invalid_option'],
  [{ events: [] }, 'invalid_request'],
  [{ events: ['job.exploded'] }, 'invalid_request'],
  [{ secret: 'mine' }, 'invalid_request'],
])('%j makes no webhook: %s', async (wrong, code) => {
  const tenant = freshTenant();
  const { ask } = await adminOf(tenant);
  const answer = await ask('POST', '', {
    url: 'https://hooks.example/',
    events: ['job.failed'],
    ...wrong,
  });
  expect(answer.json()).toMatchObject({ status: 400, code });
  expect((await ask('GET', '')).json()).toEqual({ webhooks: [] });
});

test('a tenant has twenty webhooks at most', async () => {
  const { ask } = await adminOf(freshTenant());
  const create = async () =>
    (await ask('POST', '', { url: 'https://hooks.example/', events: ['job.failed'] })).statusCode;
  const codes = await Promise.all(Array.from({ length: 21 }, create));
  expect(codes.filter((code) => code !== 201)).toEqual([409]);
});

test('a webhook has ten tests on their way at most, and others after those', async () => {
  const tenant = freshTenant();
  const { ask, create, deliveriesOf } = await adminOf(tenant);
  const { id } = await create('/tested');
  // As if nobody had answered yet.
  const payload = JSON.stringify({ type: 'webhook.test' });
  const book = async () => await createWebhookEndpoints(db).bookTest(tenant, id, payload);
  const booked = await Promise.all(Array.from({ length: 12 }, book));
  expect(booked.filter((one) => one === 'full')).toHaveLength(2);
  const refused = await ask('POST', `/${id}/test`);
  expect(refused.json()).toMatchObject({ status: 409, code: 'too_many_tests' });
  expect((await deliveriesOf(id)).deliveries).toHaveLength(10);
  const [first] = booked;
  if (first === null || first === undefined || first === 'full') throw new Error('none was booked');
  await deliveries.end({ tenant, deliveryId: first.id, replays: 0 }, 'delivered', null);
  expect((await ask('POST', `/${id}/test`)).statusCode).toBe(202);
});
