import { sql } from 'kysely';
import type { VerifyingKey } from '../signatures/signing-key.ts';
import { isSecretId } from '../identity/secret.ts';
import { KEY_CHANNEL, KEY_COLUMNS, KEY_STATE, untilForgotten, type ApiKeyRow } from './api-keys.ts';
import type { Database } from './create-database.ts';

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/** What verifies the signatures of the gateway's keys, in Postgres. */
export function createSigningKeys(db: Database) {
  return {
    /** A key and all that verifies its signatures now: at most two. Null: there is no such key, or it has none. */
    find: async (
      keyId: string,
    ): Promise<{
      readonly row: ApiKeyRow;
      readonly verifying: readonly VerifyingKey[];
    } | null> => {
      if (!isSecretId(keyId)) return null;
      const found = await db
        .selectFrom('apiKey')
        .innerJoin('signingKey', 'signingKey.keyId', 'apiKey.id')
        .select(KEY_COLUMNS)
        .select(KEY_STATE)
        .select(['signingKey.algorithm', 'signingKey.material'])
        .where('apiKey.id', '=', keyId)
        .where(sql<boolean>`coalesce(signing_key.ends_at > now(), true)`)
        .execute();
      const [first] = found;
      if (first === undefined) return null;
      const { algorithm: _algorithm, material: _material, ...row } = first;
      return { row, verifying: found.map(({ algorithm, material }) => ({ algorithm, material })) };
    },

    /**
     * Has another one verify the signatures of a key. The present one does so beside it for `keepSeconds`, and one before
     * that ends now. A key that had none may be signed with from now on. Null: the tenant has no such live key.
     */
    rotate: async (
      tenant: string,
      keyId: string,
      next: VerifyingKey,
      keepSeconds: number,
    ): Promise<{ readonly row: ApiKeyRow; readonly previousEndsAt: Date | null } | null> => {
      if (!isSecretId(keyId)) return null;
      return await db.transaction().execute(async (transaction) => {
        // The row is locked until the end: of two at once, the second ends the first one's.
        const row = await transaction
          .updateTable('apiKey')
          .set({ signature: sql`case signature when 'none' then 'optional' else signature end` })
          .where('tenant', '=', tenant)
          .where('id', '=', keyId)
          .where(sql<boolean>`revoked_at is null and coalesce(expires_at > now(), true)`)
          .returning(KEY_COLUMNS)
          .returning(KEY_STATE)
          .executeTakeFirst();
        if (row === undefined) return null;
        await transaction
          .deleteFrom('signingKey')
          .where('keyId', '=', keyId)
          .where('endsAt', 'is not', null)
          .execute();
        const previous = await transaction
          .updateTable('signingKey')
          .set({ endsAt: sql<Date>`now() + make_interval(secs => ${keepSeconds})` })
          .where('keyId', '=', keyId)
          .returning('endsAt')
          .executeTakeFirst();
        await transaction
          .insertInto('signingKey')
          .values({ keyId, ...next })
          .execute();
        return { row, previousEndsAt: previous?.endsAt ?? null };
      });
    },

    /** Whether a key is taken without a signature, which all gateways hear. `none`: it has no signing key. Null: the tenant has no such live key. */
    setPolicy: async (
      tenant: string,
      keyId: string,
      signature: 'optional' | 'required',
    ): Promise<ApiKeyRow | 'none' | null> => {
      if (!isSecretId(keyId)) return null;
      const row = await db
        .updateTable('apiKey')
        .set({
          signature: sql`case signature when 'none' then signature else ${signature} end`,
        })
        .where('tenant', '=', tenant)
        .where('id', '=', keyId)
        .where(sql<boolean>`revoked_at is null and coalesce(expires_at > now(), true)`)
        .returning(KEY_COLUMNS)
        .returning(KEY_STATE)
        .returning(sql`pg_notify(${KEY_CHANNEL}, '')`.as('told'))
        .executeTakeFirst();
      if (row === undefined) return null;
      await untilForgotten();
      const { told: _, ...changed } = row;
      return changed.signature === 'none' ? 'none' : changed;
    },
  };
}
