import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Uploads of recordings that go on: how long they become is told at their end. */
export const uploadsOfAnyLength: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`alter table upload alter column bytes drop not null`.execute(db);
  },
};
