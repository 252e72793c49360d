import { Migrator, type Migration } from 'kysely/migration';
import type { Database } from './create-database.ts';
import { jobsAndLedger } from './migrations/0001-jobs-and-ledger.ts';
import { queuedWork } from './migrations/0002-queued-work.ts';
import { runs } from './migrations/0003-runs.ts';
import { searchWords } from './migrations/0004-search-words.ts';
import { versions } from './migrations/0005-versions.ts';
import { approvals } from './migrations/0006-approvals.ts';
import { keysAndRefusals } from './migrations/0007-keys-and-refusals.ts';
import { uploads } from './migrations/0008-uploads.ts';
import { sessions } from './migrations/0009-sessions.ts';
import { webhooks } from './migrations/0010-webhooks.ts';
import { repeatedRequestsAndLists } from './migrations/0011-repeated-requests-and-lists.ts';
import { requests } from './migrations/0012-requests.ts';
import { identitySessions } from './migrations/0013-identity-sessions.ts';
import { signedRequests } from './migrations/0014-signed-requests.ts';
import { uploadsOfAnyLength } from './migrations/0015-uploads-of-any-length.ts';
import { failedCalls } from './migrations/0016-failed-calls.ts';
import { fillSearchWords } from './search-jobs.ts';

/** Every migration by name, in order. A released one is never changed. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-jobs-and-ledger': jobsAndLedger,
  '0002-queued-work': queuedWork,
  '0003-runs': runs,
  '0004-search-words': searchWords,
  '0005-versions': versions,
  '0006-approvals': approvals,
  '0007-keys-and-refusals': keysAndRefusals,
  '0008-uploads': uploads,
  '0009-sessions': sessions,
  '0010-webhooks': webhooks,
  '0011-repeated-requests-and-lists': repeatedRequestsAndLists,
  '0012-requests': requests,
  '0013-identity-sessions': identitySessions,
  '0014-signed-requests': signedRequests,
  '0015-uploads-of-any-length': uploadsOfAnyLength,
  '0016-failed-calls': failedCalls,
};

/**
 * Runs the pending migrations and returns their names. Safe to run twice, and by several processes at once: the migrator
 * takes a lock and runs everything in one transaction. Then cuts the words for the search that earlier versions left
 * uncut. Throws the database's errors.
 */
export async function migrate(db: Database): Promise<readonly string[]> {
  const { error, results = [] } = await migratorOn(db).migrateToLatest();
  if (error !== undefined) throw error;
  await fillSearchWords(db);
  return results.map(({ migrationName }) => migrationName);
}

/** Names of the migrations that have not run. */
export async function pendingMigrations(db: Database): Promise<readonly string[]> {
  const migrations = await migratorOn(db).getMigrations();
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/** Throws `MigrationsPendingError` unless the tables are up to date. */
export async function requireMigrations(db: Database): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new MigrationsPendingError(
    `the database of DATABASE_URL lacks the migrations ${pending.join(', ')}: run npm run -s hansard -- migrate`,
  );
}

class MigrationsPendingError extends Error {
  override readonly name = 'MigrationsPendingError';
}

const migratorOn = (db: Database): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => await Promise.resolve(MIGRATIONS) } });
