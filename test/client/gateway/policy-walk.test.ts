import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import type { GatewayRoute } from '../../../client/gateway/build-gateway.ts';
import { OF_OPERATOR_TENANT, POLICY, ROLES, type Role } from '../../../client/gateway/policy.ts';
import { beginUpload } from '../../../client/gateway/uploads/upload-life.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';
import { finishedJob } from './jobs/finished-job.ts';
import { BODIES } from './route-bodies.ts';
import { testGateway } from './test-gateway.ts';

/** What both tenants have. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/library': '?search=painter',
  '/api/jobs/:id/change': `?change=${randomUUID()}`,
};
/** Of parameters that are not the id of something that belongs to a tenant. */
const PARAMETERS: Readonly<Record<string, string>> = {
  name: 'minutes.md',
  provider: 'none',
  target: 'none',
  model: 'none',
  delivery: `msg_${'0'.repeat(32)}`,
};

/** By the collection, the first part below `/api`, what one tenant has. */
type Belongings = Readonly<Record<string, string>>;
/** Its changes are refused at once: it has no minutes, and no worker is asked. */
const UNFINISHED = 'c'.repeat(26);

/** It vouches for both tenants, and nobody asks it: it shares a secret. */
const ISSUER = 'http://127.0.0.1:9';
const SECRET = 'a secret that the walk shares with its issuer';
const issuer = () => ({
  name: 'walk',
  issuer: ISSUER,
  tenant: { claim: 'org', map: { own, other } },
  roles: { claim: 'role', map: Object.fromEntries(ROLES.map((role) => [role, role])) },
  tokens: { audience: 'hansard', secret: '${WALK_SECRET}' },
  signIn: { label: 'Walk', clientId: 'hansard' },
});

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
const [own, other] = [freshTenant(), freshTenant()];
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let ownThings: Belongings;
let otherThings: Belongings;
let otherHad: unknown;
const EVENTS = ['job.failed'] as const;
const SHA256 = 'c'.repeat(64);
const UNKNOWN: Belongings = {
  keys: '0'.repeat(20),
  jobs: 'z'.repeat(26),
  uploads: '00000000-0000-4000-8000-000000000000',
  webhooks: '0'.repeat(20),
};

beforeAll(async () => {
  await migrate(db);
  folder = await mkdtemp(join(tmpdir(), 'hansard-walk-'));
  const HANSARD_CONFIG = join(folder, 'hansard.yaml');
  await writeFile(HANSARD_CONFIG, JSON.stringify({ issuers: [issuer()] }));
  gateway = await testGateway({
    env: { HANSARD_CONFIG, WALK_SECRET: SECRET, HANSARD_OPERATOR_TENANT: own },
  });
  [ownThings, otherThings] = (await Promise.all([own, other].map(belongingsOf))) as [
    Belongings,
    Belongings,
  ];
  const library = await gateway.services.library();
  const id = UNFINISHED;
  const job = { tenant: own, id, kind: 'minutes', workflowId: `minutes/${own}/${id}` } as const;
  const facts = { title: 'begun', meetingDate: '2026-03-02', durationSeconds: 60 };
  await library.submit({ ...job, ...facts, sourceSha256: SHA256, sourceName: 'x.flac' }, null);
  otherHad = await storedOf(other);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
  await rm(folder, { recursive: true });
});

async function belongingsOf(tenant: string): Promise<Belongings> {
  const id = (tenant === own ? 'a' : 'b').repeat(26);
  await finishedJob(gateway.services, tenant, id, { title: `secret of ${tenant}` });
  const { id: keys } = await gateway.keyOf(tenant, 'viewer', `secret of ${tenant}`);
  const file = { name: `secret of ${tenant}`, bytes: 9, contentType: null, sha256: null };
  const { id: uploads } = await beginUpload(gateway.services, { tenant, keyId: keys }, file);
  const endpoints = await gateway.services.webhookEndpoints();
  const made = await endpoints.create(tenant, {
    url: `https://${tenant}.example/`,
    events: EVENTS,
  });
  if (made === null) throw new Error('there is no room for a webhook');
  // Disabled: nothing is sent.
  await endpoints.change(tenant, made.row.id, { disabled: true });
  return { webhooks: made.row.id, jobs: id, keys, uploads };
}

/** Changes are stored before they are made. */
async function storedOf(tenant: string) {
  const jobs = await db.selectFrom('job').selectAll().where('tenant', '=', tenant).execute();
  const files = [];
  const store = await gateway.services.store();
  for await (const { key } of store.list(`${tenant}/`)) files.push(key);
  const uploads = await db.selectFrom('upload').selectAll().where('tenant', '=', tenant).execute();
  const webhooks = await db
    .selectFrom('webhookEndpoint')
    .selectAll()
    .where('tenant', '=', tenant)
    .execute();
  return { jobs, files, uploads, webhooks };
}

/** Every method of every route: one to ask. */
const asked = () =>
  gateway.routes.flatMap((route) =>
    [route.method].flat().map((method) => ({ route, method, name: `${method} ${route.url}` })),
  );

/** The address with the ids of somebody's things. Null: the route is about nothing that belongs to a tenant. */
function addressOf({ url }: GatewayRoute, things: Belongings): string | null {
  if (!url.includes(':')) return null;
  const [, , collection = ''] = url.split('/');
  return url.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = name === 'id' ? things[collection] : PARAMETERS[name];
    if (value === undefined) throw new Error(`the walk has no :${name} for ${url}`);
    return value;
  });
}

async function ask(
  { method, name, route }: ReturnType<typeof asked>[number],
  things: Belongings,
  options: { readonly headers?: Record<string, string>; readonly remoteAddress?: string },
) {
  const payload = BODIES[name];
  if (route.schema?.body !== undefined && payload === undefined) {
    throw new Error(`the walk has no body for ${name}`);
  }
  const address = addressOf(route, things) ?? route.url;
  const answer = await gateway.app.inject({
    method: method as 'GET',
    url: `${address}${QUERIES[route.url] ?? ''}`,
    ...options,
    ...(payload !== undefined && { payload }),
  });
  return { status: answer.statusCode, body: answer.body };
}

const sessionOf = async (keyId: string) => {
  const { secret } = await (await gateway.services.sessions()).begin(keyId, 600);
  return { cookie: `hansard-session=${secret}`, 'sec-fetch-site': 'same-origin' };
};

const tokenOf = async (role: Role, sub: string) => {
  const token = await new SignJWT({ org: 'own', role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(sub)
    .setAudience('hansard')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
};

const identitySessionOf = async (role: Role, name: string) => {
  const identity = { id: `identity:walk:${name}`, tenant: own, role, name };
  const { secret } = await (await gateway.services.identitySessions()).begin('walk', identity, 600);
  return { cookie: `hansard-session=${secret}`, 'sec-fetch-site': 'same-origin' };
};

test('without a key, what is public is answered and everything else is refused', async () => {
  const found: Record<string, boolean> = {};
  const expected: Record<string, boolean> = {};
  for (const [index, one] of asked().entries()) {
    const remoteAddress = `10.0.${index >> 8}.${index & 255}`;
    const { status } = await ask(one, ownThings, { remoteAddress });
    found[one.name] = status !== 401;
    expected[one.name] = one.route.config?.action === 'public';
  }
  expect(found).toEqual(expected);
  expect(
    Object.keys(found)
      .filter((name) => found[name])
      .toSorted(),
  ).toEqual([
    'GET /',
    'GET /api/sign-in',
    'GET /api/sign-in/:provider',
    'GET /api/sign-in/:provider/callback',
    'GET /docs',
    'GET /docs/',
    'GET /docs/js/scalar.js',
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'HEAD /',
    'HEAD /api/sign-in',
    'HEAD /docs',
    'HEAD /docs/',
    'HEAD /docs/js/scalar.js',
    'HEAD /healthz',
    'HEAD /openapi.json',
    'HEAD /readyz',
    'POST /api/session',
  ]);
});

test.each(ROLES)(
  'the role %s may do what the policy says, in its own tenant only',
  async (role) => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    const leaks: string[] = [];
    let asks = ROLES.indexOf(role) * 1_000;
    for (const one of asked()) {
      const { action } = one.route.config ?? {};
      if (action === undefined || action === 'public') continue;
      // Of its own: a key that is refused often is soon refused for that.
      const { id, headers } = await gateway.keyOf(own, role, `${role} ${one.name}`);
      const session = await sessionOf(id);
      const token = await tokenOf(role, one.name);
      const identity = await identitySessionOf(role, `${role} ${one.name}`);
      const at = async (things: Belongings, more = {}) =>
        await ask(one, things, { headers: { ...headers, ...more } });
      const isChange = one.method === 'POST';
      const isLetIn = (POLICY[action] as readonly string[]).includes(role);
      const isOfApi = one.route.url.startsWith('/api/');
      const secrets = [other, ...Object.values(otherThings)];
      const things = isChange ? { ...ownThings, jobs: UNFINISHED } : ownThings;
      for (const [door, sent] of Object.entries({ key: headers, session, token, identity })) {
        const name = `${one.name} by ${door}`;
        // What counts for nothing there is refused by its address: each has one of its own.
        asks += 1;
        const remoteAddress = `10.1.${asks >> 8}.${asks & 255}`;
        const mine = await ask(one, things, { headers: sent, remoteAddress });
        expect([name, mine.status < 500]).toEqual([name, true]);
        found[name] = [401, 403].includes(mine.status) ? 'refused' : 'let in';
        const isEverywhere = door === 'key' || door === 'token';
        expected[name] = isLetIn && (isOfApi || isEverywhere) ? 'let in' : 'refused';
        if (secrets.some((secret) => mine.body.includes(secret))) leaks.push(name);
      }
      if (addressOf(one.route, otherThings) === null) continue;
      // What another tenant has is what nobody has.
      const nobodys = await at(UNKNOWN);
      const status = isLetIn ? 404 : 403;
      expect([one.name, nobodys.status]).toEqual([one.name, status]);
      const text = ({ body }: typeof nobodys) =>
        body.replace(/"requestId":"[^"]+"/, '').replace('a key of the role', 'the role');
      for (const theirs of [
        await at(otherThings),
        await at({ ...otherThings, jobs: (otherThings['jobs'] ?? '').slice(0, 8) }),
        await at(otherThings, { 'if-none-match': '*' }),
        await ask(one, otherThings, { headers: token }),
        // No session opens anything else.
        ...(isOfApi
          ? [
              await ask(one, otherThings, { headers: session }),
              await ask(one, otherThings, { headers: identity }),
            ]
          : []),
      ]) {
        expect([one.name, theirs.status, text(theirs)]).toEqual([one.name, status, text(nobodys)]);
      }
    }
    expect(leaks).toEqual([]);
    expect(found).toEqual(expected);
    expect(Object.values(found)).toContain(role === 'admin' ? 'let in' : 'refused');
  },
);

test.each(ROLES)('the role %s of another tenant changes nothing that all share', async (role) => {
  const shared = asked().filter(({ route }) => {
    const { action } = route.config ?? {};
    return action !== undefined && action !== 'public' && OF_OPERATOR_TENANT.has(action);
  });
  expect(shared.map(({ name }) => name)).toEqual([
    'POST /api/schedules/:target/pause',
    'POST /api/schedules/:target/resume',
    'POST /api/schedules/:target/trigger',
    'GET /api/workers',
    'HEAD /api/workers',
  ]);
  const { headers } = await gateway.keyOf(freshTenant(), role);
  for (const one of shared) {
    const { status, body } = await ask(one, ownThings, { headers });
    const { action } = one.route.config ?? {};
    const roles: readonly string[] = POLICY[action as keyof typeof POLICY];
    // Told which of the two it is, where there is a body.
    const isToldOfTenant = one.method !== 'HEAD' && roles.includes(role);
    expect([one.name, status, body.includes('shared by all tenants')]).toEqual([
      one.name,
      403,
      isToldOfTenant,
    ]);
  }
});

test('after all of it, the other tenant has what it had', async () => {
  expect(await storedOf(other)).toEqual(otherHad);
  const keys = await (await gateway.services.apiKeys()).list(other);
  expect(keys).toMatchObject([{ id: otherThings['keys'], state: 'live', lastUsedAt: null }]);
});
