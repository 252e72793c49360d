import { sql, type Insertable } from 'kysely';
import type { Database, RefusalTable } from './create-database.ts';
import type { ListPosition } from './page-jobs.ts';

/** What a tenant sees of what its keys were refused. */
export interface RefusalRow extends Pick<
  RefusalTable,
  'requestId' | 'keyId' | 'action' | 'status' | 'method' | 'route'
> {
  readonly refusedAt: Date;
  /** Null: the key is gone. */
  readonly keyName: string | null;
}

export const REFUSAL_ID = /^\d{1,18}$/;

/** How long what was refused is kept, at most. */
const KEPT_DAYS = 90;

/** Of all tenants together: about 150 MB. */
const MOST_KEPT = 1_000_000;

/** Rows that are deleted at once. */
const BATCH = 10_000;

/** Without its place in the list. */
const shown = (row: RefusalRow): RefusalRow => ({
  refusedAt: row.refusedAt,
  requestId: row.requestId,
  keyId: row.keyId,
  keyName: row.keyName,
  action: row.action,
  status: row.status,
  method: row.method,
  route: row.route,
});

/** The record of what the gateway refused, in Postgres. */
export const createRefusals = (db: Database) => ({
  add: async (refused: Insertable<RefusalTable>): Promise<void> => {
    await db.insertInto('refusal').values(refused).execute();
  },

  /** A page of what keys of the tenant were refused, newest first. */
  page: async (
    tenant: string,
    {
      limit,
      after,
    }: {
      readonly limit: number;
      /** Null: from the newest. */
      readonly after: ListPosition | null;
    },
  ): Promise<{ readonly refusals: readonly RefusalRow[]; readonly next: ListPosition | null }> => {
    let query = db
      .selectFrom('refusal')
      .leftJoin('apiKey', (join) =>
        join.onRef('apiKey.id', '=', 'refusal.keyId').onRef('apiKey.tenant', '=', 'refusal.tenant'),
      )
      .select(['refusal.id', 'requestId', 'keyId', 'action', 'status', 'method', 'route'])
      .select(['refusedAt', 'apiKey.name as keyName'])
      .select(
        sql<string>`to_char(refused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
          'position',
        ),
      )
      .where('refusal.tenant', '=', tenant)
      .orderBy('refusedAt', 'desc')
      .orderBy('refusal.id', 'desc')
      .limit(limit + 1);
    if (after !== null) {
      query = query
        // Alone, so that the index gives where to begin.
        .where(sql<boolean>`refused_at <= ${after.createdAt}::timestamptz`)
        .where(
          sql<boolean>`(refused_at < ${after.createdAt}::timestamptz or refusal.id < ${after.id}::bigint)`,
        );
    }
    const rows = await query.execute();
    const refusals = rows.slice(0, limit);
    const last = refusals.at(-1);
    const isLast = rows.length <= limit || last === undefined;
    return {
      refusals: refusals.map(shown),
      next: isLast ? null : { createdAt: last.position, id: last.id },
    };
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
