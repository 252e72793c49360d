import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds the calls of a target that failed last. */
export const failedCalls: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create index ledger_entry_failed on ledger_entry (target, settled_at desc)
        where state in ('rejected', 'failed', 'in_doubt')`.execute(db);
  },
};
