import { sql } from 'kysely';
import { isSameDigest, secretsOf } from '../identity/secret.ts';
import { IS_LIVE, KEY_COLUMNS, KEY_STATE, type IdentifiedKey } from './api-keys.ts';
import type { Database } from './create-database.ts';

export type Sessions = ReturnType<typeof createSessions>;

/** What is sent of something that stands for a key; it can be read this once only. */
interface Issued {
  readonly secret: string;
  readonly expiresAt: Date;
}

/** What a key may have of each: the newest stay. */
export const MOST_OF_KEY = { session: 50, signInLink: 10 } as const;

/** Sessions of browsers, and links that begin one. Both end with their key. */
export function createSessions(db: Database) {
  const issue = async (
    table: keyof typeof SECRETS,
    keyId: string,
    seconds: number,
  ): Promise<Issued> => {
    const { secret, id, sha256 } = SECRETS[table].make();
    const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
    const row = await db
      .insertInto(table)
      .values({ id, keyId, sha256, expiresAt })
      .returning('expiresAt')
      .executeTakeFirstOrThrow();
    await db
      .deleteFrom(table)
      .where((where) =>
        where.or([
          where('expiresAt', '<=', sql<Date>`now()`),
          where(
            'id',
            'in',
            where
              .selectFrom(table)
              .select('id')
              .where('keyId', '=', keyId)
              .orderBy('createdAt', 'desc')
              .orderBy('id')
              .offset(MOST_OF_KEY[table]),
          ),
        ]),
      )
      .execute();
    return { secret, expiresAt: row.expiresAt };
  };

  /** The key behind something that was sent. What has expired is as if it had never been. */
  const identify = async (table: keyof typeof SECRETS, sent: string) => {
    const presented = SECRETS[table].read(sent);
    if (presented === null) return null;
    const found = await db
      .selectFrom(table)
      .innerJoin('apiKey', 'apiKey.id', `${table}.keyId`)
      .select(KEY_COLUMNS)
      .select(KEY_STATE)
      .select([`${table}.sha256`, `${table}.expiresAt as until`])
      .where(`${table}.id`, '=', presented.id)
      .where(`${table}.expiresAt`, '>', sql<Date>`now()`)
      .executeTakeFirst();
    if (found === undefined) return null;
    const { sha256, until, ...row } = found;
    const state = isSameDigest(sha256, presented.sha256) ? row.state : ('wrong' as const);
    return { id: presented.id, until, row, state };
  };

  return {
    /** Begins a session. Of more than a key may have, the oldest ends. */
    begin: async (keyId: string, seconds: number): Promise<Issued> =>
      await issue('session', keyId, seconds),

    /** Whose session it is, and until when. Null: there is none, or its time is over. */
    identify: async (sent: string) => await identify('session', sent),

    /** Ends a session at once. */
    end: async (id: string): Promise<void> => {
      await db.deleteFrom('session').where('id', '=', id).execute();
    },

    /** Those of these sessions that are neither over nor of a key that is, or that has to sign. */
    liveOf: async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
      const live = await db
        .selectFrom('session')
        .innerJoin('apiKey', 'apiKey.id', 'session.keyId')
        .select('session.id')
        .where('session.id', 'in', ids)
        .where('session.expiresAt', '>', sql<Date>`now()`)
        .where(IS_LIVE)
        .where('apiKey.signature', '<>', 'required')
        .execute();
      return new Set(live.map(({ id }) => id));
    },

    /** What a link carries. Null: the tenant has no live key of this id. */
    link: async (tenant: string, keyId: string, seconds: number): Promise<Issued | null> => {
      const key = await db
        .selectFrom('apiKey')
        .select('id')
        .where('id', '=', keyId)
        .where('tenant', '=', tenant)
        .where(IS_LIVE)
        .executeTakeFirst();
      return key === undefined ? null : await issue('signInLink', key.id, seconds);
    },

    /** The key of a link, which is used up. Null: there is none, it was used, or its time is over. */
    redeem: async (sent: string): Promise<IdentifiedKey> => {
      const found = await identify('signInLink', sent);
      // Somebody who knows the id only must not use it up.
      if (found === null || found.state === 'wrong') return found;
      const { numDeletedRows } = await db
        .deleteFrom('signInLink')
        .where('id', '=', found.id)
        .executeTakeFirst();
      return numDeletedRows === 1n ? found : null;
    },
  };
}

const SECRETS = { session: secretsOf('session'), signInLink: secretsOf('link') } as const;
