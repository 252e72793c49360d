import { sql, type RawBuilder } from 'kysely';
import type { Database } from './create-database.ts';
import { COLUMNS, type JobRow } from './job-row.ts';
import { isBehind, POSITION, type ListPosition } from './page-jobs.ts';
import { searchWords, type Search } from './search-words.ts';

export interface FoundJob {
  readonly job: JobRow;
  /** The first line of title, minutes and transcript that has one of the terms, and where in it. */
  readonly found: { readonly line: string; readonly at: number };
}

export interface FoundJobs {
  /** Newest first. */
  readonly jobs: readonly FoundJob[];
  /** How many meetings of the tenant have more different words than the search can hold. */
  readonly cut: number;
  /** Where the next page begins; null: this is the last one. */
  readonly next: ListPosition | null;
}

/** A page of what is found. */
export interface SearchPage {
  readonly limit: number;
  /** Absent: from the newest. */
  readonly after?: ListPosition | null;
}

/** The tenant's meetings whose title, minutes and transcript together have every term. */
export async function searchJobs(
  db: Database,
  tenant: string,
  search: Search,
  page: SearchPage,
): Promise<FoundJobs> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) => {
      // The planner does not count what it costs to unpack the words of every row, and would read them all.
      await sql`set local enable_seqscan = off`.execute(transaction);
      const found = await findJobs(transaction, tenant, search, page);
      const { cut } = await transaction
        .selectFrom('jobWords')
        .select((row) => row.fn.countAll<string>().as('cut'))
        .where('tenant', '=', tenant)
        .where('leftOut', '>', 0)
        .executeTakeFirstOrThrow();
      return { ...found, cut: Number(cut) };
    });
}

async function findJobs(
  db: Database,
  tenant: string,
  search: Search,
  { limit, after = null }: SearchPage,
): Promise<Omit<FoundJobs, 'cut'>> {
  const jobs: (FoundJob & { readonly place: ListPosition })[] = [];
  let behind = after;
  // One more, which says that there is a next page.
  while (jobs.length <= limit) {
    let query = candidatesOf(db, tenant, search).select(POSITION).limit(BATCH);
    if (behind !== null) query = query.where(isBehind(behind));
    // The index may give a job that has the pairs of a term in other places: the text itself decides.
    const candidates = await query.execute();
    for (const { searchText, position, ...job } of candidates) {
      behind = { createdAt: position, id: job.id };
      const lines = [job.title ?? '', ...(searchText ?? '').split('\n')];
      if (!search.fits(lines)) continue;
      const line = lines.find((one) => search.indexIn(one) >= 0) ?? '';
      jobs.push({ job, found: { line, at: search.indexIn(line) }, place: behind });
    }
    if (candidates.length < BATCH) break;
  }
  const last = jobs.length > limit ? jobs[limit - 1] : undefined;
  return {
    jobs: jobs.slice(0, limit).map(({ job, found }) => ({ job, found })),
    next: last?.place ?? null,
  };
}

/** Newest first. */
export const candidatesOf = (db: Database, tenant: string, search: Search) =>
  db
    // Materialized: its only way to the words is their index.
    .with(
      (found) => found('found').materialized(),
      (from) =>
        from
          .selectFrom('jobWords')
          .select(['tenant', 'jobId'])
          .where(
            sql<boolean>`(title_words || text_words) @@ ${`'${markOf(tenant)}' & ${search.query}`}::tsquery`,
          ),
    )
    .selectFrom('job')
    .innerJoin('found', (on) =>
      on.onRef('found.tenant', '=', 'job.tenant').onRef('found.jobId', '=', 'job.id'),
    )
    .select(COLUMNS.map((column) => `job.${column}` as const))
    .select('job.searchText')
    .where('job.tenant', '=', tenant)
    .orderBy('job.createdAt', 'desc')
    .orderBy('job.id');

/** A word of every row of the tenant, so that the index gives no rows of others. No text has a word like it. */
const markOf = (tenant: string): string => `@${tenant}`;

/** Texts that are in memory at once: two hours of speech have 0.1 MB, a day 1 MB. */
const BATCH = 20;

/** Writes the words of a title. */
export async function keepTitleWords(
  db: Database,
  tenant: string,
  jobId: string,
  title: string | null,
): Promise<void> {
  const titleWords = toVector([markOf(tenant), ...searchWords(title ?? '').words]);
  await db
    .insertInto('jobWords')
    .values({ tenant, jobId, titleWords })
    .onConflict((conflict) => conflict.columns(['tenant', 'jobId']).doUpdateSet({ titleWords }))
    .execute();
}

/** Writes the words of the minutes that are the job's result. */
export async function keepTextWords(
  db: Database,
  tenant: string,
  jobId: string,
  { searchText, minutesKey }: { readonly searchText: string; readonly minutesKey: string },
): Promise<void> {
  const { words, leftOut } = searchWords(searchText);
  await db
    .updateTable('jobWords')
    .set({ textWords: toVector(words), minutesKey, leftOut })
    .where('tenant', '=', tenant)
    .where('jobId', '=', jobId)
    .execute();
}

const toVector = (words: readonly string[]): RawBuilder<string> =>
  sql<string>`array_to_tsvector(${words}::text[])`;

/**
 * Cuts the words of jobs that have none, or those of earlier minutes: command lines and workers of earlier versions wrote
 * them. Safe to run twice, and by several processes at once. Returns how many jobs it took.
 */
export async function fillSearchWords(db: Database): Promise<number> {
  let filled = 0;
  for (;;) {
    const count = await db.transaction().execute(async (transaction) => {
      const rows = await transaction
        .selectFrom('job')
        .leftJoin('jobWords', (on) =>
          on.onRef('jobWords.tenant', '=', 'job.tenant').onRef('jobWords.jobId', '=', 'job.id'),
        )
        .select(['job.tenant', 'job.id', 'job.title', 'job.searchText', 'job.minutesKey'])
        .where((row) =>
          row.or([
            row('jobWords.jobId', 'is', null),
            row('jobWords.minutesKey', 'is distinct from', row.ref('job.minutesKey')),
          ]),
        )
        .limit(BATCH)
        // Nobody publishes or renames them meanwhile.
        .forUpdate('job')
        .skipLocked()
        .execute();
      for (const { tenant, id, title, searchText, minutesKey } of rows) {
        await keepTitleWords(transaction, tenant, id, title);
        if (minutesKey === null) continue;
        await keepTextWords(transaction, tenant, id, { searchText: searchText ?? '', minutesKey });
      }
      return rows.length;
    });
    filled += count;
    if (count < BATCH) return filled;
  }
}
