import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Keys of the gateway, without their secrets, and what it refused. */
export const keysAndRefusals: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table api_key (
        id text primary key,
        tenant text not null,
        name text not null,
        role text not null check (role in
          ('viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin')),
        key_sha256 text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz
      )`.execute(db);
    await sql`create index api_key_of_tenant on api_key (tenant, created_at desc)`.execute(db);

    await sql`
      create table refusal (
        id bigint generated always as identity primary key,
        refused_at timestamptz not null default now(),
        request_id text not null,
        -- Null, with the tenant: no key, or none that there is.
        key_id text,
        tenant text,
        action text,
        status integer not null,
        method text not null,
        -- The pattern, such as /api/keys/:id; null: there is no such route.
        route text
      )`.execute(db);
    await sql`create index refusal_newest on refusal (tenant, refused_at desc)`.execute(db);
  },
};
