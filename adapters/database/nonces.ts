import { sql } from 'kysely';
import type { Database } from './create-database.ts';

/** Rows that are deleted at once. */
const BATCH = 10_000;

/** Of one key: more than two gateways let it use within the life of a signature. */
const MOST_NONCES_OF_KEY = 50_000;

/**
 * The nonces of signatures that could still be sent again, in Postgres: all gateways have the same ones, also after a
 * restart. By the clock of the database.
 */
export const createNonces = (db: Database) => ({
  /**
   * Uses a nonce up, for so long at least. `full`: the key has as many as it may have.
   */
  use: async (
    { keyId, nonce, seconds }: { readonly keyId: string; readonly nonce: string; seconds: number },
    mostNonces = MOST_NONCES_OF_KEY,
  ): Promise<'first' | 'used' | 'full'> => {
    // Each takes more away than it adds, so that nothing grows where no sweep runs.
    await expireSome(db, 20);
    const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
    const used = await db
      .insertInto('signatureNonce')
      .columns(['keyId', 'nonce', 'expiresAt'])
      .expression(
        sql`select ${keyId}, ${nonce}, ${expiresAt}
          where not exists (select from signature_nonce
            where key_id = ${keyId} offset ${mostNonces - 1})`,
      )
      .onConflict((conflict) => conflict.columns(['keyId', 'nonce']).doNothing())
      .returning('nonce')
      .executeTakeFirst();
    if (used !== undefined) return 'first';
    const known = await db
      .selectFrom('signatureNonce')
      .select('nonce')
      .where('keyId', '=', keyId)
      .where('nonce', '=', nonce)
      .executeTakeFirst();
    return known === undefined ? 'full' : 'used';
  },

  /** Deletes all that are over. Returns how many rows it took. */
  expire: async (): Promise<number> => {
    let expired = 0;
    for (;;) {
      const count = await expireSome(db, BATCH);
      expired += count;
      if (count < BATCH) return expired;
    }
  },
});

async function expireSome(db: Database, most: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from signature_nonce where ctid in (
      select ctid from signature_nonce where expires_at <= now()
      limit ${most} for update skip locked)`.execute(db);
  return Number(numAffectedRows);
}
