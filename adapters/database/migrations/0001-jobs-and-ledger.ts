import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The library, the references to recordings, and the ledger. The tenant is in every key. */
export const jobsAndLedger: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table job (
        tenant text not null,
        id text not null,
        kind text not null check (kind in ('minutes')),
        workflow_id text not null,
        run_id text,
        status text not null
          check (status in ('submitted', 'running', 'completed', 'failed', 'cancelled')),
        result text check (result in ('complete', 'partial')),
        failure text,
        failure_message text,
        title text,
        meeting_date date,
        language text,
        duration_seconds double precision,
        source_sha256 text not null,
        source_name text not null,
        minutes_key text,
        degradations jsonb not null default '[]',
        search_text text,
        -- Cut, because a tsvector holds 1 MB at most; "simple" because meetings are in any language.
        search tsvector generated always as (
          setweight(to_tsvector('simple', coalesce(title, '')), 'A')
          || to_tsvector('simple', left(coalesce(search_text, ''), 200000))
        ) stored,
        created_at timestamptz not null default now(),
        submitted_at timestamptz not null default now(),
        started_at timestamptz,
        ended_at timestamptz,
        primary key (tenant, id)
      )`.execute(db);
    await sql`create index job_newest on job (tenant, created_at desc)`.execute(db);
    await sql`
      create index job_open on job (submitted_at) where status in ('submitted', 'running')
    `.execute(db);
    await sql`create index job_search on job using gin (search)`.execute(db);

    await sql`
      create table source_ref (
        tenant text not null,
        source_sha256 text not null,
        job_id text not null,
        created_at timestamptz not null default now(),
        primary key (tenant, source_sha256, job_id),
        foreign key (tenant, job_id) references job (tenant, id) on delete cascade
      )`.execute(db);

    await sql`
      create table ledger_entry (
        tenant text not null,
        id uuid not null default gen_random_uuid(),
        job_id text not null,
        account text not null check (account in ('job', 'warm-up')),
        role text not null,
        work_key text not null,
        call_key text not null,
        ordinal integer not null check (ordinal > 0),
        target text not null,
        model text not null,
        state text not null check (state in
          ('reserved', 'sending', 'accepted', 'rejected', 'failed', 'in_doubt', 'released')),
        lease_until timestamptz,
        verdict text,
        input_tokens bigint,
        output_tokens bigint,
        audio_seconds double precision,
        images integer,
        compute_seconds double precision,
        nano_dollars bigint,
        price_version text,
        created_at timestamptz not null default now(),
        sending_at timestamptz,
        settled_at timestamptz,
        primary key (tenant, id),
        unique (tenant, call_key, ordinal),
        check ((lease_until is not null) = (state in ('reserved', 'sending')))
      )`.execute(db);
    // The claim: one living row a call. The books: one accepted row a call.
    await sql`
      create unique index ledger_entry_living on ledger_entry (tenant, call_key)
        where state in ('reserved', 'sending')`.execute(db);
    await sql`
      create unique index ledger_entry_accepted on ledger_entry (tenant, call_key)
        where state = 'accepted'`.execute(db);
    await sql`create index ledger_entry_job on ledger_entry (tenant, job_id)`.execute(db);
    await sql`
      create index ledger_entry_lease on ledger_entry (lease_until)
        where state in ('reserved', 'sending')`.execute(db);
    await sql`
      create index ledger_entry_traffic on ledger_entry (target, settled_at)
        where state = 'accepted'`.execute(db);
  },
};
