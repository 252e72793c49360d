import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { testStack } from '../../../support/stack.ts';
import { openTestIssuer, unsigned, type TestIssuer } from '../../../support/test-issuer.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
const [own, other] = [freshTenant(), freshTenant()];
let issuer: TestIssuer;
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  issuer = await openTestIssuer();
  folder = await mkdtemp(join(tmpdir(), 'hansard-tokens-'));
  const entry = {
    name: 'main',
    issuer: issuer.url,
    tenant: { claim: 'org', map: { Own: own } },
    roles: { claim: 'groups', map: { admins: 'admin', staff: 'submitter', all: 'viewer' } },
    tokens: { audience: 'hansard' },
  };
  const path = join(folder, 'hansard.yaml');
  await writeFile(path, JSON.stringify({ issuers: [entry] }));
  gateway = await testGateway({ env: { HANSARD_CONFIG: path } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
  await db.destroy();
  await rm(folder, { recursive: true });
});
afterEach(() => issuer.away(false));

const tokenOf = (claims: Readonly<Record<string, unknown>> = {}) =>
  issuer.sign({ org: 'Own', name: 'Anna', ...claims });
const ask = async (
  token: string,
  {
    url = '/api/session',
    payload,
    headers = {},
  }: { url?: string; payload?: object; headers?: Record<string, string> } = {},
) =>
  await gateway.app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(payload && { payload }),
  });
const refusalOf = async (requestId: unknown) =>
  await db
    .selectFrom('refusal')
    .select(['keyId', 'tenant', 'action', 'status', 'route'])
    .where('requestId', '=', String(requestId))
    .executeTakeFirst();

test('a token stands for whom its issuer vouches for, in the tenant and the role that are mapped', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 300;
  const answer = await ask(await tokenOf({ exp }));
  expect(answer.json()).toMatchObject({
    tenant: own,
    role: 'submitter',
    name: 'Anna',
    expires: new Date(exp * 1_000).toISOString(),
    provider: null,
  });
  expect((await ask(await tokenOf(), { url: '/api/jobs' })).json()).toEqual({
    jobs: [],
    next: null,
  });
  const refused = await ask(await tokenOf(), { url: '/api/keys' });
  expect(refused.json()).toMatchObject({
    code: 'not_allowed',
    detail: 'the role submitter may not do this (keys:read): ask an admin of the tenant',
  });
  expect(await refusalOf(refused.headers['x-request-id'])).toEqual({
    keyId: expect.stringMatching(/^identity:main:[0-9a-f]{20}$/),
    tenant: own,
    action: 'keys:read',
    status: 403,
    route: '/api/keys',
  });
});

test('no header, query or body names another tenant or role', async () => {
  const headers = { 'x-tenant': other, 'x-role': 'admin', 'x-hansard-tenant': other };
  const answer = await ask(await tokenOf({ tenant: other, role: 'admin' }), { headers });
  expect(answer.json()).toMatchObject({ tenant: own, role: 'submitter' });
});

test('whoever has no mapped role is told so, and who it was is recorded without a name', async () => {
  const answer = await ask(await tokenOf({ groups: ['visitors'] }));
  expect(answer.json()).toMatchObject({
    status: 403,
    code: 'no_role',
    detail:
      'main vouches for you, and its claims give you no role here: ask whoever runs this Hansard to map one of your groups',
  });
  expect(await refusalOf(answer.headers['x-request-id'])).toMatchObject({
    keyId: expect.stringMatching(/^identity:main:[0-9a-f]{20}$/),
    tenant: own,
    status: 403,
  });
  const stranger = await ask(await tokenOf({ org: other }));
  expect(stranger.json()).toMatchObject({ status: 403, code: 'no_role' });
  expect(await refusalOf(stranger.headers['x-request-id'])).toMatchObject({ tenant: null });
  expect(gateway.logged()).not.toMatch(/anna/i);
});

test.each<[string, () => Promise<string> | string, string]>([
  ['expired', () => tokenOf({ exp: 1 }), 'token_expired'],
  ['for somebody else', () => tokenOf({ aud: 'payroll' }), 'token_invalid'],
  [
    'unsigned',
    () => unsigned({ iss: issuer.url, sub: 'a', aud: 'hansard', exp: 9e9 }),
    'token_invalid',
  ],
  ['of nobody we know', () => tokenOf({ iss: 'https://evil.example' }), 'token_invalid'],
])('a token that is %s is refused with its reason', async (_, make, code) => {
  const answer = await ask(await make());
  expect(answer.json()).toMatchObject({ status: 401, code });
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="hansard", error="invalid_token"');
  expect(await refusalOf(answer.headers['x-request-id'])).toMatchObject({
    keyId: null,
    status: 401,
  });
});

test('clients of OpenAI are refused in its words', async () => {
  const answer = await ask(await tokenOf({ exp: 1 }), { url: '/v1/models' });
  expect(answer.json()).toMatchObject({
    error: { code: 'invalid_api_key', type: 'authentication_error' },
  });
});

test('an issuer that is away is nobody’s fault: 503, and keys go on', async () => {
  await using fresh = await testGateway({ env: { HANSARD_CONFIG: join(folder, 'hansard.yaml') } });
  issuer.away(true);
  const { headers } = await fresh.keyOf(own, 'viewer');
  const authorization = `Bearer ${await tokenOf()}`;
  const answer = await fresh.app.inject({ url: '/api/session', headers: { authorization } });
  expect(answer.json()).toMatchObject({ status: 503, code: 'issuer_unavailable' });
  expect(answer.headers['retry-after']).toBe('10');
  expect((await fresh.app.inject({ url: '/api/session', headers })).statusCode).toBe(200);
});

test('a gateway without issuers takes no token', async () => {
  const token = await tokenOf();
  await using bare = await testGateway();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await bare.app.inject({ url: '/api/session', headers });
  expect(answer.json()).toMatchObject({ code: 'token_invalid' });
});

test('a request that is repeated with the next token is not done twice', async () => {
  const make = async (token: string, name: string) =>
    await ask(token, {
      url: '/api/keys',
      payload: { name, role: 'viewer' },
      headers: { 'idempotency-key': 'one' },
    });
  const [first, next] = [
    await tokenOf({ groups: ['admins'] }),
    await tokenOf({ groups: ['admins'], jti: 'next' }),
  ];
  const made = await make(first, 'once');
  expect(made.statusCode).toBe(201);
  expect((await make(first, 'once')).json()).toEqual(made.json());
  expect((await make(next, 'once')).json()).toMatchObject({
    status: 422,
    code: 'idempotency_key_reused',
    detail: expect.stringContaining('nothing is done again'),
  });
  const keys = await (await gateway.services.apiKeys()).list(own);
  expect(keys.filter(({ name }) => name === 'once')).toHaveLength(1);
});

test('nothing of a token is stored or logged', async () => {
  const token = await tokenOf();
  await ask(token);
  const [, , signature = ''] = token.split('.');
  expect(gateway.logged()).not.toContain(signature);
  const { rows } = await sql<{ row: object }>`
    select to_json(refusal) as row from refusal where tenant = ${own}`.execute(db);
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/anna|eyJ/i);
});
