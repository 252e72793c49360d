import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { createOutput } from '../../../client/cli/output.ts';
import { runCommand } from '../../../client/cli/run-command-line.ts';
import type { KeyView } from '../../../client/keys/manage-keys.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';
import { testGateway } from './test-gateway.ts';

let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  await migrate(db);
  await db.destroy();
  gateway = await testGateway();
});
afterAll(async () => await gateway[Symbol.asyncDispose]());

test('a key that the gateway makes works, is listed without its secret, and ends when it is revoked', async () => {
  const tenant = freshTenant();
  const { headers, id: adminId } = await gateway.keyOf(tenant, 'admin', 'first');
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    await gateway.app.inject({ method, url, headers, ...(payload && { payload }) });
  const created = await ask('POST', '/api/keys', {
    name: ' Nightly import ',
    role: 'submitter',
    expires: '90d',
  });
  const { key, ...view } = created.json<KeyView & { key: string }>();
  expect(created.statusCode).toBe(201);
  expect(view).toMatchObject({
    name: 'Nightly import',
    role: 'submitter',
    state: 'live',
    lastUsedAt: null,
    revokedAt: null,
  });
  expect(Date.parse(view.expiresAt ?? '') - Date.parse(view.createdAt)).toBe(90 * 86_400_000);

  const own = { authorization: `Bearer ${key}` };
  expect((await gateway.app.inject({ url: '/api/keys', headers: own })).statusCode).toBe(403);
  const listed = await ask('GET', '/api/keys');
  expect(listed.json<{ keys: KeyView[] }>().keys.map(({ id }) => id)).toEqual([view.id, adminId]);
  expect(listed.body).not.toContain(key.slice(-43));
  expect(listed.json()).toMatchObject({ keys: [{ lastUsedAt: expect.any(String) }, {}] });

  const revoked = await ask('DELETE', `/api/keys/${view.id}`);
  expect([revoked.statusCode, revoked.body]).toEqual([204, '']);
  expect((await gateway.app.inject({ url: '/api/keys', headers: own })).json()).toMatchObject({
    status: 401,
    code: 'key_revoked',
  });
});

test('a key that is revoked at one gateway ends at another one that has just let it in', async () => {
  await using other = await testGateway();
  const tenant = freshTenant();
  const admin = await gateway.keyOf(tenant, 'admin', 'first');
  const { id, headers } = await gateway.keyOf(tenant, 'viewer', 'second');
  const atOther = async () => (await other.app.inject({ url: '/api/session', headers })).statusCode;
  expect(await atOther()).toBe(200);
  await gateway.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: admin.headers });
  expect(await atOther()).toBe(401);
});

test.each([
  [{ name: '', role: 'viewer' }, 400, 'invalid_request'],
  [{ name: 'a', role: 'owner' }, 400, 'invalid_request'],
  [{ name: 'a', role: 'viewer', tenant: 'other' }, 400, 'invalid_request'],
  [{ name: 'a', role: 'viewer', expires: 'soon' }, 400, 'invalid_option'],
  [{ name: 'a', role: 'viewer', expires: '3651d' }, 400, 'invalid_option'],
])('%j makes no key: %i %s', async (payload, status, code) => {
  const tenant = freshTenant();
  const { headers } = await gateway.keyOf(tenant, 'admin', 'first');
  const answer = await gateway.app.inject({ method: 'POST', url: '/api/keys', headers, payload });
  expect(answer.json()).toMatchObject({ status, code });
  expect(await (await gateway.services.apiKeys()).list(tenant)).toHaveLength(1);
});

test.each(['0'.repeat(20), 'none', '%00', '%E4%B8%AD'])(
  '%s is the id of no key: 404',
  async (id) => {
    const { headers } = await gateway.keyOf(freshTenant(), 'admin', 'first');
    const answer = await gateway.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers });
    expect(answer.json()).toMatchObject({ code: 'key_not_found' });
  },
);

test('a third live key of a name is refused', async () => {
  const { headers } = await gateway.keyOf(freshTenant(), 'admin', 'first');
  const create = async () =>
    await gateway.app.inject({
      method: 'POST',
      url: '/api/keys',
      headers,
      payload: { name: 'import', role: 'submitter' },
    });
  expect([(await create()).statusCode, (await create()).statusCode]).toEqual([201, 201]);
  expect((await create()).json()).toMatchObject({ status: 409, code: 'too_many_keys' });
});

test('the command line makes, lists and revokes keys that the gateway knows', async () => {
  const tenant = freshTenant();
  const keys = async (...args: string[]) => {
    let [stdout, stderr] = ['', ''];
    const code = await runCommand(['keys', ...args, '--tenant', tenant], {
      env: testStack().env,
      output: createOutput(
        { write: (text) => (stdout += text) },
        { write: (text) => (stderr += text) },
      ),
      signal: new AbortController().signal,
    });
    return { code, stdout, stderr };
  };
  const created = await keys('create', 'Reports', '--role', 'admin', '--expires', '12h');
  expect(created.stderr).toMatch(
    /^key [0-9a-f]{20} of tenant \w+: keep it now, it cannot be shown/,
  );
  const headers = { authorization: `Bearer ${created.stdout.trim()}` };
  const asked = await gateway.app.inject({ url: '/api/keys', headers });
  const id = asked.json<{ keys: KeyView[] }>().keys[0]?.id ?? '';
  const listed = await keys('list');
  expect(listed.stdout.split('\n')).toEqual([
    expect.stringMatching(/^ID +STATE +ROLE +SIGNED +EXPIRES +LAST USED +NAME$/),
    expect.stringMatching(
      new RegExp(`^${id}  live +admin +none +\\d{4}-.* \\(UTC\\)  \\d{4}-.* \\(UTC\\)  Reports$`),
    ),
    '',
  ]);
  const link = await keys('link', id);
  expect(link.stdout).toMatch(/^http:\/\/127\.0\.0\.1:8080\/#\/sign-in\?link=link_[\w-]+\n$/);
  expect(link.stderr).toBe('whoever opens it first is signed in: it works once\n');
  const [, token = ''] = link.stdout.trim().split('link=');
  const signedIn = await gateway.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'sec-fetch-site': 'same-origin' },
    payload: { link: token },
  });
  expect(signedIn.statusCode).toBe(204);
  expect(await keys('link', '0'.repeat(20))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('or it has ended'),
  });

  const revoked = await keys('revoke', id, '--json');
  expect(JSON.parse(revoked.stdout)).toMatchObject({ id, state: 'revoked', role: 'admin' });
  expect((await gateway.app.inject({ url: '/api/keys', headers })).statusCode).toBe(401);

  const nobodys = await keys('revoke', '0'.repeat(20));
  expect(nobodys).toMatchObject({ code: 3, stderr: expect.stringContaining('has no such key') });
  const wrong = await keys('create', 'Reports', '--role', 'owner');
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('one of viewer, submitter'),
  });
});
