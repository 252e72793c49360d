import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Sessions of browsers, and links that begin one: both stand for a key, and end with it. */
export const sessions: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const table of ['session', 'sign_in_link']) {
      await sql`
        create table ${sql.table(table)} (
          id text primary key,
          key_id text not null references api_key (id) on delete cascade,
          sha256 text not null,
          created_at timestamptz not null default now(),
          expires_at timestamptz not null
        )`.execute(db);
      const [ofKey, over] = [`${table}_of_key`, `${table}_over`];
      await sql`create index ${sql.ref(ofKey)} on ${sql.table(table)} (key_id, created_at)`.execute(
        db,
      );
      await sql`create index ${sql.ref(over)} on ${sql.table(table)} (expires_at)`.execute(db);
    }
  },
};
