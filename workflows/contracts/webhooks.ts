import type { ApprovalFacts } from './approval.ts';

/** What a webhook tells of. Workflows import these values, so no zod here. */
export const WEBHOOK_EVENTS = [
  'job.completed',
  'job.partial',
  'job.failed',
  'job.cancelled',
  'job.revised',
  'job.approved',
  'job.returned',
  'job.delegated',
  'job.reminded',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What `POST /api/webhooks/{id}/test` sends; every endpoint takes it. */
export const TEST_EVENT = 'webhook.test';

/** The body of a delivery, as Standard Webhooks shape it. It holds no content of a meeting, and no names. */
export interface WebhookPayload {
  readonly type: WebhookEvent | typeof TEST_EVENT;
  /** When it happened. */
  readonly timestamp: string;
  readonly data: {
    readonly tenant: string;
    /** Null: the event is a test. */
    readonly job: WebhookJob | null;
  };
}

interface WebhookJob {
  readonly id: string;
  readonly status: 'submitted' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** Of the minutes that the job shows; null: it shows none. */
  readonly result: 'complete' | 'partial' | null;
  readonly version: number | null;
  /** Null: nobody is asked for approval. */
  readonly approval: Pick<ApprovalFacts, 'state' | 'since' | 'until'> | null;
  /** The type of the failure; null unless failed. */
  readonly failure: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Where to ask for more, from the root of the gateway. */
  readonly path: string;
}

/** One message to one endpoint. */
export interface DeliveryReference {
  readonly tenant: string;
  /** Also its `webhook-id`. */
  readonly deliveryId: string;
  /** How often it had been replayed when this began: an earlier round leaves the row to a later one. */
  readonly replays: number;
}

/**
 * Waits before the second, third, … attempt, in milliseconds: the schedule that the specification of Standard Webhooks
 * advises. Ten attempts in three days and four hours.
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  14 * 3_600_000,
  20 * 3_600_000,
  24 * 3_600_000,
];
