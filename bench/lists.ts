import { sql } from 'kysely';
import { parseArgs } from 'node:util';
import { createDatabase, type Database } from '../adapters/database/create-database.ts';
import { migrate } from '../adapters/database/migrate.ts';
import { pageOfJobs, type SeenStatus } from '../adapters/database/page-jobs.ts';
import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import { aligned } from '../client/cli/render-list.ts';
import { onStack } from './build-processes.ts';
import { median, quantile } from './quantile.ts';

/**
 * `npm run bench:lists`: pages of 1,000 jobs of a tenant with 1,000,000, by status, with and without the indexes that the
 * lists have for it. Exits 1 when a page takes longer than promised.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '100' },
  },
});
const rows = Number(values.rows);
const pages = Number(values.pages);

/** Of the 99th percentile. */
const PROMISED_MS = 100;
const STATUSES = [
  null,
  'submitted',
  'running',
  'waiting',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly (SeenStatus | null)[];
const INDEXES = ['job_newest_of_status', 'job_waiting_until'];

await onStack(['postgres'], async (environment) => {
  const db = createDatabase({
    url: parseDatabaseUrl(environment),
    maxConnections: 1,
    queryDeadlineMs: 3_600_000,
  });
  await migrate(db);
  const indexes = await sql<{ readonly definition: string }>`
    select indexdef as definition from pg_indexes where indexname in (${sql.join(INDEXES)})`.execute(
    db,
  );
  for (const name of INDEXES) await sql`drop index ${sql.id(name)}`.execute(db);
  await insertJobs(db);
  const without = await measure(db, 10);
  for (const { definition } of indexes.rows) await sql.raw(definition).execute(db);
  await sql`vacuum analyze job`.execute(db);
  const withIndexes = await measure(db);
  await db.destroy();
  const lines = withIndexes.map(({ status, times }, index) => [
    status ?? 'all',
    ms(median(times)),
    ms(quantile(times, 0.99)),
    ms(median(without[index]?.times ?? [])),
    ms(Math.max(...(without[index]?.times ?? []))),
  ]);
  const head = ['status', 'median', 'p99', 'median without index', 'longest without index'];
  console.log(aligned([head, ...lines]).join('\n'));
  if (withIndexes.some(({ times }) => quantile(times, 0.99) > PROMISED_MS)) process.exitCode = 1;
});

/** Most jobs are complete; 1 in 500 failed, 1 in 1,000 waits for a person, 1 in 20 did so until its time was over. */
async function insertJobs(db: Database): Promise<void> {
  await sql`
    insert into job (tenant, id, kind, workflow_id, status, result, title, meeting_date, language,
      duration_seconds, source_sha256, source_name, minutes_key, approval, created_at, ended_at)
    select 'many', lpad(n::text, 26, 'a'), 'minutes', 'minutes/many/' || n,
      case when n % 500 = 0 then 'failed' when n % 700 = 0 then 'cancelled'
        when n > ${rows} - 20 then 'running' when n > ${rows} - 40 then 'submitted' else 'completed' end,
      'complete', 'Planning of the week ' || n, date '2026-01-01', 'en', 3600, md5(n::text) || md5('s' || n),
      'meeting-' || n || '.m4a', 'many/jobs/' || n || '/outputs/1/minutes.json',
      case when n % 1000 = 1 then jsonb_build_object('state', 'draft', 'since', '2026-03-02T10:00:00.000Z',
          'until', '2999-03-02T10:00:00.000Z')
        when n % 20 = 1 then jsonb_build_object('state', 'draft', 'since', '2026-03-02T10:00:00.000Z',
          'until', '2026-03-09T10:00:00.000Z') end,
      timestamptz '2024-01-01' + n * interval '1 minute', timestamptz '2024-01-01' + n * interval '1 minute'
    from generate_series(1, ${rows}::int) as n`.execute(db);
  await sql`vacuum analyze job`.execute(db);
}

/** The first pages of a list, one behind the other; from the newest again when there are no more. */
async function measure(db: Database, count = pages) {
  const measured = [];
  for (const status of STATUSES) {
    const times: number[] = [];
    let after: Parameters<typeof pageOfJobs>[2]['after'] = null;
    for (let page = 0; page < count; page += 1) {
      const start = performance.now();
      const { next } = await pageOfJobs(db, 'many', {
        limit: 1_000,
        after,
        status,
        now: new Date(),
      });
      times.push(performance.now() - start);
      after = next;
    }
    measured.push({ status, times });
    console.error(`measured ${status ?? 'all'}: ${ms(median(times))}`);
  }
  return measured;
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
