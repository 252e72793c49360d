import { sql, type Selectable } from 'kysely';
import type { Database, JobTable } from './create-database.ts';

export type JobLibrary = ReturnType<typeof createJobLibrary>;

/** A row of the library; it outlives Temporal's retention. Meeting content (title, text) stays inside Postgres. */
export type JobRow = Pick<Selectable<JobTable>, (typeof COLUMNS)[number]>;

/** All but the text for the search, which can be long. */
const COLUMNS = [
  'tenant',
  'id',
  'kind',
  'workflowId',
  'runId',
  'status',
  'result',
  'failure',
  'failureMessage',
  'title',
  'meetingDate',
  'language',
  'durationSeconds',
  'sourceSha256',
  'sourceName',
  'minutesKey',
  'degradations',
  'createdAt',
  'startedAt',
  'endedAt',
] as const satisfies readonly (keyof JobTable)[];

type SubmittedJob = Pick<
  JobRow,
  'tenant' | 'id' | 'kind' | 'workflowId' | 'title' | 'meetingDate' | 'durationSeconds'
> &
  Pick<JobRow, 'sourceSha256' | 'sourceName'>;

/** A prefix of a job's id, or the whole id. */
const PREFIX = /^[a-z2-7]{8,26}$/;

/** More than one is ambiguous; an error message can list a few. */
const PREFIX_MATCHES = 10;

/** The library in Postgres. All times are the server's. */
export function createJobLibrary(db: Database) {
  const jobs = (tenant: string) =>
    db.selectFrom('job').select(COLUMNS).where('tenant', '=', tenant);
  const job = (tenant: string, id: string) =>
    db.updateTable('job').where('tenant', '=', tenant).where('id', '=', id);

  return {
    /** Writes the row before the workflow starts; resets an existing row to `submitted` (the job runs again). */
    submit: async ({ tenant, id, kind, sourceSha256, ...named }: SubmittedJob): Promise<void> => {
      const facts = {
        ...named,
        status: 'submitted',
        runId: null,
        result: null,
        failure: null,
        failureMessage: null,
        startedAt: null,
        endedAt: null,
      } as const;
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('job')
          .values({ tenant, id, kind, sourceSha256, ...facts })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'id'])
              .doUpdateSet({ ...facts, degradations: '[]', submittedAt: sql`now()` }),
          )
          .execute();
        await transaction
          .insertInto('sourceRef')
          .values({ tenant, sourceSha256, jobId: id })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },

    markRunning: async (tenant: string, id: string, runId: string): Promise<void> => {
      await job(tenant, id)
        .set({ status: 'running', runId, startedAt: sql`now()` })
        .execute();
    },

    complete: async (
      tenant: string,
      id: string,
      end: {
        status: 'completed' | 'failed' | 'cancelled';
        result: 'complete' | 'partial' | null;
        failure: { readonly type: string; readonly message: string } | null;
      },
    ): Promise<void> => {
      await job(tenant, id)
        .set({
          status: end.status,
          result: end.result,
          failure: end.failure?.type ?? null,
          failureMessage: end.failure?.message ?? null,
          endedAt: sql`now()`,
        })
        .execute();
    },

    /** Facts from the rendered minutes, for the list and the search. */
    publish: async (
      tenant: string,
      id: string,
      facts: Pick<JobRow, 'meetingDate' | 'language' | 'degradations'> & {
        title: string;
        durationSeconds: number;
        minutesKey: string;
        searchText: string;
      },
    ): Promise<void> => {
      await job(tenant, id)
        .set({
          ...facts,
          title: storable(facts.title),
          degradations: JSON.stringify(facts.degradations),
          searchText: storable(facts.searchText),
        })
        .execute();
    },

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

/** Postgres rejects U+0000 in text, and a model's answer may contain it. */
const storable = (text: string): string => text.replaceAll('\0', ' ');
