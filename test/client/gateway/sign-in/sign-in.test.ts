import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { MOST_OF_IDENTITY } from '../../../../adapters/database/identity-sessions.ts';
import { testStack } from '../../../support/stack.ts';
import { openTestIssuer, unsigned, type TestIssuer } from '../../../support/test-issuer.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

/** The faults of a provider and of those who forge its answers; the page signs in at a real one. */

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
const tenant = freshTenant();
const PAGE = { 'sec-fetch-site': 'same-origin' };
let issuer: TestIssuer;
let otherIssuer: TestIssuer;
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  [issuer, otherIssuer] = await Promise.all([openTestIssuer(), openTestIssuer()]);
  folder = await mkdtemp(join(tmpdir(), 'hansard-sign-in-'));
  gateway = await openGateway({});
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
  await otherIssuer[Symbol.asyncDispose]();
  await db.destroy();
  await rm(folder, { recursive: true });
});
afterEach(() => issuer.away(false));

/** A gateway with two providers, the first of which is changed. */
async function openGateway(changed: object, env: Record<string, string> = {}) {
  const entryOf = (name: string, url: string) => ({
    name,
    issuer: url,
    tenant,
    roles: { claim: 'groups', map: { staff: 'submitter' } },
    signIn: { label: `Company ${name}`, clientId: 'hansard', clientSecret: '${CLIENT_SECRET}' },
  });
  const issuers = [
    { ...entryOf('main', issuer.url), ...changed },
    entryOf('other', otherIssuer.url),
  ];
  const path = join(folder, `${Math.random()}.yaml`);
  await writeFile(path, JSON.stringify({ issuers }));
  const CLIENT_SECRET = 'a secret of the client that is as long as HS256 would like it';
  return await testGateway({ env: { HANSARD_CONFIG: path, CLIENT_SECRET, ...env } });
}

type Asked = Awaited<ReturnType<typeof gateway.app.inject>>;
const cookiesOf = ({ headers }: Asked) => [headers['set-cookie'] ?? []].flat();
const get = async (url: string, headers: Record<string, string> = {}, to = gateway) =>
  await to.app.inject({ url, headers });

async function begin(provider = 'main', to = gateway) {
  const answer = await get(`/api/sign-in/${provider}`, {}, to);
  const [set = ''] = cookiesOf(answer);
  const address = new URL(String(answer.headers.location), 'http://gateway');
  const { state = '', nonce = '' } = Object.fromEntries(address.searchParams);
  return { answer, address, set, cookie: set.split(';', 1)[0] ?? '', state, nonce };
}

const back = async (
  query: Record<string, string>,
  cookie: string,
  { provider = 'main', to = gateway } = {},
) => {
  const search = new URLSearchParams(query).toString();
  const headers = cookie === '' ? {} : { cookie };
  return await get(`/api/sign-in/${provider}/callback?${search}`, headers, to);
};

/** Signs in as the provider says it, but for these claims. */
async function signIn(claims: Readonly<Record<string, unknown>> = {}, to = gateway) {
  const { cookie, state, nonce } = await begin('main', to);
  issuer.answerWith(async () => await issuer.sign({ nonce, name: 'Anna', ...claims }));
  const answer = await back({ code: 'c', state }, cookie, { to });
  const session = cookiesOf(answer).find((set) => set.includes('session='));
  return { answer, set: session, headers: { ...PAGE, cookie: session?.split(';', 1)[0] ?? '' } };
}

const problemOf = ({ statusCode, headers }: Asked) => [statusCode, headers.location];
const led = (problem: string) => [303, `/#/sign-in?problem=${problem}`];

test('the page is told where one can sign in, and nothing else of it', async () => {
  expect((await get('/api/sign-in')).json()).toEqual({
    providers: [
      { name: 'main', label: 'Company main' },
      { name: 'other', label: 'Company other' },
    ],
  });
  expect((await get('/api/sign-in/none')).json()).toMatchObject({ code: 'provider_not_found' });
  expect((await get('/api/sign-in/none/callback')).json()).toMatchObject({ status: 404 });
});

test('a browser is sent to the provider with a state, a nonce and a challenge that it alone can answer', async () => {
  const { answer, address, set } = await begin();
  expect(answer.statusCode).toBe(303);
  expect(address.origin + address.pathname).toBe(`${issuer.url}/authorize`);
  expect(Object.fromEntries(address.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'hansard',
    redirect_uri: 'http://localhost:80/api/sign-in/main/callback',
    scope: 'openid profile email',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  expect(set).toMatch(/^hansard-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
  expect((await begin()).state).not.toBe(address.searchParams.get('state'));
});

test('whoever comes back has a session as a key gives one, with the role of their groups', async () => {
  const { answer, set, headers } = await signIn();
  expect(problemOf(answer)).toEqual([303, '/#/signed-in']);
  expect(set).toMatch(
    /^hansard-session=identity_[0-9a-f]{20}_[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  );
  // The sign-in is over.
  expect(cookiesOf(answer)).toContainEqual(expect.stringMatching(/^hansard-sign-in=; Max-Age=0/));
  const read = await get('/api/session', headers);
  expect(read.json()).toMatchObject({
    tenant,
    role: 'submitter',
    name: 'Anna',
    person: expect.stringMatching(/^identity:main:[0-9a-f]{20}$/),
    provider: { label: 'Company main', signOut: null },
  });
  const { expires } = read.json<{ expires: string }>();
  expect((Date.parse(expires) - Date.now()) / 3_600_000).toBeCloseTo(12, 1);
  expect((await get('/api/jobs', headers)).statusCode).toBe(200);
  expect((await get('/api/keys', headers)).json()).toMatchObject({ code: 'not_allowed' });
  // Not for pages of others, nor outside the API.
  const foreign = await get('/api/jobs', { ...headers, 'sec-fetch-site': 'cross-site' });
  expect(foreign.json()).toMatchObject({ code: 'other_origin' });
  expect((await get('/metrics', headers)).json()).toMatchObject({ code: 'key_missing' });

  const out = await gateway.app.inject({ method: 'DELETE', url: '/api/session', headers });
  expect(out.statusCode).toBe(204);
  expect((await get('/api/session', headers)).json()).toMatchObject({ code: 'session_ended' });
});

describe('nobody gets in', () => {
  const soon = Math.floor(Date.now() / 1_000);
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['for another sign-in', { nonce: 'x'.repeat(43) }],
    ['without a nonce', { nonce: undefined }],
    ['for another client', { aud: 'payroll' }],
    ['for several clients, made for another one', { aud: ['hansard', 'payroll'], azp: 'payroll' }],
    ['that has expired', { exp: soon - 60 }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['about nobody', { sub: undefined }],
  ])('with an ID token %s', async (_, claims) => {
    const { answer, set } = await signIn(claims);
    expect(problemOf(answer)).toEqual(led('sign_in_failed'));
    expect(set).toBeUndefined();
  });

  test('with an ID token that nobody signed, or somebody else, or with the secret of the client', async () => {
    const claims = { iss: issuer.url, sub: 'anna', aud: 'hansard', iat: soon, exp: soon + 60 };
    const secret = new TextEncoder().encode(
      'a secret of the client that is as long as HS256 would like it',
    );
    const forged = [
      (nonce: string) => unsigned({ ...claims, groups: ['staff'], nonce }),
      (nonce: string) => issuer.sign({ nonce }, { key: otherIssuer.key().privateKey }),
      (nonce: string) => issuer.sign({ nonce }, { header: { alg: 'HS256' }, key: secret }),
      () => 'no token at all',
    ];
    for (const make of forged) {
      const { cookie, state, nonce } = await begin();
      issuer.answerWith(async () => await make(nonce));
      expect(problemOf(await back({ code: 'c', state }, cookie))).toEqual(led('sign_in_failed'));
    }
  });

  test('with a state that was not begun here, in this browser, at this provider', async () => {
    const before = issuer.count('/token') + otherIssuer.count('/token');
    const [mine, theirs, elsewhere] = [await begin(), await begin(), await begin('other')];
    const failed = led('sign_in_failed');
    const code = 'c';
    expect(problemOf(await back({ code, state: mine.state }, ''))).toEqual(failed);
    expect(problemOf(await back({ code, state: mine.state }, theirs.cookie))).toEqual(failed);
    expect(problemOf(await back({ code, state: 'x' }, mine.cookie))).toEqual(failed);
    expect(problemOf(await back({ code }, mine.cookie))).toEqual(failed);
    const mixed = await back({ code, state: mine.state }, mine.cookie, { provider: 'other' });
    expect(problemOf(mixed)).toEqual(failed);
    const swapped = await back({ code, state: elsewhere.state }, elsewhere.cookie);
    expect(problemOf(swapped)).toEqual(failed);
    const answer = await back({ code, state: mine.state, iss: otherIssuer.url }, mine.cookie);
    expect(problemOf(answer)).toEqual(failed);
    // Nobody was even asked.
    expect(issuer.count('/token') + otherIssuer.count('/token')).toBe(before);
  });

  test('whom the provider refuses, or who went back there', async () => {
    const { cookie, state } = await begin();
    const query = { error: 'access_denied', error_description: 'secret words', state };
    expect(problemOf(await back(query, cookie))).toEqual(led('sign_in_refused'));
    expect(gateway.logged()).toContain('access_denied');
    expect(gateway.logged()).not.toContain('secret words');
  });

  test('without a mapped role: it is recorded who it was, without a name', async () => {
    const { answer, set } = await signIn({ groups: ['visitors'] });
    expect([problemOf(answer), set]).toEqual([led('no_role'), undefined]);
    const rows = await db
      .selectFrom('refusal')
      .select(['keyId', 'status', 'route'])
      .where('tenant', '=', tenant)
      .where('status', '=', 403)
      .where('action', '=', 'public')
      .execute();
    expect(rows).toEqual([
      {
        keyId: expect.stringMatching(/^identity:main:[0-9a-f]{20}$/),
        status: 403,
        route: '/api/sign-in/:provider/callback',
      },
    ]);
  });

  test('while the provider is away, whose answer is waited for no longer than it takes', async () => {
    const { cookie, state } = await begin();
    issuer.away(true);
    expect(problemOf(await back({ code: 'c', state }, cookie))).toEqual(led('issuer_unavailable'));
    await using fresh = await openGateway({});
    const { answer } = await begin('main', fresh);
    expect(problemOf(answer)).toEqual(led('issuer_unavailable'));
  });
});

test('no address from outside is ever led to', async () => {
  const { cookie, state, nonce } = await begin();
  issuer.answerWith(async () => await issuer.sign({ nonce }));
  const query = {
    code: 'c',
    state,
    redirect_uri: 'https://evil.example',
    return: '//evil.example',
  };
  expect(problemOf(await back(query, cookie))).toEqual([303, '/#/signed-in']);
  const evil = await get('/api/sign-in/main?return=https://evil.example');
  expect(new URL(String(evil.headers.location)).origin).toBe(issuer.url);
});

test('where browsers reach the gateway by https, both cookies are for https and this host only', async () => {
  await using secure = await openGateway(
    {},
    { HANSARD_GATEWAY_URL: 'https://minutes.example.org' },
  );
  const { set, address } = await begin('main', secure);
  expect(set).toMatch(
    /^__Host-hansard-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(address.searchParams.get('redirect_uri')).toBe(
    'https://minutes.example.org/api/sign-in/main/callback',
  );
  expect((await signIn({}, secure)).set).toMatch(
    /^__Host-hansard-session=.* Secure; SameSite=Strict$/,
  );
});

describe('a session of a provider ends', () => {
  test('when its time is over', async () => {
    const { headers } = await signIn({ sub: 'late' });
    const id = headers.cookie.split('_')[1];
    await sql`update identity_session set expires_at = now() where id = ${id}`.execute(db);
    expect((await get('/api/jobs', headers)).json()).toMatchObject({ code: 'session_ended' });
  });

  test('when its issuer is no longer configured, or speaks for other tenants', async () => {
    const { headers } = await signIn();
    for (const changed of [{ name: 'renamed' }, { tenant: freshTenant() }]) {
      await using changedGateway = await openGateway(changed);
      const answer = await get('/api/jobs', headers, changedGateway);
      expect(answer.json()).toMatchObject({ status: 401, code: 'session_ended' });
    }
    expect((await get('/api/jobs', headers)).statusCode).toBe(200);
  });

  test('as the oldest of more than somebody may have', async () => {
    const { headers } = await signIn({ sub: 'many' });
    const id = headers.cookie.split('_')[1];
    const { identityId, ...row } = await db
      .selectFrom('identitySession')
      .select(['identityId', 'tenant', 'role', 'name'])
      .where('id', '=', id ?? '')
      .executeTakeFirstOrThrow();
    const sessions = await gateway.services.identitySessions();
    for (let n = 1; n < MOST_OF_IDENTITY; n += 1) {
      await sessions.begin('main', { ...row, id: identityId }, 60);
    }
    expect((await get('/api/jobs', headers)).statusCode).toBe(200);
    await sessions.begin('main', { ...row, id: identityId }, 60);
    expect((await get('/api/jobs', headers)).statusCode).toBe(401);
  });

  test('never by its id alone, which is no secret', async () => {
    const { headers } = await signIn();
    const cookie = `${headers.cookie.slice(0, -43)}${'a'.repeat(43)}`;
    const answer = await get('/api/jobs', { ...PAGE, cookie });
    expect(answer.json()).toMatchObject({ code: 'session_ended' });
    expect((await get('/api/jobs', headers)).statusCode).toBe(200);
  });
});

test('neither codes nor tokens nor secrets are stored or logged', async () => {
  const { cookie, state, nonce } = await begin();
  const token = await issuer.sign({ nonce, name: 'Anna' });
  issuer.answerWith(async () => await Promise.resolve(token));
  const answer = await back({ code: 'the-code-itself', state }, cookie);
  const session = cookiesOf(answer).join();
  const secrets = ['the-code-itself', state, nonce, cookie.split('=')[1] ?? '', token.slice(-40)];
  secrets.push(/identity_\w{20}_([\w-]{43})/.exec(session)?.[1] ?? 'no session');
  const { rows } = await sql`select to_json(identity_session) as row from identity_session`.execute(
    db,
  );
  for (const text of [gateway.logged(), JSON.stringify(rows)]) {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});
