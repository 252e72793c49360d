import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkDatabase, createDatabase } from '../../../adapters/database/create-database.ts';
import { DatabaseUnreachableError } from '../../../adapters/database/create-pool.ts';
import { createJobLibrary } from '../../../adapters/database/job-library.ts';
import { parseSearch } from '../../../adapters/database/search-words.ts';
import { migrate, pendingMigrations } from '../../../adapters/database/migrate.ts';
import { jobsAndLedger } from '../../../adapters/database/migrations/0001-jobs-and-ledger.ts';
import { queuedWork } from '../../../adapters/database/migrations/0002-queued-work.ts';
import { runs } from '../../../adapters/database/migrations/0003-runs.ts';
import { searchWords } from '../../../adapters/database/migrations/0004-search-words.ts';
import { versions } from '../../../adapters/database/migrations/0005-versions.ts';
import { approvals } from '../../../adapters/database/migrations/0006-approvals.ts';
import { testStack } from '../../support/stack.ts';

const url = testStack().databaseUrl;
const server = createDatabase({ url, maxConnections: 1 });
const name = `migrate_${randomUUID().replaceAll('-', '')}`;
const emptyUrl = Object.assign(new URL(url), { pathname: `/${name}` }).href;

beforeAll(async () => {
  await sql`create database ${sql.id(name)}`.execute(server);
});
afterAll(async () => {
  await sql`drop database ${sql.id(name)} with (force)`.execute(server);
  await server.destroy();
});

const MIGRATIONS = [
  '0001-jobs-and-ledger',
  '0002-queued-work',
  '0003-runs',
  '0004-search-words',
  '0005-versions',
  '0006-approvals',
  '0007-keys-and-refusals',
  '0008-uploads',
  '0009-sessions',
  '0010-webhooks',
  '0011-repeated-requests-and-lists',
  '0012-requests',
  '0013-identity-sessions',
  '0014-signed-requests',
  '0015-uploads-of-any-length',
  '0016-failed-calls',
];

test('when four processes migrate an empty database at once, one does it and all succeed', async () => {
  const databases = Array.from({ length: 4 }, () =>
    createDatabase({ url: emptyUrl, maxConnections: 1 }),
  );
  const [first] = databases;
  if (!first) throw new Error('no database');
  await expect(pendingMigrations(first)).resolves.toEqual(MIGRATIONS);

  const ran = await Promise.all(databases.map(async (db) => await migrate(db)));
  expect(ran.flat()).toEqual(MIGRATIONS);
  for (const db of databases) {
    await expect(pendingMigrations(db)).resolves.toEqual([]);
    await expect(migrate(db)).resolves.toEqual([]);
  }
  const { rows } = await sql<{ table: string }>`
    select table_name as "table" from information_schema.tables where table_schema = 'public'
    and table_name not like 'kysely%' order by 1`.execute(first);
  expect(rows.map(({ table }) => table)).toEqual([
    'api_key',
    'idempotent_request',
    'identity_session',
    'job',
    'job_version',
    'job_words',
    'ledger_entry',
    'refusal',
    'session',
    'sign_in_link',
    'signature_nonce',
    'signing_key',
    'source_ref',
    'upload',
    'webhook_delivery',
    'webhook_endpoint',
  ]);
  await Promise.all(databases.map(async (db) => await db.destroy()));
});

test('minutes that a cancelled or failed retry took from their row can be read again', async () => {
  const old = `${name}_old`;
  await sql`create database ${sql.id(old)}`.execute(server);
  const url = Object.assign(new URL(emptyUrl), { pathname: `/${old}` }).href;
  const db = createDatabase({ url, maxConnections: 1 });
  await jobsAndLedger.up(db);
  await queuedWork.up(db);
  const rows = [
    ['retried', 'cancelled', null, 'k'],
    ['made', 'completed', 'complete', 'k'],
    ['never', 'failed', null, null],
    ['going', 'running', null, 'k'],
  ];
  for (const [id, status, result, key] of rows) {
    await sql`
      insert into job (tenant, id, kind, workflow_id, status, result, source_sha256, source_name, minutes_key)
      values ('t', ${id}, 'minutes', 'w', ${status}, ${result}, 's', 'n', ${key})`.execute(db);
  }
  await runs.up(db);
  const migrated = await sql`select id, result, versions from job order by id`.execute(db);
  await db.destroy();
  await sql`drop database ${sql.id(old)}`.execute(server);
  expect(migrated.rows).toEqual([
    { id: 'going', result: null, versions: 1 },
    { id: 'made', result: 'complete', versions: 1 },
    { id: 'never', result: null, versions: 0 },
    { id: 'retried', result: 'partial', versions: 1 },
  ]);
});

test('the version that a job shows is listed, whoever published it and before or after the list was there', async () => {
  const old = `${name}_versions`;
  await sql`create database ${sql.id(old)}`.execute(server);
  const url = Object.assign(new URL(emptyUrl), { pathname: `/${old}` }).href;
  const db = createDatabase({ url, maxConnections: 1 });
  for (const step of [jobsAndLedger, queuedWork, runs, searchWords]) await step.up(db);
  const publish = async (id: string, key: string | null) => {
    await sql`
      insert into job (tenant, id, kind, workflow_id, status, result, source_sha256, source_name, minutes_key)
      values ('t', ${id}, 'minutes', 'w', 'completed', 'complete', 's', 'n', ${key})`.execute(db);
  };
  await publish('third', 't/jobs/third/versions/3/minutes.json');
  await publish('first', 't/jobs/first/minutes.json');
  await publish('none', null);
  for (const step of [versions, approvals]) await step.up(db);
  // As a worker of an earlier version does during an update.
  await publish('later', 't/jobs/later/versions/2/minutes.json');
  const library = createJobLibrary(db);
  const listed = async (id: string) =>
    (await library.versions('t', id)).map(({ version, minutesKey, kind }) => [
      version,
      minutesKey,
      kind,
    ]);
  expect(await listed('third')).toEqual([[3, 't/jobs/third/versions/3/minutes.json', null]]);
  expect(await listed('first')).toEqual([[1, 't/jobs/first/minutes.json', null]]);
  expect(await listed('later')).toEqual([[2, 't/jobs/later/versions/2/minutes.json', null]]);
  expect(await listed('none')).toEqual([]);
  await db.destroy();
  await sql`drop database ${sql.id(old)}`.execute(server);
});

test('rows that earlier versions wrote are found by the search once everything is migrated', async () => {
  const old = `${name}_words`;
  await sql`create database ${sql.id(old)}`.execute(server);
  const url = Object.assign(new URL(emptyUrl), { pathname: `/${old}` }).href;
  const db = createDatabase({ url, maxConnections: 1 });
  await migrate(db);
  const library = createJobLibrary(db);
  const search = async (text: string) => {
    const terms = parseSearch(text);
    if (terms === null) throw new Error('no words');
    const { jobs } = await library.search('t', terms, { limit: 100 });
    return jobs.map(({ job }) => job.id).toSorted();
  };
  // As a worker of an earlier version writes them, which may go on during an update.
  for (let index = 0; index < 23; index += 1) {
    await sql`
      insert into job (tenant, id, kind, workflow_id, status, title, source_sha256, source_name, minutes_key, search_text)
      values ('t', ${`row${index}`}, 'minutes', 'w', 'completed', ${`meeting ${index}`}, 's', 'n', 'k', '提交新的报价方案')
    `.execute(db);
  }
  await sql`
    insert into job (tenant, id, kind, workflow_id, status, title, source_sha256, source_name)
    values ('t', 'fresh', 'minutes', 'w', 'submitted', 'meeting', 's', 'n')`.execute(db);
  expect(await search('报价')).toEqual([]);
  await migrate(db);
  expect(await search('报价')).toHaveLength(23);
  expect(await search('meeting')).toHaveLength(24);
  expect(await search('meeting 22')).toEqual(['row22']);

  await sql`update job set minutes_key = 'k2', search_text = '别的事情' where id = 'row22'`.execute(
    db,
  );
  await migrate(db);
  expect(await search('别的')).toEqual(['row22']);
  expect(await search('报价')).toHaveLength(22);
  await db.destroy();
  await sql`drop database ${sql.id(old)}`.execute(server);
});

test('a dead server, a wrong password and a missing database are named, the password is not', async () => {
  const wrong = (change: (url: URL) => void) => {
    const changed = new URL(url);
    changed.password = 'geheim';
    change(changed);
    return changed.href;
  };
  const { host, pathname, password } = new URL(url);
  const faults = [
    [wrong((at) => (at.port = '9')), `127.0.0.1:9${pathname}`, 'ECONNREFUSED'],
    [wrong(() => {}), `${host}${pathname}`, 'the password'],
    [
      wrong((at) => {
        at.password = password;
        at.pathname = '/nowhere';
      }),
      `${host}/nowhere`,
      'no such database',
    ],
  ] as const;
  for (const [broken, place, fault] of faults) {
    const db = createDatabase({ url: broken, maxConnections: 1 });
    const error: unknown = await checkDatabase(db).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    await expect(migrate(db)).rejects.toThrow(DatabaseUnreachableError);
    expect(String(error)).toContain(place.replace('127.0.0.1', new URL(url).hostname));
    expect(String(error)).toContain(fault);
    expect(String(error)).toContain('DATABASE_URL');
    expect(String(error)).not.toContain('geheim');
    await db.destroy();
  }
});
