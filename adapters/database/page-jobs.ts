import { sql } from 'kysely';
import type { Database } from './create-database.ts';
import { COLUMNS, type JobRow } from './job-row.ts';

/** The status of a job as people see it. `waiting`: it has completed, and its minutes wait for a person. */
export type SeenStatus = JobRow['status'] | 'waiting';

/** A place in the list of a tenant's jobs: behind the job that has these. */
export interface ListPosition {
  /** In ISO 8601 with all the digits that the server keeps: a `Date` would lose three. */
  readonly createdAt: string;
  readonly id: string;
}

export interface JobPage {
  readonly jobs: readonly JobRow[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: ListPosition | null;
}

/** A page of the tenant's jobs, newest first. Jobs that are submitted meanwhile move nothing behind the position. */
export async function pageOfJobs(
  db: Database,
  tenant: string,
  {
    limit,
    after,
    status,
    now,
  }: {
    readonly limit: number;
    /** Null: from the newest. */
    readonly after: ListPosition | null;
    /** Null: all. */
    readonly status: SeenStatus | null;
    /** From when on nobody is waited for whose time is over. */
    readonly now: Date;
  },
): Promise<JobPage> {
  let query = db
    .selectFrom('job')
    .select(COLUMNS)
    .select(
      sql<string>`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
        'position',
      ),
    )
    .where('tenant', '=', tenant)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(limit + 1);
  if (after !== null) {
    const createdAt = sql<Date>`${after.createdAt}::timestamptz`;
    query = query
      // Alone, so that the index gives where to begin.
      .where('createdAt', '<=', createdAt)
      .where((row) => row.or([row('createdAt', '<', createdAt), row('id', '>', after.id)]));
  }
  if (status !== null) {
    query = query.where('status', '=', status === 'waiting' ? 'completed' : status);
    if (status === 'waiting' || status === 'completed') {
      const waits = sql<boolean>`coalesce((approval ->> 'until')::timestamptz > ${now}, false)`;
      query = query.where(waits, '=', status === 'waiting');
    }
  }
  const rows = await query.execute();
  const jobs = rows.slice(0, limit);
  const last = jobs.at(-1);
  const isLast = rows.length <= limit || last === undefined;
  return { jobs, next: isLast ? null : { createdAt: last.position, id: last.id } };
}
