import { sql, type Selectable } from 'kysely';
import type { Database, DatabaseTables } from './create-database.ts';
import type { JobLibrary, JobRow } from './job-library.ts';

/** A prefix of a job's id, or the whole id. */
const PREFIX = /^[a-z2-7]{8,26}$/;

/** More than one is ambiguous; an error message can list a few. */
const PREFIX_MATCHES = 10;

/** The library in Postgres. All times are the server's. */
export function createJobLibrary(db: Database): JobLibrary {
  const jobs = (tenant: string) => db.selectFrom('job').selectAll().where('tenant', '=', tenant);
  const job = (tenant: string, id: string) =>
    db.updateTable('job').where('tenant', '=', tenant).where('id', '=', id);

  return {
    submit: async (row) => {
      const facts = {
        workflow_id: row.workflowId,
        title: row.title,
        meeting_date: row.meetingDate,
        duration_seconds: row.durationSeconds,
        source_name: row.sourceName,
        status: 'submitted',
        run_id: null,
        result: null,
        failure: null,
        failure_message: null,
        started_at: null,
        ended_at: null,
      } as const;
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('job')
          .values({
            tenant: row.tenant,
            id: row.id,
            kind: row.kind,
            source_sha256: row.sourceSha256,
            ...facts,
          })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'id'])
              .doUpdateSet({ ...facts, degradations: '[]', submitted_at: sql`now()` }),
          )
          .execute();
        await transaction
          .insertInto('source_ref')
          .values({ tenant: row.tenant, source_sha256: row.sourceSha256, job_id: row.id })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },

    markRunning: async (tenant, id, runId) => {
      await job(tenant, id)
        .set({ status: 'running', run_id: runId, started_at: sql`now()` })
        .execute();
    },

    complete: async (tenant, id, { status, result, failure }) => {
      await job(tenant, id)
        .set({
          status,
          result,
          failure: failure?.type ?? null,
          failure_message: failure?.message ?? null,
          ended_at: sql`now()`,
        })
        .execute();
    },

    publish: async (tenant, id, facts) => {
      await job(tenant, id)
        .set({
          title: storable(facts.title),
          meeting_date: facts.meetingDate,
          language: facts.language,
          duration_seconds: facts.durationSeconds,
          minutes_key: facts.minutesKey,
          degradations: JSON.stringify(facts.degradations),
          search_text: storable(facts.searchText),
        })
        .execute();
    },

    find: async (tenant, id) => {
      const found = await jobs(tenant).where('id', '=', id).executeTakeFirst();
      return found ? toJobRow(found) : null;
    },

    findByPrefix: async (tenant, prefix) => {
      if (!PREFIX.test(prefix)) return [];
      const found = await jobs(tenant)
        .where('id', 'like', `${prefix}%`)
        .orderBy('id')
        .limit(PREFIX_MATCHES)
        .execute();
      return found.map(toJobRow);
    },

    list: async (tenant, { limit, status }) => {
      let query = jobs(tenant).orderBy('created_at', 'desc').orderBy('id').limit(limit);
      if (status !== undefined) query = query.where('status', '=', status);
      return (await query.execute()).map(toJobRow);
    },

    listOpen: async (before) => {
      const found = await db
        .selectFrom('job')
        .selectAll()
        .where('status', 'in', ['submitted', 'running'])
        // Not `created_at`: a job that was submitted again just now is not old.
        .where('submitted_at', '<', before)
        .orderBy('submitted_at')
        .execute();
      return found.map(toJobRow);
    },
  };
}

/** Postgres rejects U+0000 in text, and a model's answer may contain it. */
const storable = (text: string): string => text.replaceAll('\0', ' ');

const toJobRow = (row: Selectable<DatabaseTables['job']>): JobRow => ({
  tenant: row.tenant,
  id: row.id,
  kind: row.kind,
  workflowId: row.workflow_id,
  runId: row.run_id,
  status: row.status,
  result: row.result,
  failure: row.failure,
  failureMessage: row.failure_message,
  title: row.title,
  meetingDate: row.meeting_date,
  language: row.language,
  durationSeconds: row.duration_seconds,
  sourceSha256: row.source_sha256,
  sourceName: row.source_name,
  minutesKey: row.minutes_key,
  degradations: row.degradations,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});
