import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { MOST_OF_KEY } from '../../../../adapters/database/sessions.ts';
import { secretsOf } from '../../../../adapters/identity/secret.ts';
import { actionsOf, type Role } from '../../../../client/gateway/policy.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
const PAGE = { 'sec-fetch-site': 'same-origin' };
let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
});

const ask = async (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  headers: Record<string, string>,
  payload?: object,
) => await gateway.app.inject({ method, url, headers, ...(payload && { payload }) });

const signIn = async (payload: object) => {
  const answer = await ask('POST', '/api/session', PAGE, payload);
  const cookie = String(answer.headers['set-cookie']);
  return { answer, cookie, headers: { ...PAGE, cookie: cookie.split(';', 1)[0] ?? '' } };
};

async function signedIn(role: Role, tenant = freshTenant()) {
  const key = await gateway.keyOf(tenant, role, `page of ${tenant}`);
  return { tenant, key, ...(await signIn({ key: key.key })) };
}

const linkOf = async (tenant: string, keyId: string) =>
  (await (await gateway.services.sessions()).link(tenant, keyId, 600))?.secret ?? '';

const refusalsOf = async (tenant: string) =>
  await db
    .selectFrom('refusal')
    .select(['keyId', 'status', 'method', 'route'])
    .where('tenant', '=', tenant)
    .orderBy('id')
    .execute();

test('a key begins a session, which says who it is, works as the key does, and ends', async () => {
  const { tenant, key, answer, cookie, headers } = await signedIn('submitter');
  expect([answer.statusCode, answer.body]).toEqual([204, '']);
  expect(cookie).toMatch(
    /^hansard-session=session_[0-9a-f]{20}_[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  );
  const read = await ask('GET', '/api/session', headers);
  expect(read.json()).toEqual({
    tenant,
    role: 'submitter',
    name: `page of ${tenant}`,
    person: null,
    actions: [
      'jobs:read',
      'jobs:submit',
      'jobs:correct',
      'jobs:control',
      'inference:use',
      'targets:read',
      'session:own',
    ],
    expires: expect.any(String),
    provider: null,
  });
  const hours = (Date.parse(read.json<{ expires: string }>().expires) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(11.9);
  expect(hours).toBeLessThanOrEqual(12);
  expect((await ask('GET', '/api/jobs', headers)).json()).toEqual({ jobs: [], next: null });
  expect((await ask('GET', '/api/keys', headers)).json()).toMatchObject({ code: 'not_allowed' });

  const out = await ask('DELETE', '/api/session', headers);
  expect([out.statusCode, out.headers['set-cookie']]).toEqual([
    204,
    expect.stringMatching(/^hansard-session=; Max-Age=0; Path=\/;/),
  ]);
  const after = await ask('GET', '/api/session', headers);
  expect(after.json()).toMatchObject({ status: 401, code: 'session_ended' });
  // The key goes on.
  expect((await ask('GET', '/api/session', key.headers)).json()).toMatchObject({
    role: 'submitter',
    expires: null,
  });
});

test('where browsers reach the gateway by https, the cookie is for https and this host only', async () => {
  await using behindProxy = await testGateway({
    env: { HANSARD_GATEWAY_URL: 'https://minutes.example.org' },
  });
  const { key } = await behindProxy.keyOf(freshTenant(), 'viewer');
  const signInAs = async (origin: string) =>
    await behindProxy.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { origin },
      payload: { key },
    });
  const { headers } = await signInAs('https://minutes.example.org');
  expect(headers['set-cookie']).toMatch(
    /^__Host-hansard-session=session_[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
  const [cookie = ''] = String(headers['set-cookie']).split(';', 1);
  const read = async (sent: string) =>
    (await behindProxy.app.inject({ url: '/api/session', headers: { cookie: sent } })).statusCode;
  expect(await read(cookie)).toBe(200);
  expect(await read(cookie.replace('__Host-', ''))).toBe(401);
  expect((await signInAs('http://minutes.example.org')).statusCode).toBe(403);
});

test('nothing of a session but its digest is stored', async () => {
  const { key, headers } = await signedIn('viewer');
  const { rows } = await sql<{ row: object }>`
    select to_json(session) as row from session where key_id = ${key.id}`.execute(db);
  expect(rows).toHaveLength(1);
  const secret = headers.cookie.slice(-43);
  expect(JSON.stringify(rows)).not.toContain(secret.slice(0, 20));
  expect(gateway.logged()).not.toContain(secret.slice(0, 20));
});

describe('a session ends', () => {
  test('with its key, at once', async () => {
    const { tenant, key, headers } = await signedIn('viewer');
    await (await gateway.services.apiKeys()).revoke(tenant, key.id);
    const answer = await ask('GET', '/api/jobs', headers);
    expect(answer.json()).toMatchObject({ status: 401, code: 'key_revoked' });
    expect(await refusalsOf(tenant)).toEqual([
      { keyId: key.id, status: 401, method: 'GET', route: '/api/jobs' },
    ]);
  });

  test('when its key expires', async () => {
    const { key, headers } = await signedIn('viewer');
    await sql`update api_key set expires_at = now() where id = ${key.id}`.execute(db);
    const answer = await ask('GET', '/api/jobs', headers);
    expect(answer.json()).toMatchObject({ status: 401, code: 'key_expired' });
  });

  test('when its time is over', async () => {
    const { key, headers } = await signedIn('viewer');
    await sql`update session set expires_at = now() where key_id = ${key.id}`.execute(db);
    const answer = await ask('GET', '/api/jobs', headers);
    expect(answer.json()).toMatchObject({ status: 401, code: 'session_ended' });
  });

  test('as the oldest of more than a key may have', async () => {
    const { key, headers } = await signedIn('viewer');
    const sessions = await gateway.services.sessions();
    for (let n = 1; n < MOST_OF_KEY.session; n += 1) await sessions.begin(key.id, 60);
    expect((await ask('GET', '/api/session', headers)).statusCode).toBe(200);
    const last = await signIn({ key: key.key });
    expect((await ask('GET', '/api/session', headers)).statusCode).toBe(401);
    expect((await ask('GET', '/api/session', last.headers)).statusCode).toBe(200);
  });
});

test('a cookie with the id of a session and another secret is refused in the name of its key', async () => {
  const { tenant, key, headers } = await signedIn('viewer');
  const cookie = `${headers.cookie.slice(0, -43)}${'a'.repeat(43)}`;
  const answer = await ask('GET', '/api/session', { ...PAGE, cookie });
  expect(answer.json()).toMatchObject({ status: 401, code: 'session_ended' });
  expect(await refusalsOf(tenant)).toMatchObject([{ keyId: key.id, route: '/api/session' }]);
});

test('a session is of its tenant, whatever a request says', async () => {
  const [own, other] = [await signedIn('admin'), await signedIn('admin')];
  const keys = await ask('GET', '/api/keys', { ...own.headers, 'x-tenant': other.tenant });
  expect(keys.json<{ keys: { id: string }[] }>().keys.map(({ id }) => id)).toEqual([own.key.id]);
  const ended = await ask('DELETE', `/api/keys/${other.key.id}`, own.headers);
  expect(ended.json()).toMatchObject({ code: 'key_not_found' });
});

test('a session counts for nothing outside /api', async () => {
  const { headers } = await signedIn('admin');
  expect((await ask('GET', '/metrics', headers)).json()).toMatchObject({ code: 'key_missing' });
});

test('a key that is sent counts for more than a session', async () => {
  const { headers } = await signedIn('admin');
  const viewer = await gateway.keyOf(freshTenant(), 'viewer');
  const answer = await ask('GET', '/api/session', { ...headers, ...viewer.headers });
  expect(answer.json()).toMatchObject({ role: 'viewer' });
});

describe('what a page of somebody else makes a browser send is refused', () => {
  const HOST = { host: '127.0.0.1:8080' };
  test.each<[string, 'GET' | 'POST', Record<string, string>, number]>([
    ['from another site', 'POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from another port', 'POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['from another port, to read', 'GET', { 'sec-fetch-site': 'same-site' }, 403],
    ['by no page', 'POST', { 'sec-fetch-site': 'none' }, 403],
    ['by no page, to read', 'GET', { 'sec-fetch-site': 'none' }, 200],
    ['from nobody knows where', 'POST', {}, 403],
    ['from nobody knows where, to read', 'GET', {}, 200],
    ['from another origin', 'POST', { origin: 'http://127.0.0.1:8081', ...HOST }, 403],
    ['from an origin that is hidden', 'POST', { origin: 'null', ...HOST }, 403],
    ['from another origin, to read', 'GET', { origin: 'http://evil.example', ...HOST }, 403],
    ['from here, in an older way', 'POST', { origin: 'http://127.0.0.1:8080', ...HOST }, 201],
    ['with two answers', 'POST', { ...PAGE, origin: 'http://evil.example', ...HOST }, 201],
  ])('%s, %s', async (_, method, headers, status) => {
    const { tenant, key, headers: own } = await signedIn('admin');
    const payload = method === 'POST' ? { name: 'made', role: 'viewer' } : undefined;
    const answer = await ask(method, '/api/keys', { cookie: own.cookie, ...headers }, payload);
    expect(answer.statusCode).toBe(status);
    if (status !== 403) return;
    expect(answer.json()).toMatchObject({ code: 'other_origin' });
    expect(await refusalsOf(tenant)).toEqual([
      { keyId: key.id, status: 403, method, route: '/api/keys' },
    ]);
  });

  test('signing in, too', async () => {
    const { key } = await gateway.keyOf(freshTenant(), 'viewer');
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'http://a.example' },
    ]) {
      const answer = await ask('POST', '/api/session', headers, { key });
      expect(answer.json()).toMatchObject({ status: 403, code: 'other_origin' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });
});

describe('a link', () => {
  test('begins a session once', async () => {
    const { id, tenant } = await keyOfTenant('approver');
    const link = await linkOf(tenant, id);
    const { answer, headers } = await signIn({ link });
    expect(answer.statusCode).toBe(204);
    const read = await ask('GET', '/api/session', headers);
    const actions = actionsOf({ role: 'approver', tenant }, 'default');
    expect(read.json()).toMatchObject({ role: 'approver', actions });
    const again = await signIn({ link });
    expect(again.answer.json()).toMatchObject({ status: 401, code: 'link_invalid' });
    expect(again.answer.headers['set-cookie']).toBeUndefined();
    expect(gateway.logged()).not.toContain(link.slice(-43));
  });

  test('begins one, however many use it at the same moment', async () => {
    const { id, tenant } = await keyOfTenant('viewer');
    const link = await linkOf(tenant, id);
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn({ link })));
    const statuses = answers.map(({ answer }) => answer.statusCode);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([204, 401, 401, 401]);
  });

  test('is of no use when its time is over, or its key is', async () => {
    const { id, tenant } = await keyOfTenant('viewer');
    const [late, revoked] = [await linkOf(tenant, id), await linkOf(tenant, id)];
    const lateId = late.split('_')[1];
    await sql`update sign_in_link set expires_at = now() where id = ${lateId}`.execute(db);
    expect((await signIn({ link: late })).answer.json()).toMatchObject({ code: 'link_invalid' });
    await (await gateway.services.apiKeys()).revoke(tenant, id);
    expect((await signIn({ link: revoked })).answer.json()).toMatchObject({ code: 'key_revoked' });
    expect(await linkOf(tenant, id)).toBe('');
  });

  test('is not used up by its id, which is no secret', async () => {
    const { id, tenant } = await keyOfTenant('viewer');
    const link = await linkOf(tenant, id);
    const guessed = await signIn({ link: `${link.slice(0, -43)}${'a'.repeat(43)}` });
    expect(guessed.answer.json()).toMatchObject({ code: 'link_invalid' });
    expect(await refusalsOf(tenant)).toMatchObject([{ keyId: id, route: '/api/session' }]);
    expect((await signIn({ link })).answer.statusCode).toBe(204);
  });

  test('is made for the keys of a tenant only', async () => {
    const { id } = await keyOfTenant('admin');
    expect(await linkOf(freshTenant(), id)).toBe('');
  });
});

async function keyOfTenant(role: Role) {
  const tenant = freshTenant();
  return { tenant, ...(await gateway.keyOf(tenant, role)) };
}

test.each([
  [{ key: 'hf_abc' }, 'key_invalid'],
  [{ key: `hansard_${'a'.repeat(20)}_${'b'.repeat(43)}` }, 'key_invalid'],
  [{ link: 'x' }, 'link_invalid'],
  [{}, 'invalid_request'],
  [{ key: 'a', link: 'b' }, 'invalid_request'],
  [{ key: 'a'.repeat(201) }, 'invalid_request'],
])('%j begins no session: %s', async (payload, code) => {
  const { answer } = await signIn(payload);
  expect(answer.json()).toMatchObject({ code });
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('an address that fails to sign in again and again has to wait; others need not', async () => {
  const from = async (remoteAddress: string) =>
    await gateway.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: PAGE,
      payload: { key: 'wrong' },
      remoteAddress,
    });
  for (let n = 0; n < 60; n += 1) expect((await from('10.9.0.1')).statusCode).toBe(401);
  expect((await from('10.9.0.1')).json()).toMatchObject({ status: 429, code: 'rate_limited' });
  expect((await from('10.9.0.2')).statusCode).toBe(401);
});

test('who signs in goes on, however many keys that there are not come from the same address', async () => {
  await using busy = await testGateway();
  const { key } = await busy.keyOf(freshTenant(), 'viewer');
  const read = async (headers: Record<string, string>) =>
    (await busy.app.inject({ url: '/api/session', headers })).statusCode;
  for (let count = 0; count < 120; count += 1) {
    await read({ authorization: `Bearer ${secretsOf('hansard').make().secret}` });
  }
  const { headers } = await busy.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: PAGE,
    payload: { key },
  });
  const [cookie = ''] = String(headers['set-cookie']).split(';', 1);
  expect(await read({ ...PAGE, cookie })).toBe(200);
});
