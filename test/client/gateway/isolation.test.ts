import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { heardKey, jobInputKey } from '../../../adapters/object-store/keys.ts';
import { registerSearchAttributes } from '../../../adapters/temporal/search-attributes.ts';
import { API_ROUTES } from '../../../client/gateway/api-routes.ts';
import { writeCursor } from '../../../client/gateway/jobs/cursor.ts';
import { jobRoutes } from '../../../client/gateway/jobs/job-routes.ts';
import { beginUpload } from '../../../client/gateway/uploads/upload-life.ts';
import { jobInputSchema } from '../../../workflows/contracts/job-input.ts';
import { freshNamespace, type FreshNamespace } from '../../adapters/temporal/fresh-namespace.ts';
import { testStack } from '../../support/stack.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { finishedJob } from './jobs/finished-job.ts';
import { BODIES } from './route-bodies.ts';
import { testGateway } from './test-gateway.ts';

/**
 * Everything that a tenant has, asked for by another one that has an admin's key: on every route there is, by every word in
 * which a request can name it. The answer is the one to what nobody has, and nothing of the tenant is in it or changes.
 */

/** Ids of what one tenant has, by the collection in the address; `deliveries` are below webhooks. */
type Things = Readonly<Record<Collection, string>>;
const COLLECTIONS = ['jobs', 'keys', 'uploads', 'webhooks', 'deliveries'] as const;
type Collection = (typeof COLLECTIONS)[number];

/** Routes that are about nothing that a tenant has, and why. */
const NOBODYS: Readonly<Record<string, string>> = {
  'GET /api/targets': 'the configuration of the installation, without content or tenants',
  'GET /api/targets/traffic': 'sums over all calls of the installation, and reasons by their code',
  'GET /api/workers': 'the workers of the installation, for its operator tenant only',
  'GET /api/templates': 'the built-in ones',
  'GET /api/schedules': 'one for each target of the installation, by its name',
  'POST /api/schedules/:target/pause': 'named by a target of the installation',
  'POST /api/schedules/:target/resume': 'named by a target of the installation',
  'POST /api/schedules/:target/trigger': 'named by a target of the installation',
  'GET /v1/models': 'the configuration of the installation',
  'GET /v1/models/:model': 'the configuration of the installation',
};
/** Routes without the id of a thing, which a test below asks in the name of what they are about. */
const ASKED_BELOW: ReadonlySet<string> = new Set([
  'GET /api/jobs',
  'GET /api/library',
  'GET /api/uploads',
  'GET /api/keys',
  'GET /api/queues',
  'GET /api/refusals',
  'GET /api/webhooks',
  'GET /api/session',
  'DELETE /api/session',
  'GET /metrics',
  'POST /api/jobs',
  'POST /api/uploads',
  'POST /api/keys',
  'POST /api/webhooks',
]);
/** In `inference/tenants-apart.test.ts`. */
const isInference = (name: string) => name.startsWith('POST /v1/');

const [own, other] = [freshTenant(), freshTenant()];
/** What only the meetings of one of them have, in words that the search takes apart by their script. */
const WORDS = { [own]: ['quagmire', '蓝色灯塔'], [other]: ['zirconlamp', '秘密报价单'] };
/** A job of both: its id follows from what is submitted, and is no secret. */
const TWIN = 't'.repeat(26);
/** A recording that both have; what is heard of it was made for the other one only. */
const SHA256 = 'e'.repeat(64);

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let place: FreshNamespace;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let ownThings: Things;
let otherThings: Things;
let headers: Record<string, string>;
let session: Record<string, string>;
let otherHeaders: Record<string, string>;
let otherSession: { readonly cookie: string };
let otherKeyId: string;
let otherHad: unknown;
/** What the other one was answered, and can be sent by anybody. */
let told: { readonly etags: readonly string[]; readonly eventId: string; readonly name: string };
/** What no answer to anybody else may have. */
let secrets: readonly string[];

const UNKNOWN: Things = {
  jobs: 'z'.repeat(26),
  keys: '0'.repeat(20),
  uploads: '00000000-0000-4000-8000-000000000000',
  webhooks: '0'.repeat(20),
  deliveries: `msg_${'0'.repeat(32)}`,
};

beforeAll(async () => {
  await migrate(db);
  place = await freshNamespace();
  await registerSearchAttributes(place.client);
  gateway = await testGateway({
    env: place.env,
    apiRoutes: API_ROUTES.map((routes) =>
      routes === jobRoutes
        ? // No worker is there to make a change: nobody waits for it.
          (context) => jobRoutes(context, { answerMs: 100, callsMs: 100 })
        : routes,
    ),
  });
  [ownThings, otherThings] = await Promise.all([thingsOf(own), thingsOf(other)]);
  const key = await gateway.keyOf(own, 'admin');
  const otherKey = await gateway.keyOf(other, 'admin');
  headers = key.headers;
  otherHeaders = otherKey.headers;
  otherKeyId = otherKey.id;
  session = { ...(await sessionOf(key.id)), 'sec-fetch-site': 'same-origin' };
  otherSession = await sessionOf(otherKey.id);
  const viewer = await gateway.keyOf(other, 'viewer', 'is refused');
  // It may not see keys.
  await ask('GET', '/api/keys', viewer.headers);
  const name = randomUUID();
  const payload = { name: 'nightly', role: 'viewer' };
  const made = await ask(
    'POST',
    '/api/keys',
    { ...otherHeaders, 'idempotency-key': name },
    payload,
  );
  const events = await ask('GET', `/api/jobs/${TWIN}/events`, otherHeaders);
  const read = await Promise.all(
    [`/api/jobs/${TWIN}`, `/api/jobs/${otherThings.jobs}/audio`, `/api/jobs/${TWIN}/exports`].map(
      async (url) => (await ask('GET', url, otherHeaders)).headers['etag'] ?? '',
    ),
  );
  told = { name, etags: read, eventId: /^id: (\w+)$/m.exec(events.body)?.[1] ?? '' };
  if (read.includes('') || told.eventId === '') throw new Error('there is nothing to tell');
  const { id: madeId, key: madeKey } = JSON.parse(made.body) as { id: string; key: string };
  secrets = [
    ...Object.values(otherThings),
    ...(WORDS[other] ?? []),
    other,
    otherKey.id,
    otherKey.key,
    madeId,
    madeKey,
  ];
  otherHad = await storedOf(other);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  await db.destroy();
});

async function thingsOf(tenant: string): Promise<Things> {
  const { services } = gateway;
  const words = (WORDS[tenant] ?? []).join(' ');
  const jobs = (tenant === own ? 'a' : 'b').repeat(26);
  const store = await services.store();
  for (const id of [jobs, TWIN]) {
    await finishedJob(services, tenant, id, {
      title: `plans of ${words}`,
      said: `About ${words}.`,
    });
    const key = jobInputKey(tenant, id);
    const input = await store.getJson(key, jobInputSchema);
    const { bytes } = input.source;
    const source = { kind: 'recording', name: `${words}.amr`, sha256: SHA256, bytes };
    await store.putJson(key, { ...input, source: { ...source, durationSeconds: 60 } });
  }
  if (tenant === other)
    await store.put(heardKey(tenant, SHA256), words, { contentType: 'audio/ogg' });
  const { id: keys } = await gateway.keyOf(tenant, 'viewer', `key of ${words}`);
  const file = { name: `${words}.wav`, bytes: 9, contentType: null, sha256: null };
  const { id: uploads } = await beginUpload(services, { tenant, keyId: keys }, file);
  const endpoints = await services.webhookEndpoints();
  const url = `https://hooks.example/${encodeURIComponent(tenant)}`;
  const made = await endpoints.create(tenant, { url, events: ['job.failed'] });
  if (made === null) throw new Error('there is no room for a webhook');
  const webhooks = made.row.id;
  const booked = await endpoints.bookTest(tenant, webhooks, JSON.stringify({ type: words }));
  if (booked === null || booked === 'full') throw new Error('nothing was booked');
  const deliveries = await services.webhookDeliveries();
  const message = { tenant, deliveryId: booked.id, replays: 0 };
  await deliveries.end(message, 'dead', null);
  // Disabled: nothing is sent.
  await endpoints.change(tenant, webhooks, { disabled: true });
  return { jobs, keys, uploads, webhooks, deliveries: booked.id };
}

const sessionOf = async (keyId: string) => {
  const { secret } = await (await gateway.services.sessions()).begin(keyId, 600);
  return { cookie: `hansard-session=${secret}` };
};

/** Every row of every table that knows tenants, every object with its time, and every workflow of a tenant. */
async function storedOf(tenant: string) {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'tenant' order by 1`.execute(db);
  const rows: Record<string, readonly unknown[]> = {};
  for (const { name } of tables.rows) {
    const found = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(one) as row from ${sql.table(name)} as one where tenant = ${tenant} order by 1`.execute(
      db,
    );
    // The key that the tests themselves ask with.
    rows[name] = found.rows.filter(({ row }) => row['id'] !== otherKeyId).map(({ row }) => row);
  }
  const objects = [];
  for await (const one of (await gateway.services.store()).list(`${tenant}/`)) objects.push(one);
  const workflows = [];
  for await (const { workflowId, runId, status } of place.client.workflow.list()) {
    if (workflowId.includes(tenant)) workflows.push(`${workflowId} ${runId} ${status.name}`);
  }
  return { rows, objects, workflows: workflows.toSorted() };
}

async function ask(
  method: string,
  url: string,
  sent: Readonly<Record<string, string>>,
  payload?: object,
) {
  const answer = await gateway.app.inject({
    method: method as 'GET',
    url,
    headers: sent,
    ...(payload !== undefined && { payload }),
  });
  const { statusCode: status, headers: got, body } = answer;
  return { status, headers: got as Record<string, string>, body };
}
type Answer = Awaited<ReturnType<typeof ask>>;

/** What no two answers have in common, whatever they are about. */
const OF_ONE_ANSWER = /^(date|x-request-id|x-ratelimit-\w+|content-security-policy)$/;
const comparable = ({ status, headers: got, body }: Answer) => ({
  status,
  headers: Object.fromEntries(Object.entries(got).filter(([name]) => !OF_ONE_ANSWER.test(name))),
  body: body.replace(/"requestId":"[^"]+"/, ''),
});
/** What is no id at all is said again to who sent it. */
const withoutId = ({ body, ...answer }: Answer, address: string): Answer => {
  const sent = JSON.stringify(decodeURIComponent(address.split('/')[3] ?? ''));
  return { ...answer, body: body.replace(JSON.stringify(sent).slice(1, -1), 'ID') };
};
const leaked = ({ headers: got, body }: Answer): readonly string[] =>
  secrets.filter((secret) => `${JSON.stringify(got)}\n${body}`.includes(secret));

interface Walked {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly query: string;
}

/** Every method of every route that a key opens. */
const walked = (): readonly Walked[] =>
  gateway.routes
    .filter(({ config }) => config?.action !== 'public')
    .flatMap(({ method, url, schema }) =>
      [method].flat().map((one) => {
        const name = `${one} ${url}`;
        return { name, method: one, url, query: queryOf(url, schema?.querystring) };
      }),
    );

/** Of every parameter that a route with an id takes, a value that the other tenant's things have. A new one needs a line. */
const PARAMETERS: Readonly<Record<string, () => string>> = {
  version: () => '1',
  item: () => 'd1',
  format: () => 'md,json',
  limit: () => '5',
  state: () => 'dead',
  change: () => TWIN_CHANGE,
  cursor: () => cursorOf(otherThings.deliveries),
  by: () => 'Eve',
};
const TWIN_CHANGE = randomUUID();
const cursorOf = (id: string) => writeCursor({ createdAt: '2126-03-02T10:00:00.000000Z', id });

function queryOf(url: string, querystring: unknown): string {
  if (!(querystring instanceof z.ZodObject) || thingsIn(url).length === 0) return '';
  const values = Object.keys(querystring.shape).map((name): [string, string] => {
    const value = PARAMETERS[name]?.();
    if (value === undefined) throw new Error(`the walk has no ${name} for ${url}`);
    return [name, value];
  });
  return values.length === 0 ? '' : `?${new URLSearchParams(values).toString()}`;
}

const isCollection = (word: string): word is Collection =>
  COLLECTIONS.some((collection) => collection === word);

/** The collections whose things an address names. */
const thingsIn = (url: string): readonly Collection[] =>
  url.split('/').flatMap((word, at, all) => {
    const before = all[at - 1] ?? '';
    return word.startsWith(':') && isCollection(before) ? [before] : [];
  });

/** Files have names, which are the same for all. */
const addressOf = (url: string, things: Things): string =>
  url
    .split('/')
    .map((word, at, all) => {
      const before = all[at - 1] ?? '';
      if (!word.startsWith(':')) return word;
      if (word === ':name') return 'minutes.md';
      if (word === ':number') return '1';
      if (isCollection(before)) return things[before];
      throw new Error(`the walk has no ${word} for ${url}`);
    })
    .join('/');

/** The ways to name what the other one has, each with the same way to name what nobody has. */
function namings(url: string): readonly (readonly [theirs: string, nobodys: string])[] {
  const named = thingsIn(url);
  const pairs: (readonly [Things, Things])[] = [
    [otherThings, UNKNOWN],
    // What is the other one's below what is one's own.
    ...(named.length === 1 ? [] : named).map(
      (one) =>
        [
          { ...ownThings, [one]: otherThings[one] },
          { ...ownThings, [one]: UNKNOWN[one] },
        ] as const,
    ),
  ];
  if (named.includes('jobs')) {
    const of = (change: (id: string) => string) =>
      [
        { ...otherThings, jobs: change(otherThings.jobs) },
        { ...UNKNOWN, jobs: change(UNKNOWN.jobs) },
      ] as const;
    pairs.push(
      of((id) => id.slice(0, 8)),
      of((id) => `${other}%2F${id}`),
      of((id) => `${id}%00`),
    );
  }
  return pairs.map(([theirs, nobodys]) => [addressOf(url, theirs), addressOf(url, nobodys)]);
}

/** What the other tenant was told, as headers of a request with a key of one's own. */
const claims = (): readonly Record<string, string>[] => [
  {},
  { 'if-none-match': told.etags.join(', ') },
  { range: 'bytes=0-3', 'if-range': told.etags[1] ?? '', 'last-event-id': told.eventId },
  {
    'idempotency-key': told.name,
    'x-tenant': other,
    'x-hansard-tenant': other,
    'x-test-tenant': other,
    forwarded: 'for=127.0.0.1',
    'x-forwarded-for': '127.0.0.1',
    'x-original-url': `/api/jobs/${otherThings.jobs}`,
    ...otherSession,
  },
];

test('every route is walked with the things of another tenant, or it is said why not', () => {
  const left = walked().filter(
    ({ name, url, method }) =>
      thingsIn(url).length === 0 &&
      NOBODYS[name.replace(/^HEAD/, 'GET')] === undefined &&
      !ASKED_BELOW.has(method === 'HEAD' ? name.replace('HEAD', 'GET') : name) &&
      !isInference(name),
  );
  expect(left.map(({ name }) => name)).toEqual([]);
  const names = new Set(walked().map(({ name }) => name));
  const listed = [...Object.keys(NOBODYS), ...ASKED_BELOW];
  expect(listed.filter((name) => !names.has(name))).toEqual([]);
});

test('its own tenant is answered: there is something to hide', async () => {
  const refused = [];
  for (const { name, method, url, query } of walked()) {
    if (method !== 'GET' || thingsIn(url).length === 0) continue;
    // No change goes on that could be waited for.
    if (url === '/api/jobs/:id/change') continue;
    const answer = await ask('GET', `${addressOf(url, otherThings)}${query}`, otherHeaders);
    if (answer.status > 299) refused.push([name, answer.status]);
  }
  // No person has changed anything.
  expect(refused).toEqual([['GET /api/jobs/:id/changes', 404]]);
});

test('what another tenant has is what nobody has, on every route and however it is named', async () => {
  const differences: unknown[] = [];
  let asked = 0;
  for (const { name, method, url, query } of walked()) {
    if (thingsIn(url).length === 0) continue;
    for (const [at, [theirs, nobodys]] of namings(url).entries()) {
      // Each way to name it, and everything else that is known with the first of them.
      const more = claims().map((claim) => ({ ...headers, ...claim }));
      const doors = at === 0 ? [...more, session] : [headers];
      for (const sent of doors) {
        for (const address of at === 0 ? new Set(['', query]) : ['']) {
          // One after the other: both may name the same request to repeat.
          const [answer, expected] = [
            withoutId(await ask(method, `${theirs}${address}`, sent, BODIES[name]), theirs),
            withoutId(await ask(method, `${nobodys}${address}`, sent, BODIES[name]), nobodys),
          ];
          asked += 1;
          const is = comparable(answer);
          const shown = comparable(expected);
          const isSame = JSON.stringify(is) === JSON.stringify(shown);
          if (isSame && leaked(answer).length === 0) continue;
          differences.push({ name, theirs, address, sent, is, shown });
        }
      }
    }
  }
  expect(differences).toEqual([]);
  expect(asked).toBeGreaterThan(300);
});

test('of a job that both have under one id, each sees and changes its own', async () => {
  const leaks: unknown[] = [];
  const ownTold: Record<string, number> = {};
  const things = { ...ownThings, jobs: TWIN };
  for (const { name, method, url, query } of walked()) {
    if (!thingsIn(url).includes('jobs')) continue;
    for (const sent of method === 'POST' ? [{}] : claims()) {
      for (const address of new Set(['', query])) {
        const asking = { ...headers, ...sent, 'idempotency-key': randomUUID() };
        const answer = await ask(
          method,
          `${addressOf(url, things)}${address}`,
          asking,
          BODIES[name],
        );
        if (address === '' && Object.keys(sent).length === 0) ownTold[name] = answer.status;
        // What has the other one's ETag is another state.
        const isFaulty = answer.status === 304 || answer.status >= 500;
        if (isFaulty || leaked(answer).length > 0) leaks.push({ name, address, sent, answer });
      }
    }
  }
  expect(leaks).toEqual([]);
  expect(ownTold).toMatchObject({
    'GET /api/jobs/:id': 200,
    'GET /api/jobs/:id/exports/:name': 200,
    'GET /api/jobs/:id/events': 200,
    // It was made of the same recording, for the other one.
    'GET /api/jobs/:id/audio': 202,
  });
});

test('lists have what is of the tenant, wherever a cursor of another one points', async () => {
  const idsOf = async (url: string, sent = headers) => {
    const answer = await ask('GET', url, sent);
    expect([url, answer.status, leaked(answer)]).toEqual([url, 200, []]);
    const [list = []] = Object.values(JSON.parse(answer.body) as Record<string, { id: string }[]>);
    return list.map(({ id }) => id);
  };
  const cursor = cursorOf(otherThings.jobs);
  for (const url of ['/api/jobs', '/api/jobs?status=completed', `/api/jobs?cursor=${cursor}`]) {
    expect(await idsOf(url)).toContain(ownThings.jobs);
    expect(await idsOf(url, session)).toContain(ownThings.jobs);
  }
  expect(await idsOf('/api/uploads')).toEqual([ownThings.uploads]);
  expect(await idsOf('/api/keys')).toContain(ownThings.keys);
  expect(await idsOf('/api/webhooks')).toEqual([ownThings.webhooks]);
  const refusalsOf = async (sent: typeof headers) => {
    const { body } = await ask('GET', '/api/refusals?limit=1000', sent);
    const { refusals } = JSON.parse(body) as { readonly refusals: { requestId: string }[] };
    return refusals.map(({ requestId }) => requestId);
  };
  const refused = await refusalsOf(otherHeaders);
  expect(refused).not.toEqual([]);
  const mine = await refusalsOf(headers);
  expect(mine.filter((id) => refused.includes(id))).toEqual([]);
  const queues = await ask('GET', '/api/queues', headers);
  expect(leaked(queues)).toEqual([]);
  const { jobs } = JSON.parse(queues.body) as { readonly jobs: Record<string, number> };
  const counted = Object.values(jobs).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe((await idsOf('/api/jobs?limit=100')).length);
  const found = async (words: string, sent = headers) => {
    const search = new URLSearchParams({ search: words, cursor }).toString();
    return await ask('GET', `/api/library?${search}`, sent);
  };
  for (const [at, theirs] of (WORDS[other] ?? []).entries()) {
    const mine = WORDS[own]?.[at] ?? '';
    expect(JSON.parse((await found(theirs, otherHeaders)).body)).toMatchObject({
      jobs: [{ found: expect.stringContaining(theirs) }, {}],
    });
    expect(JSON.parse((await found(mine)).body)).toMatchObject({ jobs: [{}, {}] });
    // As of words that no meeting has.
    for (const part of [theirs, theirs.slice(0, 2), `${mine} ${theirs}`]) {
      expect(JSON.parse((await found(part)).body)).toEqual({ jobs: [], next: null, cut: 0 });
    }
  }
});

test('what is made takes nothing of another tenant, and is not made twice for it', async () => {
  const post = async (url: string, payload: object, more: Record<string, string> = {}) =>
    await ask('POST', url, { ...headers, ...more }, payload);
  const withIds = async (id: string) => comparable(await post('/api/jobs', { uploads: [id] }));
  expect(await withIds(otherThings.uploads)).toEqual(await withIds(UNKNOWN.uploads));
  const both = { uploads: [ownThings.uploads, otherThings.uploads] };
  expect(leaked(await post('/api/jobs', both))).toEqual([]);

  // The name that the other one's request had, with the same body.
  const body = { name: 'nightly', role: 'viewer' };
  const made = await post('/api/keys', body, { 'idempotency-key': told.name });
  expect([made.status, made.headers['idempotency-replayed'], leaked(made)]).toEqual([
    201,
    undefined,
    [],
  ]);
  const named = await post('/api/uploads', { name: 'a.wav', bytes: 9, tenant: other });
  expect([named.status, leaked(named)]).toEqual([400, []]);
  const webhook = await post('/api/webhooks', {
    url: 'https://b.example/',
    events: ['job.failed'],
  });
  expect([webhook.status, leaked(webhook)]).toEqual([201, []]);

  const talk = 'Ann: We decided to hire a painter.\n';
  const submit = async (sent: Record<string, string>) => {
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/api/jobs',
      headers: { ...sent, 'content-type': 'text/plain' },
      payload: talk,
    });
    return answer.json<{ workflowId: string; reused: boolean }>();
  };
  const first = await submit(headers);
  expect(first).toMatchObject({ reused: false });
  expect(await submit(headers)).toMatchObject({ reused: true });
  const third = freshTenant();
  const others = await submit((await gateway.keyOf(third, 'submitter')).headers);
  expect(others).toMatchObject({ reused: false });
  expect([first.workflowId, others.workflowId].map((id) => id.split('/')[1])).toEqual([own, third]);
});

test('a session of another tenant beside a key of one’s own is nobody’s', async () => {
  const sent = { ...headers, ...otherSession, 'sec-fetch-site': 'same-origin' };
  const seen = await ask('GET', '/api/session', sent);
  expect(JSON.parse(seen.body)).toMatchObject({ tenant: own });
  expect((await ask('DELETE', '/api/session', sent)).status).toBe(204);
  const theirs = { ...otherSession, 'sec-fetch-site': 'same-origin' };
  expect((await ask('GET', '/api/session', theirs)).status).toBe(200);
});

test('metrics and the log tell of no tenant and nothing of a meeting', async () => {
  const metrics = await ask('GET', '/metrics', headers);
  expect([metrics.status, leaked(metrics)]).toEqual([200, []]);
  const words = [...(WORDS[own] ?? []), ...(WORDS[other] ?? []), otherThings.jobs];
  expect(words.filter((word) => gateway.logged().includes(word))).toEqual([]);
});

test('after all of it, the other tenant has what it had', async () => {
  expect(await storedOf(other)).toEqual(otherHad);
});
