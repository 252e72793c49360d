import { Validator } from '@seriousme/openapi-schema-validator';
import { connect, createServer, type AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { createRefusals } from '../../../adapters/database/refusals.ts';
import { secretsOf } from '../../../adapters/identity/secret.ts';
import { InvalidOptionError } from '../../../client/config.ts';
import { answerNoRequest } from '../../../client/gateway/answer-errors.ts';
import type { GatewayApp } from '../../../client/gateway/gateway-app.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';
import { testGateway } from './test-gateway.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
const tenant = freshTenant();
const SECRET = 'what-was-said-in-the-meeting';

/** Routes that fail in the ways that a route can. */
const failingRoutes = () => async (app: GatewayApp) => {
  const failing = {
    config: { action: 'jobs:read' },
    schema: { querystring: z.strictObject({ as: z.string().max(100) }) },
  } as const;
  app.get('/failing', failing, ({ query }) => {
    if (query.as === 'option') throw new InvalidOptionError('--limit takes a number');
    throw new Error(`${SECRET} of ${query.as}`);
  });
  app.post(
    '/echo/:id',
    {
      config: { action: 'jobs:read' },
      schema: { params: z.object({ id: z.string() }), body: z.strictObject({ n: z.int() }) },
    },
    ({ body, principal }) => ({ ...body, ...principal }),
  );
};

let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  await migrate(db);
  gateway = await testGateway({ apiRoutes: [failingRoutes] });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
});

const refusalOf = async (requestId: unknown, on: Pick<typeof db, 'selectFrom'> = db) =>
  await on
    .selectFrom('refusal')
    .selectAll()
    .where('requestId', '=', String(requestId))
    .executeTakeFirst();

/** The first connection to a service may take longer than a check waits, where the machine is busy. */
const readinessOf = (app: GatewayApp) => async () => {
  const { statusCode, body } = await app.inject('/readyz');
  return [statusCode, JSON.parse(body)] as const;
};

describe('who asks', () => {
  test.each([
    ['no key', undefined, 'key_missing', 'Bearer realm="hansard"'],
    [
      'no key of ours',
      'Bearer sk-1234',
      'key_invalid',
      'Bearer realm="hansard", error="invalid_token"',
    ],
    [
      'an unknown key',
      `Bearer hansard_${'0'.repeat(20)}_${'a'.repeat(43)}`,
      'key_invalid',
      'Bearer realm="hansard", error="invalid_token"',
    ],
    ['a password', 'Basic YTpi', 'key_missing', 'Bearer realm="hansard"'],
  ])('%s: 401, and a row without tenant', async (_, authorization, code, challenge) => {
    const answer = await gateway.app.inject({
      url: '/api/failing?as=a',
      headers: { ...(authorization !== undefined && { authorization }) },
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(challenge);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { requestId, detail, ...problem } = answer.json<Record<string, string>>();
    expect(problem).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401, code });
    expect(detail).toMatch(/key/);
    expect(await refusalOf(requestId)).toMatchObject({
      keyId: null,
      tenant: null,
      action: 'jobs:read',
      status: 401,
      method: 'GET',
      route: '/api/failing',
    });
  });

  test('a key that was revoked, or has another secret: 401, and a row with its id and tenant', async () => {
    const { id, key, headers } = await gateway.keyOf(tenant, 'viewer');
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    const forged = await gateway.app.inject({
      url: '/api/failing?as=a',
      headers: { authorization: `Bearer ${wrong}` },
    });
    expect(forged.json()).toMatchObject({ status: 401, code: 'key_invalid' });
    expect(await refusalOf(forged.headers['x-request-id'])).toMatchObject({ keyId: id, tenant });
    await (await gateway.services.apiKeys()).revoke(tenant, id);
    const revoked = await gateway.app.inject({ url: '/api/failing?as=a', headers });
    expect(revoked.json()).toMatchObject({ status: 401, code: 'key_revoked' });
    expect(await refusalOf(revoked.headers['x-request-id'])).toMatchObject({ keyId: id, tenant });
  });

  test('a role that may not: 403, and a row with neither address nor query', async () => {
    const { id, headers } = await gateway.keyOf(tenant, 'operator');
    const answer = await gateway.app.inject({ url: '/metrics?secret=yes', headers });
    expect(answer.json()).toMatchObject({ status: 403, code: 'not_allowed' });
    const row = await refusalOf(answer.headers['x-request-id']);
    expect(row).toMatchObject({ keyId: id, tenant, action: 'metrics:read', route: '/metrics' });
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  test('tenant and role are those of the key, whatever is sent beside it', async () => {
    const { id, headers } = await gateway.keyOf(tenant, 'viewer');
    const claims = { 'x-tenant': 'other', 'x-role': 'admin', 'x-tenant-id': 'other' };
    const ask = async (url: string, payload: object) =>
      await gateway.app.inject({
        method: 'POST',
        url,
        payload,
        headers: { ...claims, ...headers, cookie: 'tenant=other; role=admin' },
      });
    const answer = await ask('/api/echo/a?tenant=other&role=admin', { n: 1 });
    expect(answer.json()).toMatchObject({ n: 1, keyId: id, tenant, role: 'viewer' });
    const refused = await ask('/api/echo/a', { n: 1, tenant: 'other' });
    expect(refused.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

describe('errors', () => {
  let headers: { authorization: string };
  beforeAll(async () => {
    ({ headers } = await gateway.keyOf(tenant, 'viewer', 'errors'));
  });

  test('the words of an unexpected one reach the log under the id of the request, and nobody outside', async () => {
    const answer = await gateway.app.inject({ url: '/api/failing?as=search-words', headers });
    const problem = answer.json<{ requestId: string }>();
    expect(problem).toMatchObject({
      status: 500,
      code: 'internal',
      title: 'Internal Server Error',
    });
    expect(answer.body).not.toContain(SECRET);
    expect(problem.requestId).toBe(answer.headers['x-request-id']);
    const lines = gateway.logged().split('\n');
    const own = lines.filter((line) => line.includes(problem.requestId));
    expect(own.join()).toContain(SECRET);
    expect(own.join()).toContain('"route":"/api/failing"');
    // Addresses are in no line but for what an error itself says.
    expect(own.filter((line) => line.includes('as=search-words'))).toEqual([]);
  });

  test('one that is about the request is told', async () => {
    const answer = await gateway.app.inject({ url: '/api/failing?as=option', headers });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_option',
      detail: 'limit takes a number',
    });
  });

  test('what is wrong in a body is told by its place, without what was sent', async () => {
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/api/echo/a',
      headers,
      payload: { n: SECRET, more: 1 },
    });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      detail: 'body/n: takes a number; body: there is nothing of this name: "more"',
      errors: [{ place: 'body/n' }, { place: 'body' }],
    });
    expect(answer.body).not.toContain(SECRET);
  });

  test.each([
    ['a body that is no JSON', 400, 'invalid_json', 'application/json', '{"n":'],
    ['an empty one', 400, 'invalid_request', 'application/json', ''],
    ['one of another type', 415, 'media_type_unsupported', 'text/csv', 'n'],
    [
      'one that is too large',
      413,
      'body_too_large',
      'application/json',
      `"${'n'.repeat(2 ** 20)}"`,
    ],
  ])('%s: %i %s', async (_, status, code, type, payload) => {
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/api/echo/a',
      headers: { ...headers, 'content-type': type },
      payload,
    });
    expect(answer.json()).toMatchObject({ status, code });
  });

  test.each([
    ['/api/nothing', 404, 'route_not_found'],
    ['/api/echo/%zz', 400, 'invalid_request'],
  ])('%s: %i %s', async (url, status, code) => {
    const answer = await gateway.app.inject({ method: 'POST', url, headers });
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.headers['x-request-id']).toBe(answer.json<{ requestId: string }>().requestId);
  });

  test('what is no HTTP, or has too long a head, is answered with a problem, too', async () => {
    const { port } = new URL(await gateway.app.listen({ port: 0, host: '127.0.0.1' }));
    const answers: string[] = [];
    for (const text of ['no HTTP', `GET /?${'n'.repeat(20_000)} HTTP/1.1\r\nhost: localhost`]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`${text}\r\n\r\n`);
      answers.push(String(Buffer.concat(await Array.fromAsync<Buffer>(socket))));
    }
    expect(answers).toEqual([
      expect.stringMatching(
        /^HTTP\/1\.1 400 [^{]*application\/problem\+json[^{]*\{.*"invalid_request"/s,
      ),
      expect.stringMatching(/^HTTP\/1\.1 431 .*"head_too_large"/s),
    ]);
  });

  test('a request that does not come to its end in time is told so', async () => {
    const error = Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    const server = createServer((socket) => answerNoRequest(error, socket));
    const { port } = await new Promise<AddressInfo>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address() as AddressInfo));
    });
    const socket = connect(port, '127.0.0.1');
    const answer = String(Buffer.concat(await Array.fromAsync<Buffer>(socket)));
    server.close();
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*"request_timed_out"/s);
  });

  test('a database that is away: 503 without its address, and readyz says which service it is', async () => {
    await using away = await testGateway({
      env: { DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/hansard' },
    });
    const answer = await away.app.inject({ url: '/api/keys', headers });
    expect(answer.json()).toMatchObject({ status: 503, code: 'service_unavailable' });
    expect(answer.headers['retry-after']).toBe('10');
    expect(answer.body).not.toMatch(/127\.0\.0\.1|secret/);
    await expect
      .poll(readinessOf(away.app))
      .toEqual([
        503,
        { status: 'not ready', checks: { database: 'fault', store: 'ok', temporal: 'ok' } },
      ]);
    expect(away.logged()).not.toContain('secret');
  });
});

test('every answer has an id of our own, and may neither be kept, framed nor run', async () => {
  const { headers } = await gateway.app.inject({
    url: '/healthz',
    headers: { 'x-request-id': 'from outside' },
  });
  expect(headers).toMatchObject({
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('it is healthy, and ready when its services answer', async () => {
  expect((await gateway.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  await expect
    .poll(readinessOf(gateway.app))
    .toEqual([200, { status: 'ready', checks: { database: 'ok', store: 'ok', temporal: 'ok' } }]);
});

test('metrics need an admin, and name patterns instead of addresses', async () => {
  const { headers } = await gateway.keyOf(tenant, 'admin');
  await gateway.app.inject({ method: 'POST', url: '/api/echo/one-of-many', headers });
  await gateway.app.inject({ url: '/one-that-is-nowhere', headers });
  const { body, headers: answered } = await gateway.app.inject({ url: '/metrics', headers });
  expect(answered['content-type']).toMatch(/^text\/plain/);
  expect(body).toContain(
    'hansard_gateway_request_seconds_count{method="POST",route="/api/echo/:id",status="400"}',
  );
  expect(body).toContain('method="other",route="other",status="404"');
  expect(body).not.toMatch(/one-of-many|nowhere/);
});

test('the rest of a minute is refused to a key that asked too often, and to nobody else', async () => {
  await using slow = await testGateway({ requestsPerMinute: 3 });
  const [one, other] = [
    await slow.keyOf(tenant, 'auditor'),
    await slow.keyOf(tenant, 'admin', 'b'),
  ];
  const ask = async ({ headers }: typeof one) =>
    await slow.app.inject({ url: '/api/keys', headers });
  const statuses = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await ask(one)).statusCode);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  const refused = await ask(one);
  expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await ask(other)).statusCode).toBe(200);
  const rows = await db.selectFrom('refusal').selectAll().where('keyId', '=', one.id).execute();
  expect(rows).toMatchObject([{ status: 429, tenant, route: '/api/keys' }]);
});

test('whoever tries keys is soon refused for that, and leaves no more rows', async () => {
  await using tried = await testGateway();
  const requestIds: string[] = [];
  const statuses: number[] = [];
  for (let count = 0; count < 63; count += 1) {
    const { statusCode, headers } = await tried.app.inject('/api/keys');
    statuses.push(statusCode);
    requestIds.push(String(headers['x-request-id']));
  }
  expect(statuses.slice(58)).toEqual([401, 401, 429, 429, 429]);
  const rows = await db
    .selectFrom('refusal')
    .where('requestId', 'in', requestIds)
    .select('status')
    .execute();
  expect(rows).toHaveLength(61);
  const { headers } = await tried.keyOf(tenant, 'admin', 'beside');
  expect((await tried.app.inject({ url: '/api/keys', headers })).statusCode).toBe(200);
});

test('after 120 keys that there are not, an address is looked up no more; keys in use go on', async () => {
  await using tried = await testGateway();
  const [used, unused] = [
    await tried.keyOf(tenant, 'admin', 'used'),
    await tried.keyOf(tenant, 'admin', 'unused'),
  ];
  const ask = async (headers: Record<string, string>, remoteAddress = '10.1.1.1') =>
    (await tried.app.inject({ url: '/api/keys', headers, remoteAddress })).statusCode;
  expect(await ask(used.headers)).toBe(200);
  const unknown = () => ({ authorization: `Bearer ${secretsOf('hansard').make().secret}` });
  for (let count = 0; count < 120; count += 1) await ask(unknown());
  expect(await ask(unused.headers)).toBe(429);
  expect(await ask(used.headers)).toBe(200);
  expect(await ask(unused.headers, '10.1.1.2')).toBe(200);
  expect(await ask(unused.headers)).toBe(200);
});

test('what was refused is kept for 90 days, and only so many of it', async () => {
  // Alone with the table, and undone: other tests are refused meanwhile, too.
  const alone = await db.startTransaction().execute();
  await sql`lock table refusal in share row exclusive mode`.execute(alone);
  const refusals = createRefusals(alone);
  const refused = { keyId: null, tenant: null, action: null, status: 401, method: 'GET' };
  const requestIds = ['old', 'first', 'second'].map((name) => `${name} ${tenant}`);
  for (const requestId of requestIds) {
    await refusals.add({
      ...refused,
      requestId,
      route: null,
      ...(requestId.startsWith('old') && {
        refusedAt: new Date(Date.now() - 91 * 86_400_000),
      }),
    });
  }
  const kept = async () =>
    (await Promise.all(requestIds.map(async (id) => refusalOf(id, alone)))).map(
      (row) => row !== undefined,
    );
  expect(await refusals.expire()).toBe(1);
  expect(await kept()).toEqual([false, true, true]);
  await refusals.expire(1);
  expect(await kept()).toEqual([false, false, true]);
  await alone.rollback().execute();
});

test('a route that says no action does not start', async () => {
  const nameless = () => async (app: GatewayApp) => {
    app.get('/nameless', () => 'secret');
  };
  await expect(testGateway({ apiRoutes: [nameless] })).rejects.toThrow(
    'routes without an action of client/gateway/policy.ts in config: GET /api/nameless',
  );
});

describe('the document', () => {
  test('is valid OpenAPI 3.1 with the roles of each operation', async () => {
    await using whole = await testGateway();
    const answer = await whole.app.inject('/openapi.json');
    const document = z
      .looseObject({
        openapi: z.string(),
        paths: z.record(z.string(), z.record(z.string(), z.any())),
      })
      .parse(answer.json());
    const { valid, errors } = await new Validator().validate(document);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/keys']?.['post']).toMatchObject({
      operationId: 'createKey',
      'x-action': 'keys:manage',
      'x-roles': ['admin'],
      responses: {
        409: {
          description: expect.stringContaining('too_many_keys') as string,
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    });
    expect(document.paths['/healthz']?.['get']).toMatchObject({ security: [] });
    expect(Object.keys(document.paths)).not.toContain('/docs/');
  });

  test('can be browsed with nothing from elsewhere', async () => {
    const page = await gateway.app.inject('/docs/');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    const [, nonce = ''] = /script-src 'self' 'nonce-([0-9a-f]{32})'/.exec(policy) ?? [];
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}' 'sha256-`);
    // Where the script looks for it, and where it stands itself.
    expect(page.body).toContain(`<meta property="csp-nonce" content="${nonce}"`);
    expect(page.body).toContain(`<script type="text/javascript" nonce="${nonce}"`);
    const again = await gateway.app.inject('/docs/');
    expect(again.headers['content-security-policy']).not.toBe(policy);
    expect(policy).not.toMatch(/http|script-src[^;]*unsafe/);
    expect(page.body).not.toMatch(/(?:src|href)="https?:/);
    const script = await gateway.app.inject('/docs/js/scalar.js');
    expect(script.headers['content-type']).toMatch(/javascript/);
    expect(script.body.length).toBeGreaterThan(1_000_000);
  });
});
