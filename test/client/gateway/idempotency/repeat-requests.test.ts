import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { createIdempotentRequests } from '../../../../adapters/database/idempotent-requests.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import type { GatewayApp } from '../../../../client/gateway/gateway-app.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testStack } from '../../../support/stack.ts';
import { finishedJob } from '../jobs/finished-job.ts';
import { testGateway } from '../test-gateway.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  await migrate(db);
  gateway = await testGateway();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
});

const TALK = 'Ann: We decided to hire a painter.\n';
const JOB = 'a'.repeat(26);

/** Somebody with a key of their own, who names every request. */
async function asker(tenant = freshTenant()) {
  const { headers, id } = await gateway.keyOf(tenant, 'admin');
  const post = async (
    url: string,
    name: string,
    payload?: object | string,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await gateway.app.inject({
      method: 'POST',
      url: `/api${url}`,
      headers: { ...headers, 'idempotency-key': name, ...more },
      ...(payload !== undefined && { payload }),
    });
    const { statusCode: status, headers: told } = answer;
    const body = answer.json<Record<string, unknown>>();
    return { status, body, isReplay: told['idempotency-replayed'] === 'true', told };
  };
  const rows = async () =>
    await db
      .selectFrom('idempotentRequest')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('keyId', '=', id)
      .execute();
  const named = async (keyName: string) => {
    const keys = await (await gateway.services.apiKeys()).list(tenant);
    return keys.filter(({ name }) => name === keyName).length;
  };
  return { tenant, id, headers, post, rows, named };
}
const text = (payload: string) => [payload, { 'content-type': 'text/plain' }] as const;

test('a request that is repeated is done once, and answered the same, with the key that is shown once', async () => {
  const { post, rows, named } = await asker();
  const wanted = { name: 'nightly', role: 'viewer' };
  const first = await post('/keys', 'one', wanted);
  expect([first.status, first.isReplay]).toEqual([201, false]);
  const again = await post('/keys', '"one"', wanted);
  expect(again).toMatchObject({ status: 201, isReplay: true, body: first.body });
  expect(await named('nightly')).toBe(1);
  const other = await post('/keys', 'one', { ...wanted, role: 'admin' });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  expect(await post('/jobs/none/cancel', 'one')).toMatchObject({ status: 422 });
  expect(await post('/keys', 'two', wanted)).toMatchObject({ status: 201, isReplay: false });
  expect(await named('nightly')).toBe(2);
  // Nobody who sees the table can use what is in it.
  const stored = JSON.stringify(await rows(), (_, value: unknown) =>
    value instanceof Buffer ? value.toString('latin1') : value,
  );
  for (const secret of ['nightly', String(first.body['key']), '"one"']) {
    expect(stored).not.toContain(secret);
  }
});

test('of requests that come at once, one is done; the others are told to wait', async () => {
  const { post, named } = await asker();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => post('/keys', 'race', { name: 'race', role: 'viewer' })),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(done.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  for (const { status, body, told } of answers) {
    if (status === 201) continue;
    expect(body).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
    expect(told['retry-after']).toBe('5');
  }
  expect(await named('race')).toBe(1);
});

test('a posted file is compared by what is in it, and each key has names of its own', async () => {
  const [one, other] = [await asker(), await asker()];
  const first = await one.post('/jobs?name=a.txt', 'file', ...text(TALK));
  expect([first.status, first.isReplay]).toEqual([202, false]);
  const again = await one.post('/jobs?name=a.txt', 'file', ...text(TALK));
  expect(again).toMatchObject({ status: 202, isReplay: true, body: first.body });
  expect(again.told['location']).toBe(first.told['location']);
  for (const [url, ...file] of [
    ['/jobs?name=a.txt', ...text(TALK.replace('Ann', 'Bob'))],
    ['/jobs?name=a.txt', ...text('')],
    ['/jobs?name=a.txt&title=Other', ...text(TALK)],
  ] as const) {
    expect((await one.post(url, 'file', ...file)).body).toMatchObject({
      code: 'idempotency_key_reused',
    });
  }
  const theirs = await other.post('/jobs?name=a.txt', 'file', ...text(TALK));
  expect(theirs).toMatchObject({ status: 202, isReplay: false });
  expect(theirs.body['id']).not.toBe(first.body['id']);
});

test('what was refused is not kept: the name is free for another try', async () => {
  const { tenant, post, rows } = await asker();
  await finishedJob(gateway.services, tenant, JOB);
  for (const _ of [1, 2]) {
    const refused = await post(`/jobs/${JOB}/cancel`, 'again');
    expect(refused).toMatchObject({ status: 409, isReplay: false });
    expect(refused.body).toMatchObject({ code: 'nothing_to_cancel' });
  }
  expect(await rows()).toEqual([]);
  const rename = { speaker: 'S1', name: '' };
  expect(await post(`/jobs/${JOB}/rename-speaker`, 'again', rename)).toMatchObject({ status: 400 });
  expect(await post('/keys', 'again', { name: 'k', role: 'viewer' })).toMatchObject({
    status: 201,
    isReplay: false,
  });
});

test('a client that is refused, or lost while it sends, can try again at once over its next connection', async () => {
  const { tenant, rows, headers } = await asker();
  await finishedJob(gateway.services, tenant, JOB);
  const address = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const named = { ...headers, 'idempotency-key': 'again' };
  const refused = await fetch(`${address}/api/jobs/${JOB}/approve`, {
    method: 'POST',
    headers: { ...named, 'content-type': 'application/json' },
    body: '{"version":7}',
  });
  expect(refused.status).toBe(404);
  expect(await rows()).toEqual([]);
  const { port } = new URL(address);
  const socket = connect(Number(port), '127.0.0.1');
  const { authorization } = named;
  socket.write(
    `POST /api/jobs?name=a.txt HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
      `idempotency-key: again\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n${TALK}`,
  );
  await expect.poll(rows).toHaveLength(1);
  socket.destroy();
  await expect.poll(rows).toEqual([]);
});

test.each(['', 'a'.repeat(256), 'naïve'])('the name %j is refused', async (name) => {
  const { post } = await asker();
  expect(await post('/keys', name, { name: 'k', role: 'viewer' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ place: 'header/idempotency-key' }] },
  });
});

test('a request whose process died gives way when its time is over, and changes nothing after that', async () => {
  const requests = createIdempotentRequests(db);
  const place = { tenant: freshTenant(), keyId: 'k', name: 'n' };
  const lost = await requests.claim(place, { fingerprint: 'f', leaseMs: 0 });
  const next = await requests.claim(place, { fingerprint: 'g', leaseMs: 60_000 });
  if (lost.state !== 'claimed' || next.state !== 'claimed') throw new Error('none was claimed');
  expect(await requests.claim(place, { fingerprint: 'h', leaseMs: 0 })).toEqual({
    state: 'running',
  });
  const late = { ...place, claim: lost.claim };
  await requests.answer(late, { fingerprint: 'f', answer: Buffer.from('late') });
  await requests.giveUp(late);
  const answer = Buffer.from('in time');
  await requests.answer({ ...place, claim: next.claim }, { fingerprint: 'g', answer });
  const kept = await requests.claim(place, { fingerprint: 'g', leaseMs: 0 });
  expect(kept).toEqual({ state: 'answered', fingerprint: 'g', answer });
});

test('a handler that runs out of time is answered for, and nobody does the same before it surely has ended', async () => {
  const { promise: late, resolve: end } = Promise.withResolvers<void>();
  const slowRoutes = () => async (app: GatewayApp) => {
    app.post(
      '/slow',
      {
        config: { action: 'jobs:read' },
        handlerTimeout: 1_500,
        schema: { body: z.strictObject({ n: z.int() }) },
      },
      async () => {
        await late;
        return {};
      },
    );
  };
  await using slow = await testGateway({ apiRoutes: [slowRoutes] });
  const { headers } = await slow.keyOf(freshTenant(), 'viewer');
  const address = await slow.app.listen({ port: 0, host: '127.0.0.1' });
  const post = async () => {
    const answer = await fetch(`${address}/api/slow?title=secret`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'slow' },
      body: '{"n":1}',
    });
    return await answer.json();
  };
  expect(await post()).toMatchObject({ status: 503, code: 'timed_out' });
  expect(await post()).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
  end();
  await late;
  expect(await post()).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
  expect(slow.logged()).not.toMatch(/secret|already sent/);
});

test('an answer is kept for a day, and a key has only so many of them', async () => {
  const requests = createIdempotentRequests(db);
  const { tenant, id: keyId, post, rows, named } = await asker();
  const wanted = { name: 'day', role: 'viewer' };
  await post('/keys', 'day', wanted);
  const [row] = await rows();
  const left = (row?.expiresAt.getTime() ?? 0) - Date.now();
  expect(Math.round(left / 3_600_000)).toBe(24);
  const more = await requests.claim(
    { tenant, keyId, name: 'more' },
    { fingerprint: 'f', leaseMs: 60_000 },
    1,
  );
  expect(more).toEqual({ state: 'full' });
  await db
    .updateTable('idempotentRequest')
    .set({ expiresAt: new Date(0) })
    .where('keyId', '=', keyId)
    .execute();
  expect(await post('/keys', 'day', wanted)).toMatchObject({ status: 201, isReplay: false });
  expect(await named('day')).toBe(2);
});
