import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Endpoints that hear of jobs, and the messages to them. */
export const webhooks: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`
      create table webhook_endpoint (
        tenant text not null,
        id text not null,
        url text not null,
        events text[] not null,
        -- Signing needs the secrets themselves: a digest would not do.
        secret text not null,
        previous_secret text,
        -- From then on nothing is signed with the previous one.
        previous_ends_at timestamptz,
        created_at timestamptz not null default now(),
        disabled_at timestamptz,
        disabled_by text check (disabled_by in ('person', 'endpoint')),
        primary key (tenant, id)
      )`.execute(db);

    await sql`
      create table webhook_delivery (
        tenant text not null,
        id text not null,
        endpoint_id text not null,
        event text not null,
        -- Null: a test.
        job_id text,
        payload text not null,
        state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
        -- Since the last replay.
        tries integer not null default 0,
        replays integer not null default 0,
        last_status integer,
        last_error text,
        next_at timestamptz,
        created_at timestamptz not null default now(),
        ended_at timestamptz,
        primary key (tenant, id),
        foreign key (tenant, endpoint_id) references webhook_endpoint (tenant, id) on delete cascade
      )`.execute(db);
    await sql`
      create index webhook_delivery_of_endpoint
      on webhook_delivery (tenant, endpoint_id, created_at desc, id)`.execute(db);
    await sql`
      create index webhook_delivery_waiting
      on webhook_delivery (tenant, job_id) where state = 'waiting'`.execute(db);
    await sql`
      create index webhook_delivery_ended
      on webhook_delivery (ended_at) where state <> 'waiting'`.execute(db);
  },
};
