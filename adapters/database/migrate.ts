import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { DatabaseTables } from './database-tables.ts';
import { queuedWork } from './migrations/0002-queued-work.ts';
import { jobsAndLedger } from './migrations/0001-jobs-and-ledger.ts';

/** Every migration there is, by name, in order. A released one is never changed. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-jobs-and-ledger': jobsAndLedger,
  '0002-queued-work': queuedWork,
};

/**
 * Brings the tables up to date and says what it ran. Safe to run twice, and by several processes at once: the migrator
 * takes a lock, and runs all in one transaction. Throws what the database throws.
 */
export async function migrate(db: Kysely<DatabaseTables>): Promise<readonly string[]> {
  const { error, results = [] } = await migratorOn(db).migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}

/** Names of the migrations that have not run. */
export async function pendingMigrations(db: Kysely<DatabaseTables>): Promise<readonly string[]> {
  const migrations = await migratorOn(db).getMigrations();
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/** Throws `MigrationsPendingError` unless the tables are up to date. */
export async function requireMigrations(db: Kysely<DatabaseTables>): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length > 0) throw new MigrationsPendingError(pending);
}

export class MigrationsPendingError extends Error {
  override readonly name = 'MigrationsPendingError';

  constructor(pending: readonly string[]) {
    super(
      `the database of DATABASE_URL lacks the migrations ${pending.join(', ')}: run npm run -s hansard -- migrate`,
    );
  }
}

const migratorOn = (db: Kysely<DatabaseTables>): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => await Promise.resolve(MIGRATIONS) } });
