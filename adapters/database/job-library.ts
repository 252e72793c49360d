import { sql, type UpdateResult } from 'kysely';
import type { WebhookEvent } from '../../workflows/contracts/webhooks.ts';
import { countJobs } from './count-jobs.ts';
import type { Database } from './create-database.ts';
import { COLUMNS, type JobRow } from './job-row.ts';
import {
  approvalJson,
  keepVersion,
  listVersions,
  nextVersion,
  type JobVersion,
  type RenderedVersion,
} from './job-versions.ts';
import { pageOfJobs, type JobPage } from './page-jobs.ts';
import {
  keepTextWords,
  keepTitleWords,
  searchJobs,
  type FoundJobs,
  type SearchPage,
} from './search-jobs.ts';
import type { Search } from './search-words.ts';
import { bookJobEvent, eventOfEnd, eventOfRevision } from './webhooks/book-event.ts';

export type { JobRow } from './job-row.ts';
export type { JobVersion } from './job-versions.ts';
export type JobLibrary = ReturnType<typeof createJobLibrary>;

type SubmittedJob = Pick<
  JobRow,
  | 'tenant'
  | 'id'
  | 'kind'
  | 'workflowId'
  | 'title'
  | 'meetingDate'
  | 'durationSeconds'
  | 'sourceSha256'
  | 'sourceName'
>;

/** What a row is known by: its run begins once, and each of its states is reached once by a run. */
type SeenRow = Pick<JobRow, 'tenant' | 'id' | 'status' | 'runId'>;

/** One run of a job's workflow. */
export interface JobRun {
  readonly tenant: string;
  readonly jobId: string;
  readonly runId: string;
}

/** Facts from the rendered minutes, for the list and the search. */
export type PublishedFacts = Pick<JobRow, 'meetingDate' | 'language' | 'degradations'> &
  RenderedVersion & {
    readonly title: string;
    /** Null: a transcript without times. */
    readonly durationSeconds: number | null;
    readonly searchText: string;
  };

interface JobEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly failure: { readonly type: string; readonly message: string } | null;
}

/** A prefix of a job's id, or the whole id. */
const PREFIX = /^[a-z2-7]{8,26}$/;

/** More than one is ambiguous; an error message can list a few. */
const PREFIX_MATCHES = 10;

/**
 * The library in Postgres. All times are the server's.
 *
 * Several runs may touch a row: one that was terminated can have an activity that goes on, and two clients may submit
 * at once. So every change names the run that makes it, or the row as it was read; it answers false, and changes
 * nothing, when the row belongs to another run or is no longer the one that was read. A result stays in the row while
 * later runs begin, fail or are cancelled: only `publish` replaces it.
 */
export function createJobLibrary(db: Database) {
  const jobs = (tenant: string) =>
    db.selectFrom('job').select(COLUMNS).where('tenant', '=', tenant);
  const asSeen = ({ tenant, id, status, runId }: SeenRow, on: Database = db) =>
    on
      .updateTable('job')
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('status', '=', status)
      .where('runId', 'is not distinct from', runId);
  const ofRun = ({ tenant, jobId, runId }: JobRun, on: Database = db) =>
    asSeen({ tenant, id: jobId, status: 'running', runId }, on);

  /** Shows a version: the row `at` which it is, the list of versions, and the search, together or not at all. */
  const show = async (
    { tenant, jobId }: Pick<JobRun, 'tenant' | 'jobId'>,
    { version, revision, ...facts }: PublishedFacts,
    rowIn: (transaction: Database) => ReturnType<typeof asSeen>,
    event: WebhookEvent | null = null,
  ): Promise<boolean> => {
    const title = storable(facts.title);
    const searchText = storable(facts.searchText);
    const written = {
      ...facts,
      title,
      searchText,
      degradations: JSON.stringify(facts.degradations),
      approval: approvalJson(facts.approval),
    };
    return await db.transaction().execute(async (transaction) => {
      const row = await rowIn(transaction)
        .set(written)
        .returning(COLUMNS)
        .returning(AT)
        .executeTakeFirst();
      if (row === undefined) return false;
      await keepVersion(transaction, { tenant, jobId }, { ...facts, version, revision });
      await keepTitleWords(transaction, tenant, jobId, title);
      await keepTextWords(transaction, tenant, jobId, { ...facts, searchText });
      if (event !== null) await bookJobEvent(transaction, row, event);
      return true;
    });
  };

  /** Ends a row, and books the messages of it, together or not at all. */
  const end = async (
    rowIn: (transaction: Database) => ReturnType<typeof asSeen>,
    { result = null, ...facts }: JobEnd & { readonly result?: JobRow['result'] },
  ): Promise<boolean> =>
    await db.transaction().execute(async (transaction) => {
      const row = await rowIn(transaction)
        // The fallback is for a run that published before `publish` wrote the result.
        .set((old) => ({ ...ended(facts), result: old.fn.coalesce('result', old.val(result)) }))
        .returning(COLUMNS)
        .returning(AT)
        .executeTakeFirst();
      if (row === undefined) return false;
      await bookJobEvent(transaction, row, eventOfEnd(row));
      return true;
    });

  return {
    /**
     * Writes the row before the workflow starts. `seen` is the row that the caller decided by: null for a new job,
     * else the one to set to `submitted`.
     */
    submit: async (submitted: SubmittedJob, seen: SeenRow | null): Promise<boolean> => {
      const { tenant, id, kind, workflowId, sourceSha256, sourceName } = submitted;
      const { title, meetingDate, durationSeconds } = submitted;
      const facts = { workflowId, sourceName, meetingDate, durationSeconds };
      return await db.transaction().execute(async (transaction) => {
        const written =
          seen === null
            ? await transaction
                .insertInto('job')
                .values({ tenant, id, kind, sourceSha256, ...facts, title, status: 'submitted' })
                .onConflict((conflict) => conflict.doNothing())
                .returning('id')
                .executeTakeFirst()
            : await asSeen(seen, transaction)
                .set({ ...facts, ...(title !== null && { title }) })
                .set({ ...BEGUN, status: 'submitted', submittedAt: sql`now()` })
                .returning('id')
                .executeTakeFirst();
        if (written === undefined) return false;
        if (seen === null || title !== null) await keepTitleWords(transaction, tenant, id, title);
        await transaction
          .insertInto('sourceRef')
          .values({ tenant, sourceSha256, jobId: id })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return true;
      });
    },

    /** Replaces the title, whatever the state of the job. Null: there is no such job, or it has this title. */
    retitle: async (tenant: string, id: string, title: string): Promise<JobRow | null> =>
      await db.transaction().execute(async (transaction) => {
        const row = await transaction
          .updateTable('job')
          .set({ title })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('title', 'is distinct from', title)
          .returning(COLUMNS)
          .executeTakeFirst();
        if (row === undefined) return null;
        await keepTitleWords(transaction, tenant, id, title);
        return row;
      }),

    /** Gives the row to the run that now is the job's latest. */
    beginRun: async (seen: SeenRow, runId: string): Promise<boolean> =>
      await changed(
        asSeen(seen).set({ ...BEGUN, status: 'running', runId, startedAt: sql`now()` }),
      ),

    /** Ends the row of the run. A result that the run published stays. */
    endRun: async (
      run: JobRun,
      facts: JobEnd & { readonly result: JobRow['result'] },
    ): Promise<boolean> => await end((transaction) => ofRun(run, transaction), facts),

    /** Ends a row whose run cannot do it: it never started, or was terminated. */
    endSeen: async (seen: SeenRow, facts: JobEnd): Promise<boolean> =>
      await end((transaction) => asSeen(seen, transaction), facts),

    /** The number of the next version of a job's outputs, never given twice; null: there is no such job. */
    nextVersion: async (job: Pick<JobRun, 'tenant' | 'jobId'>): Promise<number | null> =>
      await nextVersion(db, job),

    /** Lists a version that does not become the job's result: it can be read all the same. */
    keepVersion: async (run: JobRun, rendered: RenderedVersion): Promise<void> => {
      await keepVersion(db, run, rendered);
    },

    /**
     * Replaces the result by what a run rendered. False: the row belongs to another run, `replacedKey` (null: none) is
     * no longer the result, or the result is approved.
     */
    publish: async (
      run: JobRun,
      replacedKey: string | null,
      facts: PublishedFacts,
    ): Promise<boolean> =>
      await show(run, facts, (transaction) =>
        ofRun(run, transaction)
          .where('minutesKey', 'is not distinct from', replacedKey)
          .where(sql`approval ->> 'state'`, 'is distinct from', 'approved'),
      ),

    /** Replaces the result by what a person made from it. False: `baseKey` is no longer the result. */
    publishRevision: async (
      job: Pick<JobRun, 'tenant' | 'jobId'>,
      baseKey: string,
      facts: PublishedFacts,
    ): Promise<boolean> =>
      await show(
        job,
        facts,
        (transaction) =>
          transaction
            .updateTable('job')
            .where('tenant', '=', job.tenant)
            .where('id', '=', job.jobId)
            .where('minutesKey', '=', baseKey),
        eventOfRevision(facts.revision?.kind, facts.approval),
      ),

    /** Marks a draft as waiting for long, once. False: the job shows other minutes by now, or it was done. */
    markReminded: async (
      job: Pick<JobRun, 'tenant' | 'jobId'>,
      minutesKey: string,
      at: Date,
    ): Promise<boolean> =>
      await db.transaction().execute(async (transaction) => {
        const row = await transaction
          .updateTable('job')
          .set({
            approval: sql`approval || jsonb_build_object('remindedAt', ${at.toISOString()}::text)`,
          })
          .where('tenant', '=', job.tenant)
          .where('id', '=', job.jobId)
          .where('minutesKey', '=', minutesKey)
          .where(sql`approval ->> 'state'`, '=', 'draft')
          .where(sql`approval ->> 'remindedAt'`, 'is', null)
          .returning(COLUMNS)
          .returning(AT)
          .executeTakeFirst();
        if (row === undefined) return false;
        await bookJobEvent(transaction, row, 'job.reminded');
        return true;
      }),

    /** The versions of a job's minutes, the newest first. */
    versions: async (tenant: string, id: string): Promise<readonly JobVersion[]> =>
      await listVersions(db, tenant, id),

    find: async (tenant: string, id: string): Promise<JobRow | null> =>
      (await jobs(tenant).where('id', '=', id).executeTakeFirst()) ?? null,

    /** By a prefix of 8 characters or more; several rows mean that the prefix is ambiguous. */
    findByPrefix: async (tenant: string, prefix: string): Promise<readonly JobRow[]> => {
      if (!PREFIX.test(prefix)) return [];
      return await jobs(tenant)
        .where('id', 'like', `${prefix}%`)
        .orderBy('id')
        .limit(PREFIX_MATCHES)
        .execute();
    },

    /** Newest first. */
    list: async (tenant: string, { limit }: { limit: number }): Promise<readonly JobRow[]> =>
      await jobs(tenant).orderBy('createdAt', 'desc').orderBy('id').limit(limit).execute(),

    page: async (tenant: string, asked: Parameters<typeof pageOfJobs>[2]): Promise<JobPage> =>
      await pageOfJobs(db, tenant, asked),

    /** By status as people see it; `now`: as in `page`. */
    countByStatus: async (tenant: string, now: Date) => await countJobs(db, tenant, now),

    /** At most `limit` jobs in whose title, minutes and transcript every term of the search is found; newest first. */
    search: async (tenant: string, search: Search, page: SearchPage): Promise<FoundJobs> =>
      await searchJobs(db, tenant, search, page),

    /** Rows of all tenants that are marked submitted or running and were submitted earlier: `sweep` checks them in Temporal. */
    listOpen: async (before: Date): Promise<readonly JobRow[]> =>
      await db
        .selectFrom('job')
        .select(COLUMNS)
        .where('status', 'in', ['submitted', 'running'])
        // Not `createdAt`: a job that was submitted again just now is not old.
        .where('submittedAt', '<', before)
        .orderBy('submittedAt')
        .execute(),
  };
}

/** What an earlier end of the job left in its row. */
const BEGUN = { failure: null, failureMessage: null, startedAt: null, endedAt: null } as const;

const ended = ({ status, failure }: JobEnd) => ({
  status,
  failure: failure?.type ?? null,
  failureMessage: failure?.message ?? null,
  endedAt: sql<Date>`now()`,
});

/** The server's time of a change. */
const AT = sql<Date>`now()`.as('at');

async function changed(update: {
  readonly executeTakeFirst: () => Promise<UpdateResult>;
}): Promise<boolean> {
  return (await update.executeTakeFirst()).numUpdatedRows === 1n;
}

/** Postgres rejects U+0000 in text, and a model's answer may contain it. */
const storable = (text: string): string => text.replaceAll('\0', ' ');
