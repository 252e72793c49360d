import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The versions of a job's minutes that can be read, whoever made them. */
export const versions: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table job_version (
        tenant text not null,
        job_id text not null,
        version integer not null,
        minutes_key text not null,
        result text not null,
        -- Null: a run made it, not a person.
        kind text,
        base integer,
        author text,
        created_at timestamptz not null default now(),
        primary key (tenant, job_id, version),
        foreign key (tenant, job_id) references job (tenant, id) on delete cascade
      )`.execute(db);
    // Earlier versions kept no list: of each job the one that it shows is known.
    await sql`
      insert into job_version (tenant, job_id, version, minutes_key, result, created_at)
      select tenant, id, coalesce(substring(minutes_key from '/versions/(\\d+)/')::integer, 1),
        minutes_key, coalesce(result, 'partial'), coalesce(ended_at, created_at)
      from job where minutes_key is not null
    `.execute(db);
  },
};
