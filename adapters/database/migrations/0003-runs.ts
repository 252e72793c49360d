import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which run of its job a claim belongs to, and how many versions of its outputs a job has. */
export const runs: Migration = {
  up: async (db: Kysely<unknown>) => {
    // Null: warm-ups, and claims of runs that began before the migration. Those end with their leases.
    await sql`alter table ledger_entry add column run_id text`.execute(db);
    await sql`alter table job add column versions integer not null default 0`.execute(db);
    await sql`update job set versions = 1 where minutes_key is not null`.execute(db);
    // A retry that failed or was cancelled took the result from the row, while the minutes are still stored. Minutes
    // that were complete are called partial here: a retry makes them complete again, and pays for nothing.
    await sql`
      update job set result = 'partial'
      where minutes_key is not null and result is null and status in ('failed', 'cancelled')
    `.execute(db);
  },
};
