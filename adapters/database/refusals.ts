import { sql, type Insertable } from 'kysely';
import type { Database, RefusalTable } from './create-database.ts';

/** How long what was refused is kept, at most. */
const KEPT_DAYS = 90;

/** Of all tenants together: about 150 MB. */
const MOST_KEPT = 1_000_000;

/** Rows that are deleted at once. */
const BATCH = 10_000;

/** The record of what the gateway refused, in Postgres. */
export const createRefusals = (db: Database) => ({
  add: async (refused: Insertable<RefusalTable>): Promise<void> => {
    await db.insertInto('refusal').values(refused).execute();
  },

  /** Deletes what is older than 90 days, and the oldest of more than so many. Returns how many rows it took. */
  expire: async (mostKept = MOST_KEPT): Promise<number> => {
    let expired = 0;
    for (;;) {
      // Ids grow as time does. What is missing among them makes the bound narrower, never wider.
      const { numAffectedRows = 0n } = await sql`
        delete from refusal where id in (
          select id from refusal
          where id <= (select max(id) from refusal) - ${mostKept}::bigint
            or refused_at < now() - make_interval(days => ${KEPT_DAYS})
          order by id limit ${BATCH})`.execute(db);
      expired += Number(numAffectedRows);
      if (numAffectedRows < BATCH) return expired;
    }
  },
});
