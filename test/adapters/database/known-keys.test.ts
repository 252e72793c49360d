import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createApiKeys, KEY_CHANNEL } from '../../../adapters/database/api-keys.ts';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { hearNotices } from '../../../adapters/database/hear-notices.ts';
import { createKnownKeys } from '../../../adapters/database/known-keys.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { freshTenant } from '../../client/fresh-tenant.ts';
import { startSilentProxy } from '../../support/silent-proxy.ts';
import { testStack } from '../../support/stack.ts';

const { databaseUrl } = testStack();
const db = createDatabase({ url: databaseUrl, maxConnections: 4 });
const keys = createApiKeys(db);
const tenant = freshTenant();

beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => {
  await db.deleteFrom('apiKey').where('tenant', '=', tenant).execute();
  await db.destroy();
});

/** So long that only a notice explains why a key is forgotten. */
const FOREVER_MS = 3_600_000;

/** What a gateway has, once it hears notices, and how often it has looked a key up. */
async function knownKeys({ url = databaseUrl, now = Date.now, trustedMs = FOREVER_MS } = {}) {
  let lookUps = 0;
  const notices = hearNotices({ url, db }, KEY_CHANNEL, () => known.forgetAll());
  onTestFinished(() => notices.close());
  const identify = async (sent: string) => {
    lookUps += 1;
    return await keys.identify(sent);
  };
  const known = createKnownKeys({ ...keys, identify }, { notices, now, trustedMs });
  await vi.waitFor(() => expect(notices.areHeard()).toBe(true), { timeout: 5_000 });
  return {
    notices,
    known,
    lookUps: () => lookUps,
    stateOf: async (key: string) => (await known.identify(key))?.state,
  };
}

async function made(expiresInSeconds: number | null = null) {
  const created = await keys.create({
    tenant,
    name: randomUUID(),
    role: 'viewer',
    expiresInSeconds,
  });
  if (created === null) throw new Error('no key was made');
  return created;
}

test('a live key is looked up once, and again when its time is over', async () => {
  let nowMs = 1_000_000_000_000;
  const { known, stateOf, lookUps } = await knownKeys({ now: () => nowMs, trustedMs: 1_000 });
  const { key, row } = await made();
  expect(await known.identify(key)).toEqual({ row, state: 'live' });
  expect(await known.identify(key)).toEqual({ row, state: 'live' });
  nowMs += 999;
  await stateOf(key);
  expect(lookUps()).toBe(1);
  nowMs += 1;
  await stateOf(key);
  expect(lookUps()).toBe(2);
});

test('what is no live key is looked up each time', async () => {
  const { stateOf, lookUps } = await knownKeys();
  const { key } = await made();
  const wrong = `${key.slice(0, -43)}${'a'.repeat(43)}`;
  expect([await stateOf(wrong), await stateOf(wrong)]).toEqual(['wrong', 'wrong']);
  expect(lookUps()).toBe(2);
  expect(await stateOf(key)).toBe('live');
});

test('a key is remembered no longer than it lasts', async () => {
  const { row, key } = await made(60);
  let nowMs = (row.expiresAt?.getTime() ?? 0) - 1;
  const { stateOf, lookUps } = await knownKeys({ now: () => nowMs });
  await stateOf(key);
  await stateOf(key);
  expect(lookUps()).toBe(1);
  nowMs += 1;
  await stateOf(key);
  expect(lookUps()).toBe(2);
});

test('a key that is revoked anywhere ends at every gateway that knows it', async () => {
  const gateways = await Promise.all([knownKeys(), knownKeys()]);
  const { key, row } = await made();
  for (const { stateOf } of gateways) expect(await stateOf(key)).toBe('live');
  await keys.revoke(tenant, row.id);
  for (const { stateOf, lookUps } of gateways) {
    await vi.waitFor(async () => expect(await stateOf(key)).toBe('revoked'));
    expect(lookUps()).toBeGreaterThan(1);
  }
});

test('a key that is revoked while it is looked up is not remembered', async () => {
  const { known, stateOf } = await knownKeys();
  const { key, row } = await made();
  const looking = known.identify(key);
  known.forgetAll();
  expect((await looking)?.state).toBe('live');
  await sql`update api_key set revoked_at = now() where id = ${row.id}`.execute(db);
  expect(await stateOf(key)).toBe('revoked');
});

test('when the connection of the notices is lost, every request looks its key up', async () => {
  const proxy = await startSilentProxy(databaseUrl);
  const url = new URL(databaseUrl);
  url.port = String(proxy.port);
  const { notices, stateOf } = await knownKeys({ url: url.href });
  const { key, row } = await made();
  expect(await stateOf(key)).toBe('live');
  await proxy[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(notices.areHeard()).toBe(false));
  expect(await stateOf(key)).toBe('live');
  await keys.revoke(tenant, row.id);
  expect(await stateOf(key)).toBe('revoked');
});

test('when the connection of the notices falls silent, a key is trusted no longer than its time', async () => {
  const proxy = await startSilentProxy(databaseUrl);
  onTestFinished(async () => await proxy[Symbol.asyncDispose]());
  const url = new URL(databaseUrl);
  url.port = String(proxy.port);
  let nowMs = 1_000_000_000_000;
  const { notices, stateOf } = await knownKeys({
    url: url.href,
    now: () => nowMs,
    trustedMs: 1_000,
  });
  const { key, row } = await made();
  expect(await stateOf(key)).toBe('live');
  proxy.fallSilent();
  await keys.revoke(tenant, row.id);
  nowMs += 1_000;
  expect([await stateOf(key), notices.areHeard()]).toEqual(['revoked', true]);
});

test('a connection that is ended is made again, and what was remembered before is forgotten', async () => {
  const { notices, stateOf } = await knownKeys();
  const { key, row } = await made();
  expect(await stateOf(key)).toBe('live');
  await sql`update api_key set revoked_at = now() where id = ${row.id}`.execute(db);
  expect(await stateOf(key)).toBe('live');
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where query = ${`listen "${KEY_CHANNEL}"`}`.execute(db);
  await vi.waitFor(async () => expect(await stateOf(key)).toBe('revoked'));
  await vi.waitFor(() => expect(notices.areHeard()).toBe(true), { timeout: 5_000 });
});

test('where notices of its own do not come back, as behind a pooler, none counts as heard', async () => {
  // Notices stay in their database, and this pool is connected to another one.
  const url = new URL(databaseUrl);
  url.pathname = '/postgres';
  const elsewhere = createDatabase({ url: url.href, maxConnections: 1 });
  onTestFinished(() => elsewhere.destroy());
  const channel = `test-${randomUUID()}`;
  let heard = 0;
  const notices = hearNotices({ url: databaseUrl, db: elsewhere }, channel, () => (heard += 1));
  onTestFinished(() => notices.close());
  await vi.waitFor(async () => {
    await sql`select pg_notify(${channel}, 'of another')`.execute(db);
    expect(heard).toBeGreaterThan(0);
  });
  expect(notices.areHeard()).toBe(false);
});

test('the use of a key is noted once for each look', async () => {
  const marked: string[] = [];
  const { notices } = await knownKeys();
  const markUsed = async ({ id }: { readonly id: string }) => void marked.push(id);
  const known = createKnownKeys(
    { identify: keys.identify, markUsed },
    { notices, trustedMs: FOREVER_MS },
  );
  const { key, row } = await made();
  for (let count = 0; count < 3; count += 1) {
    const found = await known.identify(key);
    if (found !== null) await known.markUsed(found.row);
  }
  expect(marked).toEqual([row.id]);
});
