import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests that clients may repeat, and the indexes of lists by status. */
export const repeatedRequestsAndLists: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table idempotent_request (
        tenant text not null,
        key_id text not null,
        -- Keyed digests: what the client called it, and what it asked for.
        name text not null,
        fingerprint text not null,
        claim uuid not null default gen_random_uuid(),
        -- Until then nobody else does the same; null: it was answered.
        lease_until timestamptz,
        -- Encrypted under the client's own key, which is stored nowhere.
        answer bytea check (octet_length(answer) <= 20000),
        expires_at timestamptz not null,
        primary key (tenant, key_id, name),
        check ((lease_until is null) = (answer is not null))
      )`.execute(db);
    await sql`create index idempotent_request_expiry on idempotent_request (expires_at)`.execute(
      db,
    );

    await sql`
      create index job_newest_of_status on job (tenant, status, created_at desc, id)`.execute(db);
    await sql`
      create index job_waiting_until on job (tenant, (approval ->> 'until'))
        where status = 'completed' and approval ->> 'until' is not null`.execute(db);
  },
};
