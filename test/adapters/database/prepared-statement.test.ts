import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { preparedStatement } from '../../../adapters/database/prepared-statement.ts';
import { testStack } from '../../support/stack.ts';

// One connection, so that all statements meet.
const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => await db.destroy());

const preparedNames = async () =>
  (await sql<{ name: string }>`select name from pg_prepared_statements`.execute(db)).rows.map(
    ({ name }) => name,
  );

test('a statement is prepared once on a connection, and takes its members wherever they stand', async () => {
  const name = `sum_${randomUUID()}`;
  const sum = preparedStatement<{ first: number; second: number }, { sum: number }>(
    name,
    (the) =>
      `select ${the('first')}::int + ${the('second')}::int * 10 + ${the('first')}::int * 100 as sum`,
  );
  for (const [first, second, expected] of [
    [1, 2, 121],
    [3, 4, 343],
  ] as const) {
    expect((await sum(db, { second, first })).rows).toEqual([{ sum: expected }]);
  }
  expect(await preparedNames()).toEqual([`hansard_${name}`]);
});

test('a pooler that gives a connection another server process only costs the preparation', async () => {
  const one = preparedStatement<{ value: string }, { value: string }>(
    `echo_${randomUUID()}`,
    (the) => `select ${the('value')}::text as value`,
  );
  expect((await one(db, { value: 'first' })).rows).toEqual([{ value: 'first' }]);
  await sql`deallocate all`.execute(db);
  expect((await one(db, { value: 'second' })).rows).toEqual([{ value: 'second' }]);
  expect((await one(db, { value: 'third' })).rows).toEqual([{ value: 'third' }]);
  expect(await preparedNames()).toEqual([]);
});
