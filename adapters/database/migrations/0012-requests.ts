import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Calls that the gateway makes for a request. Their answers are kept for an hour only, so the same call may be paid for
 * and accepted again later.
 */
export const requests: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`alter table ledger_entry drop constraint ledger_entry_account_check`.execute(db);
    await sql`
      alter table ledger_entry add constraint ledger_entry_account_check
        check (account in ('job', 'warm-up', 'request'))`.execute(db);
    await sql`drop index ledger_entry_accepted`.execute(db);
    await sql`
      create unique index ledger_entry_accepted on ledger_entry (tenant, call_key)
        where state = 'accepted' and account <> 'request'`.execute(db);
  },
};
