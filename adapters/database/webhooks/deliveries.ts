import { sql } from 'kysely';
import type { DeliveryReference } from '../../../workflows/contracts/webhooks.ts';
import type { Database, WebhookDeliveryTable } from '../create-database.ts';
import type { ListPosition } from '../page-jobs.ts';

export type WebhookDeliveries = ReturnType<typeof createWebhookDeliveries>;

/** What may be shown of a message. */
export interface WebhookDeliveryRow {
  readonly id: string;
  readonly event: WebhookDeliveryTable['event'];
  readonly jobId: string | null;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly tries: number;
  readonly replays: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly nextAt: Date | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** What an attempt needs. */
export interface OpenMessage {
  readonly url: string;
  readonly payload: string;
  readonly tries: number;
  /** The newest first; those that are live. */
  readonly secrets: readonly string[];
  readonly isDisabled: boolean;
}

interface Attempt {
  readonly status: number | null;
  readonly error: string | null;
}

/** The messages to endpoints in Postgres. All times are the server's. */
export function createWebhookDeliveries(db: Database) {
  /** Of the round that asks, and not ended. */
  const open = ({ tenant, deliveryId, replays }: DeliveryReference) =>
    db
      .updateTable('webhookDelivery')
      .where('tenant', '=', tenant)
      .where('id', '=', deliveryId)
      .where('replays', '=', replays)
      .where('state', '=', 'waiting');
  const references = () =>
    db.selectFrom('webhookDelivery').select(['tenant', 'id as deliveryId', 'replays']);

  return {
    /** Null: there is none any more, it has ended, or a later round has it. */
    open: async ({
      tenant,
      deliveryId,
      replays,
    }: DeliveryReference): Promise<OpenMessage | null> => {
      const row = await db
        .selectFrom('webhookDelivery as delivery')
        .innerJoin('webhookEndpoint as endpoint', (join) =>
          join
            .onRef('endpoint.tenant', '=', 'delivery.tenant')
            .onRef('endpoint.id', '=', 'delivery.endpointId'),
        )
        .select(['url', 'payload', 'tries', 'secret', 'disabledAt'])
        .select(
          sql<string | null>`case when previous_ends_at > now() then previous_secret end`.as(
            'previous',
          ),
        )
        .where('delivery.tenant', '=', tenant)
        .where('delivery.id', '=', deliveryId)
        .where('replays', '=', replays)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      if (row === undefined) return null;
      const { secret, previous, disabledAt, ...message } = row;
      const secrets = previous === null ? [secret] : [secret, previous];
      return { ...message, secrets, isDisabled: disabledAt !== null };
    },

    /** After an attempt that failed. Does nothing to a message of a later round. */
    wait: async (reference: DeliveryReference, attempt: Attempt, waitMs: number): Promise<void> => {
      await open(reference)
        .set((row) => ({
          tries: sql<number>`${row.ref('tries')} + 1`,
          lastStatus: attempt.status,
          lastError: attempt.error,
          nextAt: sql<Date>`now() + make_interval(secs => ${waitMs / 1000})`,
        }))
        .execute();
    },

    /** After the last attempt; null: there was none, because the endpoint is disabled. */
    end: async (
      reference: DeliveryReference,
      state: 'delivered' | 'dead',
      attempt: Attempt | null,
    ): Promise<void> => {
      await open(reference)
        .set((row) => ({
          state,
          ...(attempt === null
            ? { lastError: 'its endpoint is disabled' }
            : {
                tries: sql<number>`${row.ref('tries')} + 1`,
                lastStatus: attempt.status,
                lastError: attempt.error,
              }),
          nextAt: null,
          endedAt: sql<Date>`now()`,
        }))
        .execute();
    },

    /** Disables the endpoint that a message is for: it wants none any more. */
    disableEndpoint: async ({ tenant, deliveryId }: DeliveryReference): Promise<void> => {
      await db
        .updateTable('webhookEndpoint as endpoint')
        .from('webhookDelivery as delivery')
        .set({ disabledAt: sql<Date>`now()`, disabledBy: 'endpoint' })
        .where('delivery.tenant', '=', tenant)
        .where('delivery.id', '=', deliveryId)
        .whereRef('endpoint.tenant', '=', 'delivery.tenant')
        .whereRef('endpoint.id', '=', 'delivery.endpointId')
        .where('endpoint.disabledAt', 'is', null)
        .execute();
    },

    /** Messages of a job that were not tried yet. */
    untried: async (tenant: string, jobId: string): Promise<readonly DeliveryReference[]> =>
      await references()
        .where('tenant', '=', tenant)
        .where('jobId', '=', jobId)
        .where('state', '=', 'waiting')
        .where('tries', '=', 0)
        .execute(),

    /** Messages whose attempt is late by `seconds` or more: nothing may be working for them. At most 1,000. */
    late: async (seconds: number): Promise<readonly DeliveryReference[]> =>
      await references()
        .where('state', '=', 'waiting')
        .where(
          sql<boolean>`coalesce(next_at, created_at) < now() - make_interval(secs => ${seconds})`,
        )
        .orderBy('createdAt')
        .limit(1_000)
        .execute(),

    /** Deletes what ended so long ago, of all tenants, and returns its number. */
    deleteEnded: async (days: number): Promise<number> => {
      const { numDeletedRows } = await db
        .deleteFrom('webhookDelivery')
        .where('state', '<>', 'waiting')
        .where(sql<boolean>`ended_at < now() - make_interval(days => ${days})`)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    find: async (
      tenant: string,
      endpointId: string,
      id: string,
    ): Promise<WebhookDeliveryRow | null> =>
      MESSAGE_ID.test(id)
        ? ((await db
            .selectFrom('webhookDelivery')
            .select(COLUMNS)
            .where('tenant', '=', tenant)
            .where('endpointId', '=', endpointId)
            .where('id', '=', id)
            .executeTakeFirst()) ?? null)
        : null,

    /** Begins a new round of a message that has ended. Null: it has not. */
    replay: async (tenant: string, id: string): Promise<DeliveryReference | null> => {
      const row = await db
        .updateTable('webhookDelivery')
        .set((delivery) => ({
          state: 'waiting',
          tries: 0,
          replays: sql<number>`${delivery.ref('replays')} + 1`,
          nextAt: sql<Date>`now()`,
          endedAt: null,
        }))
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('state', '<>', 'waiting')
        .returning(['tenant', 'id as deliveryId', 'replays'])
        .executeTakeFirst();
      return row ?? null;
    },

    /** A page of the messages to an endpoint, newest first. */
    page: async (
      tenant: string,
      endpointId: string,
      {
        limit,
        after,
        state,
      }: {
        readonly limit: number;
        readonly after: ListPosition | null;
        /** Null: all. */
        readonly state: WebhookDeliveryRow['state'] | null;
      },
    ): Promise<{
      readonly deliveries: readonly WebhookDeliveryRow[];
      readonly next: ListPosition | null;
    }> => {
      let query = db
        .selectFrom('webhookDelivery')
        .select(COLUMNS)
        .select(
          sql<string>`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
            'position',
          ),
        )
        .where('tenant', '=', tenant)
        .where('endpointId', '=', endpointId)
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .limit(limit + 1);
      if (state !== null) query = query.where('state', '=', state);
      if (after !== null) {
        const createdAt = sql<Date>`${after.createdAt}::timestamptz`;
        query = query
          // Alone, so that the index gives where to begin.
          .where('createdAt', '<=', createdAt)
          .where((row) => row.or([row('createdAt', '<', createdAt), row('id', '>', after.id)]));
      }
      const rows = await query.execute();
      const deliveries = rows.slice(0, limit);
      const last = deliveries.at(-1);
      const isLast = rows.length <= limit || last === undefined;
      return {
        deliveries,
        next: isLast ? null : { createdAt: last.position, id: last.id },
      };
    },
  };
}

export const MESSAGE_ID = /^msg_[0-9a-f]{32}$/;

const COLUMNS = [
  'id',
  'event',
  'jobId',
  'state',
  'tries',
  'replays',
  'lastStatus',
  'lastError',
  'nextAt',
  'createdAt',
  'endedAt',
] as const;
