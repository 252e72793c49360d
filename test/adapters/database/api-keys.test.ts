import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKeys } from '../../../adapters/database/api-keys.ts';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { freshTenant } from '../../client/fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 10 });
const keys = createApiKeys(db);
const tenant = freshTenant();

beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => {
  await db.deleteFrom('apiKey').where('tenant', '=', tenant).execute();
  await db.destroy();
});

const wanted = (name: string, expiresInSeconds: number | null = null) => ({
  tenant,
  name,
  role: 'viewer',
  expiresInSeconds,
});
async function made(name: string, expiresInSeconds: number | null = null) {
  const created = await keys.create(wanted(name, expiresInSeconds));
  if (created === null) throw new Error('no key was made');
  return created;
}
const stateOf = async (key: string) => (await keys.identify(key))?.state;

test('a key is found by what is sent, and only its digest is stored', async () => {
  const { key, row } = await made('found');
  expect(row).toMatchObject({ tenant, name: 'found', role: 'viewer', state: 'live' });
  expect(await keys.identify(key)).toEqual({ row, state: 'live' });
  const { rows } = await sql<Record<string, unknown>>`
    select * from api_key where id = ${row.id}`.execute(db);
  const secret = key.slice(-43);
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect(Object.keys(row)).not.toContain('keySha256');
});

test('a known id with another secret is wrong, an unknown id and what is no key are nothing', async () => {
  const { key } = await made('secret');
  const other = await made('secret');
  expect(await stateOf(`${key.slice(0, -43)}${other.key.slice(-43)}`)).toBe('wrong');
  expect(await keys.identify(`hansard_${'0'.repeat(20)}_${key.slice(-43)}`)).toBeNull();
  expect(await keys.identify('hansard_')).toBeNull();
});

test('a key ends when its time is over', async () => {
  const { key, row } = await made('expiring', 3_600);
  expect(row.expiresAt?.getTime()).toBe(row.createdAt.getTime() + 3_600_000);
  expect(await stateOf(key)).toBe('live');
  await sql`update api_key set expires_at = now() where id = ${row.id}`.execute(db);
  expect(await stateOf(key)).toBe('expired');
});

test('a revoked key has ended, and revoking it again changes nothing', async () => {
  const { key, row } = await made('revoked');
  const revoked = await keys.revoke(tenant, row.id);
  expect(revoked?.state).toBe('revoked');
  expect(await stateOf(key)).toBe('revoked');
  expect(await keys.revoke(tenant, row.id)).toEqual(revoked);
});

test('another tenant neither sees nor revokes a key', async () => {
  const { key, row } = await made('of one tenant');
  const other = freshTenant();
  expect(await keys.list(other)).toEqual([]);
  expect(await keys.revoke(other, row.id)).toBeNull();
  expect(await stateOf(key)).toBe('live');
});

test('of eight keys of one name at once two are made; room is made by one that ended', async () => {
  const created = await Promise.all(
    Array.from({ length: 8 }, async () => await keys.create(wanted('twice'))),
  );
  const [first, second, ...more] = created.filter((one) => one !== null);
  if (!first || !second) throw new Error('two keys were expected');
  expect(more).toEqual([]);
  expect(await keys.create(wanted('twice'))).toBeNull();
  await keys.revoke(tenant, first.row.id);
  const third = await made('twice');
  expect(await keys.create(wanted('twice'))).toBeNull();
  await sql`update api_key set expires_at = now() where id = ${third.row.id}`.execute(db);
  await made('twice');
});

test('the last use of a key is noted once a minute', async () => {
  const { key, row } = await made('used');
  const usedAt = async () => (await keys.identify(key))?.row.lastUsedAt;
  expect(await usedAt()).toBeNull();
  // Both as they found it: the second one changes nothing.
  await keys.markUsed(row);
  const first = await usedAt();
  await keys.markUsed(row);
  expect(first).toBeInstanceOf(Date);
  expect(await usedAt()).toEqual(first);
  await sql`update api_key set last_used_at = now() - interval '61 seconds' where id = ${row.id}
  `.execute(db);
  const used = await keys.identify(key);
  if (!used) throw new Error('no key');
  await keys.markUsed(used.row);
  expect((await usedAt())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Infinity);
});

test('the newest key is listed first', async () => {
  const older = await made('listed');
  const newer = await made('listed');
  const ids = (await keys.list(tenant)).map(({ id }) => id);
  expect(ids.indexOf(newer.row.id)).toBeLessThan(ids.indexOf(older.row.id));
});
