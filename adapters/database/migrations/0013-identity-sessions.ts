import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Sessions of browsers that stand for somebody an issuer vouches for, and not for a key. */
export const identitySessions: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table identity_session (
        id text primary key,
        issuer text not null,
        identity_id text not null,
        tenant text not null,
        role text not null check (role in
          ('viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin')),
        name text not null,
        sha256 text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      )`.execute(db);
    await sql`
      create index identity_session_of_identity on identity_session (identity_id, created_at)`.execute(
      db,
    );
    await sql`create index identity_session_over on identity_session (expires_at)`.execute(db);
  },
};
