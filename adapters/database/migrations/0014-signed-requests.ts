import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Keys whose requests are signed, what verifies the signatures, and the nonces that were used. */
export const signedRequests: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      alter table api_key add column signature text not null default 'none'
        check (signature in ('none', 'optional', 'required'))`.execute(db);

    await sql`
      create table signing_key (
        id uuid primary key default gen_random_uuid(),
        key_id text not null references api_key (id) on delete cascade,
        algorithm text not null check (algorithm in ('ed25519', 'hmac-sha256')),
        -- Base64: a public key, or the secret itself, since a digest of it verifies nothing.
        material text not null,
        created_at timestamptz not null default now(),
        -- Null: another one has not taken its place.
        ends_at timestamptz
      )`.execute(db);
    await sql`create index signing_key_of_key on signing_key (key_id)`.execute(db);

    await sql`
      create table signature_nonce (
        key_id text not null,
        nonce text not null check (length(nonce) <= 128),
        expires_at timestamptz not null,
        primary key (key_id, nonce)
      )`.execute(db);
    await sql`create index signature_nonce_expiry on signature_nonce (expires_at)`.execute(db);
  },
};
