import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Words for the search that our own code cuts, instead of PostgreSQL's, which takes a Chinese clause for one word. In a
 * table of their own: a change of a job's row would write all its words into the index again.
 */
export const searchWords: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`drop index job_search`.execute(db);
    await sql`alter table job drop column search`.execute(db);
    await sql`
      create table job_words (
        tenant text not null,
        job_id text not null,
        title_words tsvector not null default '',
        text_words tsvector not null default '',
        -- The key of the minutes whose text was cut: a worker of an earlier version publishes without cutting.
        minutes_key text,
        left_out integer not null default 0,
        primary key (tenant, job_id),
        foreign key (tenant, job_id) references job (tenant, id) on delete cascade
      )`.execute(db);
    // Without a list of pending words, which every search would have to read, and the planner shuns.
    await sql`
      create index job_words_search on job_words
        using gin ((title_words || text_words)) with (fastupdate = off)`.execute(db);
  },
};
