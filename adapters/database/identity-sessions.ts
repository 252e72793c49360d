import { sql } from 'kysely';
import { isSameDigest, secretsOf } from '../identity/secret.ts';
import type { Identity } from '../issuers/admit.ts';
import type { Database } from './create-database.ts';

/** What somebody may have: the newest stay. */
export const MOST_OF_IDENTITY = 20;

/** Sessions of browsers that stand for somebody an issuer vouches for. */
export const createIdentitySessions = (db: Database) => ({
  /** Begins a session; its secret can be read this once only. Of more than somebody may have, the oldest ends. */
  begin: async (
    issuer: string,
    { id: identityId, tenant, role, name }: Identity,
    seconds: number,
  ): Promise<{ readonly secret: string; readonly expiresAt: Date }> => {
    const { secret, id, sha256 } = SECRETS.make();
    const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
    const row = await db
      .insertInto('identitySession')
      .values({ id, issuer, identityId, tenant, role, name, sha256, expiresAt })
      .returning('expiresAt')
      .executeTakeFirstOrThrow();
    await db
      .deleteFrom('identitySession')
      .where((where) =>
        where.or([
          where('expiresAt', '<=', sql<Date>`now()`),
          where(
            'id',
            'in',
            where
              .selectFrom('identitySession')
              .select('id')
              .where('identityId', '=', identityId)
              .orderBy('createdAt', 'desc')
              .orderBy('id')
              .offset(MOST_OF_IDENTITY),
          ),
        ]),
      )
      .execute();
    return { secret, expiresAt: row.expiresAt };
  },

  /** Whose session it is. `isRight`: the whole secret is, not its id alone. Null: there is none, or its time is over. */
  identify: async (sent: string) => {
    const presented = SECRETS.read(sent);
    if (presented === null) return null;
    const found = await db
      .selectFrom('identitySession')
      .select(['id', 'issuer', 'identityId', 'tenant', 'role', 'name', 'sha256', 'expiresAt'])
      .where('id', '=', presented.id)
      .where('expiresAt', '>', sql<Date>`now()`)
      .executeTakeFirst();
    if (found === undefined) return null;
    const { sha256, ...session } = found;
    return { session, isRight: isSameDigest(sha256, presented.sha256) };
  },

  /** Ends a session at once. */
  end: async (id: string): Promise<void> => {
    await db.deleteFrom('identitySession').where('id', '=', id).execute();
  },

  /** Those of these sessions that are not over. */
  liveOf: async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const live = await db
      .selectFrom('identitySession')
      .select('id')
      .where('id', 'in', ids)
      .where('expiresAt', '>', sql<Date>`now()`)
      .execute();
    return new Set(live.map(({ id }) => id));
  },
});

const SECRETS = secretsOf('identity');

/** Whether it stands for somebody an issuer vouches for, by its form, and not for a key. */
export const isIdentitySession = (sent: string): boolean => SECRETS.read(sent) !== null;
