import type { Insertable } from 'kysely';
import type { Database, RefusalTable } from './create-database.ts';

/** The record of what the gateway refused, in Postgres. Rows are only added. */
export const createRefusals = (db: Database) => ({
  add: async (refused: Insertable<RefusalTable>): Promise<void> => {
    await db.insertInto('refusal').values(refused).execute();
  },
});
