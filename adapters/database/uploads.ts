import { sql, type Selectable } from 'kysely';
import type { Database, UploadTable } from './create-database.ts';

export type Uploads = ReturnType<typeof createUploads>;

/** A file that comes in parts. */
export interface UploadRow extends Omit<
  Selectable<UploadTable>,
  'bytes' | 'expiresAt' | 'abortedAt'
> {
  /** Null: it is told at the end. */
  readonly bytes: number | null;
  readonly expiresAt: Date;
}

type NewUpload = Pick<
  UploadRow,
  'id' | 'tenant' | 'keyId' | 'name' | 'bytes' | 'partBytes' | 'contentType' | 'claimedSha256'
>;

/** What reading the whole object showed. */
export type UploadFacts = Pick<UploadRow, 'durationSeconds'> & {
  readonly sha256: string;
  readonly kind: 'recording' | 'transcript';
};

/** How many uploads may take room in the store at once. */
interface UploadLimits {
  readonly ofKey: number;
  readonly ofTenant: number;
}

/**
 * The uploads in Postgres. All times are the server's. One that has expired or was aborted is none any more: only the sweep
 * sees it, which removes its bytes and then the row.
 */
export function createUploads(db: Database) {
  const living = (tenant: string, on: Database = db) =>
    on
      .selectFrom('upload')
      .select(COLUMNS)
      .where('tenant', '=', tenant)
      .where('abortedAt', 'is', null)
      .where('expiresAt', '>', sql<Date>`now()`);
  const change = (tenant: string, id: string) =>
    db
      .updateTable('upload')
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('abortedAt', 'is', null)
      .where('expiresAt', '>', sql<Date>`now()`);
  return {
    /** Null: the key or the tenant has as many as it may have. */
    create: async (
      upload: NewUpload,
      { ofKey, ofTenant }: UploadLimits,
      seconds: number,
    ): Promise<UploadRow | null> =>
      await db.transaction().execute(async (transaction) => {
        // One at a time, or two that count at once would both find room.
        const place = JSON.stringify(['upload', upload.tenant]);
        await sql`select pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(transaction);
        const taken = await living(upload.tenant, transaction)
          .where('storedAt', 'is', null)
          .execute();
        const ofThisKey = taken.filter(({ keyId }) => keyId === upload.keyId);
        if (taken.length >= ofTenant || ofThisKey.length >= ofKey) return null;
        const row = await transaction
          .insertInto('upload')
          .values({ ...upload, expiresAt: inSeconds(seconds) })
          .returning(COLUMNS)
          .executeTakeFirstOrThrow();
        return read(row);
      }),

    /** Keeps by which id the object store knows it. */
    begun: async (tenant: string, id: string, storeUploadId: string): Promise<void> => {
      await change(tenant, id).set({ storeUploadId }).execute();
    },

    /** Tells the length of one that began without. Null: there is none of this tenant without a length. */
    measured: async (tenant: string, id: string, bytes: number): Promise<UploadRow | null> => {
      const row = await change(tenant, id)
        .where('bytes', 'is', null)
        .set({ bytes })
        .returning(COLUMNS)
        .executeTakeFirst();
      return row === undefined ? null : read(row);
    },

    /** Newest first. */
    list: async (tenant: string): Promise<readonly UploadRow[]> => {
      const rows = await living(tenant)
        .where('storedAt', 'is', null)
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .limit(1_000)
        .execute();
      return rows.map(read);
    },

    /** Null: the tenant has no such upload. */
    find: async (tenant: string, id: string): Promise<UploadRow | null> => {
      if (!isUploadId(id)) return null;
      const row = await living(tenant).where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : read(row);
    },

    /** As `find`, and it lives for so long from now on, at least. */
    keep: async (tenant: string, id: string, seconds: number): Promise<UploadRow | null> => {
      if (!isUploadId(id)) return null;
      const expiresAt = sql<Date>`greatest(expires_at, ${inSeconds(seconds)})`;
      const row = await change(tenant, id).set({ expiresAt }).returning(COLUMNS).executeTakeFirst();
      return row === undefined ? null : read(row);
    },

    /** Its object is there as a whole. */
    complete: async (tenant: string, id: string): Promise<void> => {
      await change(tenant, id)
        .set({ completedAt: sql<Date>`coalesce(completed_at, now())` })
        .execute();
    },

    examined: async (tenant: string, id: string, facts: UploadFacts): Promise<void> => {
      await change(tenant, id).set(facts).execute();
    },

    /** Its bytes are those of a source by now. */
    stored: async (tenant: string, id: string): Promise<void> => {
      await change(tenant, id)
        .set({ storedAt: sql<Date>`now()` })
        .execute();
    },

    /**
     * It is none any more; the sweep takes what requests that are still running may leave of it. Null: the tenant has no
     * such upload.
     */
    abort: async (tenant: string, id: string): Promise<UploadRow | null> => {
      if (!isUploadId(id)) return null;
      const row = await change(tenant, id)
        .set({ abortedAt: sql<Date>`now()`, expiresAt: inSeconds(LAST_REQUESTS_SECONDS) })
        .returning(COLUMNS)
        .executeTakeFirst();
      return row === undefined ? null : read(row);
    },

    /** Of every tenant. */
    listExpired: async (most = 1_000): Promise<readonly UploadRow[]> => {
      const rows = await db
        .selectFrom('upload')
        .select(COLUMNS)
        .where('expiresAt', '<=', sql<Date>`now()`)
        .orderBy('expiresAt')
        .limit(most)
        .execute();
      return rows.map(read);
    },

    /** After its bytes are gone. */
    remove: async ({ tenant, id }: Pick<UploadRow, 'tenant' | 'id'>): Promise<void> => {
      await db
        .deleteFrom('upload')
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('expiresAt', '<=', sql<Date>`now()`)
        .execute();
    },
  };
}

/** Longer than any request of the gateway, and than a presigned address is valid. */
const LAST_REQUESTS_SECONDS = 3_600;

const COLUMNS = [
  'id',
  'tenant',
  'keyId',
  'name',
  'bytes',
  'partBytes',
  'contentType',
  'claimedSha256',
  'storeUploadId',
  'createdAt',
  'expiresAt',
  'completedAt',
  'sha256',
  'kind',
  'durationSeconds',
  'storedAt',
] as const;

const read = ({ bytes, ...row }: Omit<UploadRow, 'bytes'> & { readonly bytes: string | null }) => ({
  ...row,
  bytes: bytes === null ? null : Number(bytes),
});

const inSeconds = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** What is none is not looked for: Postgres takes no text with U+0000. */
const isUploadId = (text: string): boolean =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
