import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { DatabaseTables } from './database-tables.ts';
import { jobsAndLedger } from './migrations/0001-jobs-and-ledger.ts';

/** Every migration there is, by name, in order. A released one is never changed. */
const MIGRATIONS: Record<string, Migration> = { '0001-jobs-and-ledger': jobsAndLedger };

/** Any number: every process of Hansard that migrates one database must take the same lock. */
const LOCK = 4_281_763;

/** Brings the tables up to date and says what it ran. Safe to run twice, and by several processes at once. */
export async function migrate(db: Kysely<DatabaseTables>): Promise<readonly string[]> {
  return await db.connection().execute(async (connection) => {
    // Kysely locks too, but only after it has made its own tables, which two processes cannot do at once.
    await sql`select pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      const { error, results = [] } = await migratorOn(connection).migrateToLatest();
      if (error !== undefined) {
        throw new Error('the database could not be migrated', { cause: error });
      }
      return results.map(({ migrationName }) => migrationName);
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
    }
  });
}

/** Names of the migrations that have not run. Not empty: refuse to start, and name `hansard migrate`. */
export async function pendingMigrations(db: Kysely<DatabaseTables>): Promise<readonly string[]> {
  const migrations = await migratorOn(db).getMigrations();
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

const migratorOn = (db: Kysely<DatabaseTables>): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => await Promise.resolve(MIGRATIONS) } });
