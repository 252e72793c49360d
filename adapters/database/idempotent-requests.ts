import { sql } from 'kysely';
import type { Database } from './create-database.ts';

/** Which request is meant: of whom, and what they call it. */
export interface RequestName {
  readonly tenant: string;
  readonly keyId: string;
  /** A digest. */
  readonly name: string;
}

/** What became of a claim. */
type Claimed =
  | { readonly state: 'claimed'; readonly claim: string }
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly fingerprint: string; readonly answer: Buffer }
  /** The key has as many names as it may have. */
  | { readonly state: 'full' };

/** Rows that are deleted at once. */
const BATCH = 10_000;

/** How long an answer is kept. */
const KEPT_SECONDS = 86_400;

/** Of one key: with answers of 20 kB at most, 200 MB. */
const MOST_NAMES_OF_KEY = 10_000;

/** Requests that their clients may repeat, in Postgres. By the clock of the database. */
export const createIdempotentRequests = (db: Database) => ({
  /**
   * Lets one request of this name go on, for so long at most: it must be answered or given up. One whose time is over
   * gives way to the next.
   */
  claim: async (
    { tenant, keyId, name }: RequestName,
    { fingerprint, leaseMs }: { readonly fingerprint: string; readonly leaseMs: number },
    mostNames = MOST_NAMES_OF_KEY,
  ): Promise<Claimed> => {
    // Each takes more away than it adds, so that nothing grows where no sweep runs.
    await expireSome(db, 20);
    const leaseUntil = sql<Date>`now() + make_interval(secs => ${leaseMs / 1_000})`;
    const claimed = await db
      .insertInto('idempotentRequest')
      .columns(['tenant', 'keyId', 'name', 'fingerprint', 'leaseUntil', 'expiresAt'])
      .expression(
        sql`select ${tenant}, ${keyId}, ${name}, ${fingerprint}, ${leaseUntil}, ${EXPIRES}
          where (select count(*) from (select from idempotent_request
            where tenant = ${tenant} and key_id = ${keyId} and name <> ${name}
            limit ${mostNames}) as held) < ${mostNames}`,
      )
      .onConflict((conflict) =>
        conflict
          .columns(['tenant', 'keyId', 'name'])
          .doUpdateSet({
            fingerprint,
            claim: sql<string>`gen_random_uuid()`,
            leaseUntil,
            answer: null,
            expiresAt: EXPIRES,
          })
          .where(
            sql<boolean>`idempotent_request.expires_at <= now() or idempotent_request.lease_until <= now()`,
          ),
      )
      .returning('claim')
      .executeTakeFirst();
    if (claimed !== undefined) return { state: 'claimed', claim: claimed.claim };
    const row = await db
      .selectFrom('idempotentRequest')
      .select(['fingerprint', 'answer'])
      .where('tenant', '=', tenant)
      .where('keyId', '=', keyId)
      .where('name', '=', name)
      .executeTakeFirst();
    if (row === undefined) return { state: 'full' };
    const { answer } = row;
    if (answer === null) return { state: 'running' };
    return { state: 'answered', fingerprint: row.fingerprint, answer };
  },

  /** Keeps the answer for a day. A claim that has passed to somebody else changes nothing. */
  answer: async (
    claim: RequestName & { readonly claim: string },
    { fingerprint, answer }: { readonly fingerprint: string; readonly answer: Buffer },
  ): Promise<void> => {
    await db
      .updateTable('idempotentRequest')
      .set({ fingerprint, answer, leaseUntil: null, expiresAt: EXPIRES })
      .where('tenant', '=', claim.tenant)
      .where('keyId', '=', claim.keyId)
      .where('name', '=', claim.name)
      .where('claim', '=', claim.claim)
      .execute();
  },

  /** The request changed nothing: its name is free. */
  giveUp: async (claim: RequestName & { readonly claim: string }): Promise<void> => {
    await db
      .deleteFrom('idempotentRequest')
      .where('tenant', '=', claim.tenant)
      .where('keyId', '=', claim.keyId)
      .where('name', '=', claim.name)
      .where('claim', '=', claim.claim)
      .execute();
  },

  /** Deletes all that is over. Returns how many rows it took. */
  expire: async (): Promise<number> => {
    let expired = 0;
    for (;;) {
      const count = await expireSome(db, BATCH);
      expired += count;
      if (count < BATCH) return expired;
    }
  },
});

const EXPIRES = sql<Date>`now() + make_interval(secs => ${KEPT_SECONDS})`;

/** Deletes what is over. Returns how many rows it took. */
async function expireSome(db: Database, most: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from idempotent_request where ctid in (
      select ctid from idempotent_request where expires_at <= now()
      limit ${most} for update skip locked)`.execute(db);
  return Number(numAffectedRows);
}
