import { sql } from 'kysely';
import type { Database } from './create-database.ts';
import type { SeenStatus } from './page-jobs.ts';

/** How many jobs of the tenant have each status as people see it. Reads indexes only. */
export async function countJobs(
  db: Database,
  tenant: string,
  now: Date,
): Promise<Readonly<Record<SeenStatus, number>>> {
  const [rows, { waiting }] = await Promise.all([
    db
      .selectFrom('job')
      .select(['status', sql<number>`count(*)::int`.as('jobs')])
      .where('tenant', '=', tenant)
      .groupBy('status')
      .execute(),
    db
      .selectFrom('job')
      .select(sql<number>`count(*)::int`.as('waiting'))
      .where('tenant', '=', tenant)
      .where('status', '=', 'completed')
      // Times in ISO 8601, in the order of the index.
      .where(sql<boolean>`approval ->> 'until' > ${now.toISOString()}`)
      .executeTakeFirstOrThrow(),
  ]);
  const counts = { submitted: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status, jobs } of rows) counts[status] = jobs;
  return { ...counts, waiting, completed: Math.max(0, counts.completed - waiting) };
}
