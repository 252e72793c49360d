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

/** `createdAt` of a row, as its place in the list. */
export const POSITION =
  sql<string>`to_char(job.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
    'position',
  );

/** The first condition alone lets an index give where to begin. */
export const isBehind = ({ createdAt, id }: ListPosition) =>
  sql<boolean>`job.created_at <= ${createdAt}::timestamptz
    and (job.created_at < ${createdAt}::timestamptz or job.id > ${id})`;

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
    .select(POSITION)
    .where('tenant', '=', tenant)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(limit + 1);
  if (after !== null) query = query.where(isBehind(after));
  if (status !== null) {
    query = query.where('status', '=', status === 'waiting' ? 'completed' : status);
    if (status === 'waiting' || status === 'completed') {
      const waits = sql<boolean>`coalesce((approval ->> 'until')::timestamptz > ${now}, false)`;
      query = query.where(waits, '=', status === 'waiting');
      if (status === 'waiting') query = query.where(mayWait(tenant, now));
    }
  }
  const rows = await query.execute();
  const jobs = rows.slice(0, limit);
  const last = jobs.at(-1);
  const isLast = rows.length <= limit || last === undefined;
  return { jobs, next: isLast ? null : { createdAt: last.position, id: last.id } };
}

/**
 * Few jobs wait among many whose time is over: all of them are looked up by the end of their time. As text, times in ISO
 * 8601 have their order, but for their digits below a second. An array, because the planner would rather walk through the
 * list than believe that they are few.
 */
const mayWait = (tenant: string, now: Date) =>
  sql<boolean>`job.id = any(array(
    select one.id from job as one
    where one.tenant = ${tenant} and one.status = 'completed'
      and one.approval ->> 'until' is not null
      and one.approval ->> 'until' > ${new Date(now.getTime() - 1_000).toISOString()}))`;
