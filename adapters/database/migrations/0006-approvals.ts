import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether a version is a draft, was returned, or is approved; null: nobody was asked. */
export const approvals: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`alter table job add column approval jsonb`.execute(db);
    await sql`alter table job_version add column approval jsonb`.execute(db);
  },
};
