import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Work that a provider has taken into its queue, and the ticket that finds it again. */
export const queuedWork: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      alter table ledger_entry
        add column ticket jsonb,
        drop constraint ledger_entry_state_check,
        drop constraint ledger_entry_check,
        add constraint ledger_entry_state_check check (state in ('reserved', 'sending', 'submitted',
          'accepted', 'rejected', 'failed', 'in_doubt', 'released')),
        add constraint ledger_entry_lease_check
          check ((lease_until is not null) = (state in ('reserved', 'sending', 'submitted'))),
        add constraint ledger_entry_ticket_check check (state <> 'submitted' or ticket is not null)
    `.execute(db);
    await sql`drop index ledger_entry_living`.execute(db);
    await sql`drop index ledger_entry_lease`.execute(db);
    await sql`
      create unique index ledger_entry_living on ledger_entry (tenant, call_key)
        where state in ('reserved', 'sending', 'submitted')`.execute(db);
    await sql`
      create index ledger_entry_lease on ledger_entry (lease_until)
        where state in ('reserved', 'sending', 'submitted')`.execute(db);
  },
};
