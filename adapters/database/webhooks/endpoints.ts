import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { WebhookEvent } from '../../../workflows/contracts/webhooks.ts';
import { newSecret } from '../../webhooks/sign-message.ts';
import type { Database } from '../create-database.ts';
import { NEW_ID } from './book-event.ts';

export type WebhookEndpoints = ReturnType<typeof createWebhookEndpoints>;

/** What may be shown of an endpoint: all but its secrets. */
export interface WebhookEndpointRow {
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly disabledBy: 'person' | 'endpoint' | null;
  /** When the secret before the present one ends; null: it has. */
  readonly previousEndsAt: Date | null;
}

export const MOST_ENDPOINTS = 20;

/** Tests of an endpoint that wait at once: each is a workflow that goes on for days where nobody answers. */
export const MOST_TESTS = 10;

/** The endpoints of the tenants in Postgres. */
export function createWebhookEndpoints(db: Database) {
  const endpoints = (tenant: string) =>
    db
      .selectFrom('webhookEndpoint')
      .select(COLUMNS)
      .select(PREVIOUS_ENDS_AT)
      .where('tenant', '=', tenant);
  const changeOf = (tenant: string, id: string) =>
    db.updateTable('webhookEndpoint').where('tenant', '=', tenant).where('id', '=', id);

  return {
    /** Null: the tenant has as many as it may have. The secret is read here and in `rotateSecret` only. */
    create: async (
      tenant: string,
      { url, events }: Pick<WebhookEndpointRow, 'url' | 'events'>,
    ): Promise<{ readonly secret: string; readonly row: WebhookEndpointRow } | null> => {
      const secret = newSecret();
      return await db.transaction().execute(async (transaction) => {
        // One at a time, or two that count at once would both find room.
        const place = JSON.stringify(['webhook_endpoint', tenant]);
        await sql`select pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(transaction);
        const { count } = await transaction
          .selectFrom('webhookEndpoint')
          .select(sql<number>`count(*)::integer`.as('count'))
          .where('tenant', '=', tenant)
          .executeTakeFirstOrThrow();
        if (count >= MOST_ENDPOINTS) return null;
        const row = await transaction
          .insertInto('webhookEndpoint')
          .values({ tenant, id: randomBytes(10).toString('hex'), url, events, secret })
          .returning(COLUMNS)
          .returning(PREVIOUS_ENDS_AT)
          .executeTakeFirstOrThrow();
        return { secret, row };
      });
    },

    /** The newest first; there are few. */
    list: async (tenant: string): Promise<readonly WebhookEndpointRow[]> =>
      await endpoints(tenant).orderBy('createdAt', 'desc').orderBy('id').execute(),

    find: async (tenant: string, id: string): Promise<WebhookEndpointRow | null> =>
      isEndpointId(id)
        ? ((await endpoints(tenant).where('id', '=', id).executeTakeFirst()) ?? null)
        : null,

    /** Null: the tenant has no such endpoint. */
    change: async (
      tenant: string,
      id: string,
      {
        disabled,
        ...changes
      }: {
        readonly url?: string;
        readonly events?: readonly WebhookEvent[];
        readonly disabled?: boolean;
      },
    ): Promise<WebhookEndpointRow | null> => {
      if (!isEndpointId(id)) return null;
      const row = await changeOf(tenant, id)
        .set({
          ...changes,
          ...(disabled !== undefined && DISABLED[disabled ? 'yes' : 'no']),
          tenant,
        })
        .returning(COLUMNS)
        .returning(PREVIOUS_ENDS_AT)
        .executeTakeFirst();
      return row ?? null;
    },

    /** Its messages go with it. False: the tenant has no such endpoint. */
    remove: async (tenant: string, id: string): Promise<boolean> => {
      if (!isEndpointId(id)) return false;
      const { numDeletedRows } = await db
        .deleteFrom('webhookEndpoint')
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },

    /**
     * Gives the endpoint a new secret. The present one goes on signing beside it for `keepSeconds`, and one before that
     * ends now. Null: the tenant has no such endpoint.
     */
    rotateSecret: async (
      tenant: string,
      id: string,
      keepSeconds: number,
    ): Promise<{ readonly secret: string; readonly row: WebhookEndpointRow } | null> => {
      if (!isEndpointId(id)) return null;
      const secret = newSecret();
      const row = await changeOf(tenant, id)
        .set((endpoint) => ({
          secret,
          previousSecret: keepSeconds === 0 ? null : endpoint.ref('secret'),
          previousEndsAt:
            keepSeconds === 0 ? null : sql<Date>`now() + make_interval(secs => ${keepSeconds})`,
        }))
        .returning(COLUMNS)
        .returning(PREVIOUS_ENDS_AT)
        .executeTakeFirst();
      return row === undefined ? null : { secret, row };
    },

    /**
     * Books a message to this endpoint alone, and returns its id. `full`: as many are on their way as may be. Null: it is
     * disabled, or there is none.
     */
    bookTest: async (
      tenant: string,
      id: string,
      payload: string,
    ): Promise<{ readonly id: string } | 'full' | null> => {
      if (!isEndpointId(id)) return null;
      return await db.transaction().execute(async (transaction) => {
        // One at a time, or two that count at once would both find room.
        const endpoint = await transaction
          .selectFrom('webhookEndpoint')
          .select('id')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('disabledAt', 'is', null)
          // Messages of jobs are booked meanwhile.
          .forNoKeyUpdate()
          .executeTakeFirst();
        if (endpoint === undefined) return null;
        const waiting = await transaction
          .selectFrom('webhookDelivery')
          .select('id')
          .where('tenant', '=', tenant)
          .where('endpointId', '=', id)
          .where('jobId', 'is', null)
          .where('state', '=', 'waiting')
          .limit(MOST_TESTS)
          .execute();
        if (waiting.length >= MOST_TESTS) return 'full';
        return await transaction
          .insertInto('webhookDelivery')
          .values({
            tenant,
            id: NEW_ID,
            endpointId: id,
            event: 'webhook.test',
            jobId: null,
            payload,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
      });
    },
  };
}

/** What is none is not looked for: Postgres takes no text with U+0000. */
const isEndpointId = (text: string): boolean => /^[0-9a-f]{20}$/.test(text);

const COLUMNS = ['id', 'url', 'events', 'createdAt', 'disabledAt', 'disabledBy'] as const;

const PREVIOUS_ENDS_AT = sql<Date | null>`
  case when previous_ends_at > now() then previous_ends_at end`.as('previousEndsAt');

const DISABLED = {
  yes: { disabledAt: sql<Date>`coalesce(disabled_at, now())`, disabledBy: 'person' },
  no: { disabledAt: null, disabledBy: null },
} as const;
