import type { WebhookDeliveryRow } from '../../adapters/database/webhooks/deliveries.ts';
import type { WebhookEndpointRow } from '../../adapters/database/webhooks/endpoints.ts';

export type WebhookView = ReturnType<typeof webhookView>;
export type DeliveryView = ReturnType<typeof deliveryView>;

/** What is shown of an endpoint: no secret. */
export const webhookView = (row: WebhookEndpointRow) => ({
  id: row.id,
  url: row.url,
  events: [...row.events],
  createdAt: row.createdAt.toISOString(),
  disabledAt: row.disabledAt?.toISOString() ?? null,
  disabledBy: row.disabledBy,
  previousSecretEndsAt: row.previousEndsAt?.toISOString() ?? null,
});

export const deliveryView = (row: WebhookDeliveryRow) => ({
  id: row.id,
  event: row.event,
  job: row.jobId,
  state: row.state,
  tries: row.tries,
  replays: row.replays,
  lastStatus: row.lastStatus,
  lastError: row.lastError,
  nextAt: row.nextAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});
