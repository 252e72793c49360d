import { sql, type Selectable } from 'kysely';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import { ticketSchema, type Ticket } from '../inference/protocols/contract.ts';
import { LedgerEntryUnknownError, type Claim, type LedgerState } from '../paid-call/ledger.ts';
import type { Database, LedgerEntryTable } from './create-database.ts';
import { preparedStatement } from './prepared-statement.ts';

export type Ledger = ReturnType<typeof createLedger>;

interface CallToClaim extends Pick<
  Selectable<LedgerEntryTable>,
  'tenant' | 'jobId' | 'runId' | 'account' | 'role' | 'workKey' | 'callKey' | 'target' | 'model'
> {
  readonly leaseMs: number;
  /** False: the target has no queue, so no earlier claim can have left work in one. Default true. */
  readonly mayBeQueued?: boolean;
  /** The row is `sending` at once, for a call that needs no look between the claim and the sending. Default false. */
  readonly isSending?: boolean;
}

interface CallEnd {
  readonly state: 'accepted' | 'rejected' | 'failed' | 'in_doubt';
  readonly verdict: VerdictKind | null;
  readonly usage: Usage | null;
}

/** A round without a row means that another claim made progress in the meantime. */
const CLAIM_ROUNDS = 20;

const ENDS: readonly LedgerState[] = ['accepted', 'rejected', 'failed'];

/** The ledger in Postgres. All times are the server's, so that workers' clocks do not matter. */
export function createLedger(db: Database) {
  const update = (entryId: string) => db.updateTable('ledgerEntry').where(byEntryId(entryId));
  const entriesSince = (tenant: string, jobId: string, callKey: string, since: Date) =>
    db
      .selectFrom('ledgerEntry')
      .where('tenant', '=', tenant)
      .where('jobId', '=', jobId)
      .where('callKey', '=', callKey)
      .where('createdAt', '>=', since);

  return {
    /**
     * One statement: expires ended leases on this call key, then reserves, or marks as sending. `held` has the time left of the running
     * lease. Submitted work whose lease ended is taken over with its ticket, and booked to this run.
     */
    claim: async (
      input: CallToClaim,
    ): Promise<({ outcome: 'claimed' } & Claim) | { outcome: 'held'; leaseMs: number }> => {
      for (let round = 0; round < CLAIM_ROUNDS; round += 1) {
        const submitted = input.mayBeQueued === false ? null : await claimQueuedWork(db, input);
        if (submitted) return submitted;
        const { rows } = await insertClaim(db, {
          ...input,
          state: input.isSending === true ? 'sending' : 'reserved',
        });
        const [row] = rows;
        if (row) {
          const entryId = toEntryId(input.tenant, row.id);
          const { ordinal, createdAt } = row;
          return { outcome: 'claimed', entryId, ordinal, claimedAt: createdAt, ticket: null };
        }
        const living = await db
          .selectFrom('ledgerEntry')
          .select(leaseLeftMs.as('leaseMs'))
          .where('tenant', '=', input.tenant)
          .where('callKey', '=', input.callKey)
          .where('state', 'in', LIVING)
          .executeTakeFirst();
        if (living && living.leaseMs > 0) return { outcome: 'held', leaseMs: living.leaseMs };
      }
      // Other claims came and ended in every round: the caller may try again at once.
      return { outcome: 'held', leaseMs: 0 };
    },

    /** reserved -> sending; renews the lease. False: the lease was lost; do not send. */
    markSending: async (entryId: string, leaseMs: number): Promise<boolean> => {
      const { numUpdatedRows } = await update(entryId)
        .set({ state: 'sending', sendingAt: sql`now()`, leaseUntil: fromNow(leaseMs) })
        .where('state', '=', 'reserved')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    renew: async (entryId: string, leaseMs: number): Promise<void> => {
      await update(entryId)
        .set({ leaseUntil: fromNow(leaseMs) })
        .where('state', 'in', LIVING)
        .execute();
    },

    /** sending -> submitted, or a later ticket of the same work. Throws if the lease was lost meanwhile. */
    keepTicket: async (entryId: string, ticket: Ticket): Promise<void> => {
      const { numUpdatedRows } = await update(entryId)
        .set({ state: 'submitted', ticket: JSON.stringify(ticket) })
        .where('state', 'in', ['sending', 'submitted'])
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new Error(`entry ${entryId} is no longer being sent`);
    },

    /** Ends the lease of submitted work, so that any worker may take it over at once. */
    park: async (entryId: string, verdict: VerdictKind | null): Promise<void> => {
      await update(entryId)
        .set({ leaseUntil: sql`now()`, verdict })
        .where('state', '=', 'submitted')
        .execute();
    },

    /**
     * sending or submitted -> its final state, and in_doubt too once more is known. Idempotent: an entry in a final
     * state keeps it. If another entry of the call is accepted already, `accepted` is written as `rejected`.
     * Throws `LedgerEntryUnknownError`, and an error if the entry was never sent.
     */
    settle: async (entryId: string, end: CallEnd): Promise<void> => {
      await settleFrom(db, SENT, entryId, end);
    },

    /**
     * The same for an answer that is stored: it proves that the call was sent, although a database restored from a
     * backup has its entry as reserved or released.
     */
    confirm: async (entryId: string, usage: Usage): Promise<void> => {
      const end = { state: 'accepted', verdict: null, usage } as const;
      await settleFrom(db, [...SENT, 'reserved', 'released'], entryId, end);
    },

    /** reserved -> released. */
    release: async (entryId: string): Promise<void> => {
      await update(entryId)
        .set({ state: 'released', settledAt: sql`now()`, leaseUntil: null })
        .where('state', '=', 'reserved')
        .execute();
    },

    /** Releases what a run of a job still reserves, and marks what it was sending as in doubt. */
    releaseRun: async (tenant: string, jobId: string, runId: string) =>
      await expireWhere(
        db,
        sql`state in ${SQL_LIVING}
          and tenant = ${tenant} and job_id = ${jobId} and run_id = ${runId}`,
      ),

    /** Does the same for every expired lease. */
    expireLeases: async () => await expireWhere(db, dead),

    /** The server's time: compare it with the times of entries, and never a worker's time. */
    now: async (): Promise<Date> => {
      const select = db.selectNoFrom(sql<Date>`now()`.as('now'));
      return (await select.executeTakeFirstOrThrow()).now;
    },

    /** Verdicts on the job's tries of this call since then; `decideRetry` counts them. */
    verdictsSince: async (...call: Parameters<typeof entriesSince>) => {
      const rows = await entriesSince(...call)
        .select('verdict')
        .orderBy('ordinal')
        .execute();
      return rows.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
    },

    /** The job's tries of this call since then whose worker died before a verdict: each may have been billed. */
    unjudgedSince: async (...call: Parameters<typeof entriesSince>) => {
      const row = await entriesSince(...call)
        .select(sql<number>`count(*)::int`.as('tries'))
        .where('state', '=', 'in_doubt')
        .where('verdict', 'is', null)
        .executeTakeFirstOrThrow();
      return row.tries;
    },

    /** The number of a job's rows by state. */
    countByState: async (tenant: string, jobId: string) => {
      const rows = await db
        .selectFrom('ledgerEntry')
        .select(['state', sql<number>`count(*)::int`.as('entries')])
        .where('tenant', '=', tenant)
        .where('jobId', '=', jobId)
        .groupBy('state')
        .execute();
      const counts = { ...NO_ENTRIES };
      for (const { state, entries } of rows) counts[state] = entries;
      return counts;
    },

    /** True while a claim on a call to the target has its lease: a worker makes the call, or is about to. */
    isBeingCalled: async (target: string): Promise<boolean> => {
      const row = await db
        .selectFrom('ledgerEntry')
        .select('id')
        .where('state', 'in', LIVING)
        .where('leaseUntil', '>', sql<Date>`now()`)
        .where('target', '=', target)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** When a job or a request last had an accepted answer from the target; null: never. */
    lastAcceptedAt: async (target: string): Promise<Date | null> => {
      const row = await db
        .selectFrom('ledgerEntry')
        .select((select) => select.fn.max('settledAt').as('at'))
        .where('target', '=', target)
        .where('account', '!=', 'warm-up')
        .where('state', '=', 'accepted')
        .executeTakeFirst();
      return row?.at ?? null;
    },
  };
}

/** An entry's id contains its tenant: `default/8c0e…`. */
const toEntryId = (tenant: string, id: string): string => `${tenant}/${id}`;

function entryPlace(entryId: string): { readonly tenant: string; readonly id: string } {
  const [tenant = '', id = ''] = entryId.split('/');
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new LedgerEntryUnknownError(`${JSON.stringify(entryId)} is not an entry id`);
  }
  return { tenant, id };
}

function byEntryId(entryId: string) {
  const { tenant, id } = entryPlace(entryId);
  return sql<boolean>`tenant = ${tenant} and id = ${id}`;
}

const fromNow = (leaseMs: number) => sql<Date>`now() + ${leaseMs} * interval '1 millisecond'`;

const leaseLeftMs = sql<number>`
  greatest(0, ceil(extract(epoch from lease_until - now()) * 1000))::float8`;

/** Claims work that is in a provider's queue: reuses the row that submitted it, once that row's lease is over. */
async function claimQueuedWork(
  db: Database,
  { tenant, jobId, runId, callKey, leaseMs }: CallToClaim,
): Promise<({ outcome: 'claimed' } & Claim) | null> {
  const { rows } = await sql<{
    id: string;
    ordinal: number;
    ticket: unknown;
    claimedAt: Date;
  }>`
    with found as (
      select id from ledger_entry as entry
      where tenant = ${tenant} and call_key = ${callKey} and ticket is not null and not (${forgotten})
        and (
          (state = 'submitted' and lease_until <= now())
          -- The job ended before the queued work did.
          or (state = 'in_doubt' and not exists (
            select from ledger_entry as living
            where living.tenant = entry.tenant and living.call_key = entry.call_key
              and living.state in ${SQL_LIVING}))
        )
      order by ordinal desc limit 1 for update skip locked
    )
    -- The row moves to this run, so that the end of the run that submitted it does not end the row.
    update ledger_entry
    set state = 'submitted', job_id = ${jobId}, run_id = ${runId}, lease_until = ${fromNow(leaseMs)}, settled_at = null
    where tenant = ${tenant} and id in (select id from found)
    returning id, ordinal, ticket, now() as claimed_at`.execute(db);
  const [row] = rows;
  if (!row) return null;
  const { id, ordinal, claimedAt, ticket } = row;
  return {
    outcome: 'claimed',
    entryId: toEntryId(tenant, id),
    ordinal,
    claimedAt,
    ticket: ticketSchema.parse(ticket),
  };
}

const NO_ENTRIES: Readonly<Record<LedgerState, number>> = {
  reserved: 0,
  sending: 0,
  submitted: 0,
  accepted: 0,
  rejected: 0,
  failed: 0,
  in_doubt: 0,
  released: 0,
};

const LIVING = ['reserved', 'sending', 'submitted'] as const satisfies readonly LedgerState[];
const SQL_LIVING = sql`('reserved', 'sending', 'submitted')`;

/** No provider keeps the result of queued work longer than a day. */
const FORGOTTEN = `state in ('submitted', 'in_doubt') and sending_at <= now() - interval '1 day'`;
const DEAD = `lease_until <= now() and (state in ('reserved', 'sending') or (${FORGOTTEN}))`;
const forgotten = sql.raw(FORGOTTEN);
const dead = sql.raw(DEAD);

/** Releases rows that were only reserved; marks rows that were sent as in doubt, which keep their units. */
const EXPIRE = `
  update ledger_entry
  set state = case state when 'reserved' then 'released' else 'in_doubt' end,
      settled_at = now(), lease_until = null`;
const expire = (which: ReturnType<typeof sql>) => sql<{ state: LedgerState }>`
  ${sql.raw(EXPIRE)} where ${which} returning state`;

const insertClaim = preparedStatement<
  Omit<CallToClaim, 'mayBeQueued' | 'isSending'> & { readonly state: 'reserved' | 'sending' },
  { id: string; ordinal: number; createdAt: Date }
>(
  'claim',
  (the) => `
    with dead as (
      ${EXPIRE}
      where tenant = ${the('tenant')} and call_key = ${the('callKey')} and ${DEAD}
      returning state
    ), earlier as (
      select coalesce(max(ordinal), 0) as ordinal from ledger_entry
      where tenant = ${the('tenant')} and call_key = ${the('callKey')}
    )
    insert into ledger_entry
      (tenant, job_id, run_id, account, role, work_key, call_key, ordinal, target, model, state, sending_at, lease_until)
    select ${the('tenant')}, ${the('jobId')}, ${the('runId')}, ${the('account')}, ${the('role')},
      ${the('workKey')}, ${the('callKey')}, earlier.ordinal + 1, ${the('target')}, ${the('model')},
      ${the('state')}, case ${the('state')} when 'sending' then now() end,
      now() + ${the('leaseMs')} * interval '1 millisecond'
    -- Counting the dead rows makes Postgres expire them before the new row meets the unique index of living rows.
    from earlier, (select count(*) from dead) as buried
    on conflict do nothing
    returning id, ordinal, created_at`,
);

async function expireWhere(db: Database, which: ReturnType<typeof sql>) {
  const { rows } = await expire(which).execute(db);
  const released = rows.filter(({ state }) => state === 'released').length;
  return { released, inDoubt: rows.length - released };
}

/** `in_doubt` too: the outcome may become known later. */
const SENT: readonly LedgerState[] = ['sending', 'submitted', 'in_doubt'];

async function settleFrom(
  db: Database,
  from: readonly LedgerState[],
  entryId: string,
  end: CallEnd,
): Promise<void> {
  const settled = await settleAs(db, from, entryId, end).catch(async (error: unknown) => {
    if (end.state !== 'accepted' || !isUniqueViolation(error)) throw error;
    // Another attempt of this call was accepted earlier: this one was billed, but its answer is not kept.
    return await settleAs(db, from, entryId, { ...end, state: 'rejected' });
  });
  if (settled) return;
  const found = await db
    .selectFrom('ledgerEntry')
    .select('state')
    .where(byEntryId(entryId))
    .executeTakeFirst();
  if (!found) throw new LedgerEntryUnknownError(`the ledger has no entry ${entryId}`);
  if (ENDS.includes(found.state) || found.state === end.state) return;
  throw new Error(
    `entry ${entryId} was never sent (it is ${found.state}): it cannot become ${end.state}`,
  );
}

/** Returns whether the entry changed its state. */
async function settleAs(
  db: Database,
  from: readonly LedgerState[],
  entryId: string,
  { state, verdict, usage }: CallEnd,
): Promise<boolean> {
  const known = usage ?? NO_USAGE;
  const isMeasured = usage !== null;
  const place = entryPlace(entryId);
  const { numAffectedRows } = await updateEnd(db, {
    ...place,
    ...known,
    isMeasured,
    state,
    verdict,
    from,
  });
  return numAffectedRows === 1n;
}

const NO_USAGE: Usage = {
  inputTokens: null,
  outputTokens: null,
  audioSeconds: null,
  images: null,
  computeSeconds: null,
};

/** Without a usage, the row keeps what it has. In doubt: the provider no longer has the queued job. */
const updateEnd = preparedStatement<
  Usage &
    Pick<CallEnd, 'state' | 'verdict'> & {
      readonly tenant: string;
      readonly id: string;
      readonly isMeasured: boolean;
      readonly from: readonly LedgerState[];
    }
>('settle', (the) => {
  const measured = (column: string, member: keyof Usage) =>
    `${column} = case when ${the('isMeasured')} then ${the(member)} else ${column} end`;
  return `
    update ledger_entry
    set state = ${the('state')}, verdict = ${the('verdict')}, settled_at = now(), lease_until = null,
      ticket = case ${the('state')} when 'in_doubt' then null else ticket end,
      ${measured('input_tokens', 'inputTokens')},
      ${measured('output_tokens', 'outputTokens')},
      ${measured('audio_seconds', 'audioSeconds')},
      ${measured('images', 'images')},
      ${measured('compute_seconds', 'computeSeconds')}
    where tenant = ${the('tenant')} and id = ${the('id')}
      and state = any(${the('from')}) and state <> ${the('state')}`;
});

/** SQLSTATE 23505. */
const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';
