import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../../adapters/database/job-library.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import type { GatewayRoute } from '../../../client/gateway/build-gateway.ts';
import { POLICY, ROLES } from '../../../client/gateway/policy.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';
import { testGateway } from './test-gateway.ts';

/** What a route is asked with, which its schema takes. A new route with a body needs a line. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /api/keys': { name: 'made by the walk', role: 'viewer' },
};
/** Of parameters that are not the id of something that belongs to a tenant. */
const PARAMETERS: Readonly<Record<string, string>> = {};

/** By the collection, the first part below `/api`, what one tenant has. */
type Belongings = Readonly<Record<string, string>>;

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
const [own, other] = [freshTenant(), freshTenant()];
let gateway: Awaited<ReturnType<typeof testGateway>>;
let ownThings: Belongings;
let otherThings: Belongings;
const UNKNOWN: Belongings = { keys: '0'.repeat(20), jobs: 'z'.repeat(26) };

beforeAll(async () => {
  await migrate(db);
  gateway = await testGateway();
  [ownThings, otherThings] = (await Promise.all([own, other].map(belongingsOf))) as [
    Belongings,
    Belongings,
  ];
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.deleteFrom('job').where('tenant', 'in', [own, other]).execute();
  await db.destroy();
});

async function belongingsOf(tenant: string): Promise<Belongings> {
  const id = (tenant === own ? 'a' : 'b').repeat(26);
  const facts = { title: `secret of ${tenant}`, meetingDate: '2026-03-02', durationSeconds: 60 };
  const source = { sourceSha256: 'c'.repeat(64), sourceName: 'x.flac' };
  const job = { tenant, id, kind: 'minutes', workflowId: `minutes/${tenant}/${id}` } as const;
  await createJobLibrary(db).submit({ ...job, ...facts, ...source }, null);
  return { jobs: id, keys: (await gateway.keyOf(tenant, 'viewer', `secret of ${tenant}`)).id };
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
  url: string,
  options: { readonly headers?: Record<string, string>; readonly remoteAddress?: string },
) {
  const payload = BODIES[name];
  if (route.schema?.body !== undefined && payload === undefined) {
    throw new Error(`the walk has no body for ${name}`);
  }
  const answer = await gateway.app.inject({
    method: method as 'GET',
    url,
    ...options,
    ...(payload !== undefined && { payload }),
  });
  return { status: answer.statusCode, body: answer.body };
}

test('without a key, what is public is answered and everything else is refused', async () => {
  const found: Record<string, boolean> = {};
  const expected: Record<string, boolean> = {};
  for (const [index, one] of asked().entries()) {
    const remoteAddress = `10.0.${index >> 8}.${index & 255}`;
    const url = addressOf(one.route, ownThings) ?? one.route.url;
    const { status } = await ask(one, url, { remoteAddress });
    found[one.name] = status !== 401;
    expected[one.name] = one.route.config?.action === 'public';
  }
  expect(found).toEqual(expected);
  expect(
    Object.keys(found)
      .filter((name) => found[name])
      .toSorted(),
  ).toEqual([
    'GET /docs',
    'GET /docs/',
    'GET /docs/js/scalar.js',
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'HEAD /docs',
    'HEAD /docs/',
    'HEAD /docs/js/scalar.js',
    'HEAD /healthz',
    'HEAD /openapi.json',
    'HEAD /readyz',
  ]);
});

test.each(ROLES)(
  'the role %s may do what the policy says, in its own tenant only',
  async (role) => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    const leaks: string[] = [];
    for (const one of asked()) {
      const { action } = one.route.config ?? {};
      if (action === undefined || action === 'public') continue;
      // Of its own: a key that is refused often is soon refused for that.
      const { headers } = await gateway.keyOf(own, role, `${role} ${one.name}`);
      const at = async (things: Belongings) =>
        await ask(one, addressOf(one.route, things) ?? one.route.url, { headers });
      const mine = await at(ownThings);
      const isLetIn = (POLICY[action] as readonly string[]).includes(role);
      found[one.name] = [401, 403].includes(mine.status) ? 'refused' : 'let in';
      expected[one.name] = isLetIn ? 'let in' : 'refused';
      const secrets = [other, ...Object.values(otherThings)];
      if (secrets.some((secret) => mine.body.includes(secret))) leaks.push(one.name);
      if (addressOf(one.route, otherThings) === null) continue;
      // What another tenant has is what nobody has.
      const [theirs, nobodys] = [await at(otherThings), await at(UNKNOWN)];
      const status = isLetIn ? 404 : 403;
      const text = ({ body }: typeof theirs) => body.replace(/"requestId":"[^"]+"/, '');
      const { name } = one;
      expect({ name, status: theirs.status, body: text(theirs) }).toEqual({
        name,
        status,
        body: text(nobodys),
      });
      expect(nobodys.status).toBe(status);
    }
    expect(leaks).toEqual([]);
    expect(found).toEqual(expected);
    expect(Object.values(found)).toContain(role === 'admin' ? 'let in' : 'refused');
  },
);

test('after all of it, the other tenant has what it had', async () => {
  const [job] = await db.selectFrom('job').selectAll().where('tenant', '=', other).execute();
  expect(job).toMatchObject({ id: otherThings['jobs'], status: 'submitted' });
  const keys = await (await gateway.services.apiKeys()).list(other);
  expect(keys).toMatchObject([{ id: otherThings['keys'], state: 'live', lastUsedAt: null }]);
});
