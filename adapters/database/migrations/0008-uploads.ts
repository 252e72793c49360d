import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Files that come to the object store in parts, until jobs are made of them. */
export const uploads: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table upload (
        id text primary key,
        tenant text not null,
        -- The key that began it.
        key_id text not null,
        name text not null,
        bytes bigint not null check (bytes > 0),
        part_bytes integer not null check (part_bytes > 0),
        content_type text,
        -- As the client says; nobody believes it.
        claimed_sha256 text,
        -- The object store's own id; null: it was not asked yet.
        store_upload_id text,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        completed_at timestamptz,
        aborted_at timestamptz,
        -- What reading the whole object showed; null: nobody has read it.
        sha256 text,
        kind text check (kind in ('recording', 'transcript')),
        duration_seconds double precision,
        -- Its bytes lie under sources/ now.
        stored_at timestamptz
      )`.execute(db);
    await sql`create index upload_of_tenant on upload (tenant, created_at desc)`.execute(db);
    await sql`create index upload_expiry on upload (expires_at)`.execute(db);
  },
};
