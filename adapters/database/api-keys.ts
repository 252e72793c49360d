import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isSameDigest, isSecretId, secretsOf } from '../identity/secret.ts';
import type { VerifyingKey } from '../signatures/signing-key.ts';
import type { ApiKeyTable, Database, SignaturePolicy } from './create-database.ts';

export type ApiKeys = ReturnType<typeof createApiKeys>;

/** What may be shown of a key. */
export interface ApiKeyRow extends Omit<ApiKeyTable, 'createdAt' | 'keySha256' | 'signature'> {
  readonly createdAt: Date;
  readonly signature: SignaturePolicy;
  /** By the clock of the database. */
  readonly state: 'live' | 'expired' | 'revoked';
}

interface NewKey {
  readonly tenant: string;
  readonly name: string;
  readonly role: string;
  /** Null: never. */
  readonly expiresInSeconds: number | null;
  /** Absent: requests of the key are not signed. */
  readonly signing?: {
    readonly policy: SignaturePolicy;
    readonly verifying: VerifyingKey;
  };
}

/** Whose a secret is. `wrong`: its id is known, and not the rest; null: there is none. */
export type IdentifiedKey = {
  readonly row: ApiKeyRow;
  readonly state: ApiKeyRow['state'] | 'wrong';
} | null;

/** So that one can take the place of the other without a gap. */
export const LIVE_KEYS_OF_A_NAME = 2;

/** The keys of the gateway in Postgres. */
export function createApiKeys(db: Database) {
  const keys = (on: Database = db) => on.selectFrom('apiKey').select(KEY_COLUMNS).select(KEY_STATE);
  return {
    /** The only time that the key itself is seen. Null: the name has as many live keys as it may have. */
    create: async ({
      tenant,
      name,
      role,
      expiresInSeconds,
      signing,
    }: NewKey): Promise<{ readonly key: string; readonly row: ApiKeyRow } | null> => {
      const { secret: key, id, sha256 } = SECRETS.make();
      return await db.transaction().execute(async (transaction) => {
        // One at a time, or two that count at once would both find room.
        const place = JSON.stringify(['api_key', tenant, name]);
        await sql`select pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(transaction);
        const live = await keys(transaction)
          .where('tenant', '=', tenant)
          .where('name', '=', name)
          .where(IS_LIVE)
          .execute();
        if (live.length >= LIVE_KEYS_OF_A_NAME) return null;
        const row = await transaction
          .insertInto('apiKey')
          .values({
            id,
            tenant,
            name,
            role,
            keySha256: sha256,
            signature: signing?.policy ?? 'none',
            expiresAt:
              expiresInSeconds === null
                ? null
                : sql<Date>`now() + make_interval(secs => ${expiresInSeconds})`,
          })
          .returning(KEY_COLUMNS)
          .returning(KEY_STATE)
          .executeTakeFirstOrThrow();
        if (signing !== undefined) {
          await transaction
            .insertInto('signingKey')
            .values({ keyId: id, ...signing.verifying })
            .execute();
        }
        return { key, row };
      });
    },

    /** The newest first; at most 1,000. */
    list: async (tenant: string): Promise<readonly ApiKeyRow[]> =>
      await keys()
        .where('tenant', '=', tenant)
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .limit(1_000)
        .execute(),

    /**
     * Ends a key at once, and tells all gateways; one that has been revoked stays as it is. When this resolves, no gateway
     * lets the key in. Null: the tenant has no such key.
     */
    revoke: async (tenant: string, id: string): Promise<ApiKeyRow | null> => {
      if (!isSecretId(id)) return null;
      const row = await db
        .updateTable('apiKey')
        .set({ revokedAt: sql<Date>`coalesce(revoked_at, now())` })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .returning(KEY_COLUMNS)
        .returning(KEY_STATE)
        .returning(sql`pg_notify(${KEY_CHANNEL}, '')`.as('told'))
        .executeTakeFirst();
      if (row === undefined) return null;
      await untilForgotten();
      const { told: _, ...revoked } = row;
      return revoked;
    },

    /** Finds the key that somebody sent. What is no key at all is not looked up. */
    identify: async (sent: string): Promise<IdentifiedKey> => {
      const presented = SECRETS.read(sent);
      if (presented === null) return null;
      const found = await keys()
        .select('keySha256')
        .where('id', '=', presented.id)
        .executeTakeFirst();
      if (found === undefined) return null;
      const { keySha256, ...row } = found;
      return { row, state: isSameDigest(keySha256, presented.sha256) ? row.state : 'wrong' };
    },

    /** Those of these ids whose keys are neither revoked nor expired, and whether they have to sign. */
    liveOf: async (ids: readonly string[]): Promise<ReadonlyMap<string, SignaturePolicy>> => {
      const live = await db
        .selectFrom('apiKey')
        .select(['id', 'signature'])
        .where('id', 'in', ids)
        .where(IS_LIVE)
        .execute();
      return new Map(live.map(({ id, signature }) => [id, signature]));
    },

    /** Notes that a key is used, at most once a minute. */
    markUsed: async ({ id, lastUsedAt }: Pick<ApiKeyRow, 'id' | 'lastUsedAt'>): Promise<void> => {
      if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < 60_000) return;
      await db
        .updateTable('apiKey')
        .set({ lastUsedAt: sql<Date>`now()` })
        .where('id', '=', id)
        .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
        .execute();
    },
  };
}

/** How long a gateway lets in a key that it has looked up, unless it hears of a change. */
export const KEY_TRUSTED_MS = 500;

/** Until no gateway lets a key in by a look-up from before it was changed, whether or not it heard the notice. */
export const untilForgotten = (): Promise<void> => sleep(KEY_TRUSTED_MS + 50);

/** Where Postgres tells that a key was revoked, or has to sign from now on. */
export const KEY_CHANNEL = 'hansard_api_key';

const SECRETS = secretsOf('hansard');

/** What may be shown of a key, also of one that is joined to something else. */
export const KEY_COLUMNS = [
  'apiKey.id',
  'apiKey.tenant',
  'apiKey.name',
  'apiKey.role',
  'apiKey.createdAt',
  'apiKey.expiresAt',
  'apiKey.lastUsedAt',
  'apiKey.revokedAt',
  'apiKey.signature',
] as const;

export const KEY_STATE = sql<ApiKeyRow['state']>`case
  when api_key.revoked_at is not null then 'revoked'
  when api_key.expires_at <= now() then 'expired'
  else 'live' end`.as('state');

export const IS_LIVE = sql<boolean>`(api_key.revoked_at is null
  and coalesce(api_key.expires_at > now(), true))`;
