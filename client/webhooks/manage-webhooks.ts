import type { WebhookDeliveries } from '../../adapters/database/webhooks/deliveries.ts';
import {
  MOST_ENDPOINTS,
  MOST_TESTS,
  type WebhookEndpoints,
} from '../../adapters/database/webhooks/endpoints.ts';
import { AddressError } from '../../adapters/inference/wire/address-guard.ts';
import type { StartDelivery } from '../../adapters/temporal/start-delivery.ts';
import { guardReceiver } from '../../adapters/webhooks/guard-receiver.ts';
import {
  TEST_EVENT,
  type WebhookEvent,
  type WebhookPayload,
} from '../../workflows/contracts/webhooks.ts';
import { InvalidOptionError } from '../config.ts';
import { deliveryView, webhookView, type DeliveryView, type WebhookView } from './webhook-view.ts';

interface Ports {
  readonly endpoints: WebhookEndpoints;
  readonly deliveries: WebhookDeliveries;
  readonly startDelivery: StartDelivery;
}

/** The secret is told here, and nowhere again. */
type WithSecret = WebhookView & { readonly secret: string };

/** Throws `InvalidOptionError` for an address that no message is sent to, and `TooManyWebhooksError`. */
export async function createWebhook(
  { endpoints }: Pick<Ports, 'endpoints'>,
  tenant: string,
  { url, events }: { readonly url: string; readonly events: readonly WebhookEvent[] },
  { loopback }: { readonly loopback: boolean },
): Promise<WithSecret> {
  requireReceiver(url, loopback);
  const made = await endpoints.create(tenant, {
    url: new URL(url).href,
    events: [...new Set(events)],
  });
  if (made === null) throw new TooManyWebhooksError(tenant);
  return { ...webhookView(made.row), secret: made.secret };
}

/** Throws `WebhookNotFoundError`. */
export async function findWebhook(
  { endpoints }: Pick<Ports, 'endpoints'>,
  tenant: string,
  id: string,
): Promise<WebhookView> {
  return webhookView(found(await endpoints.find(tenant, id), tenant, id));
}

/** What is left out stays as it is. Throws `WebhookNotFoundError`. */
export async function changeWebhook(
  { endpoints }: Pick<Ports, 'endpoints'>,
  tenant: string,
  id: string,
  {
    events,
    disabled,
  }: {
    readonly events?: readonly WebhookEvent[] | undefined;
    readonly disabled?: boolean | undefined;
  },
): Promise<WebhookView> {
  const changes = {
    ...(events !== undefined && { events: [...new Set(events)] }),
    ...(disabled !== undefined && { disabled }),
  };
  return webhookView(found(await endpoints.change(tenant, id, changes), tenant, id));
}

/** Throws `WebhookNotFoundError`. */
export async function removeWebhook(
  { endpoints }: Pick<Ports, 'endpoints'>,
  tenant: string,
  id: string,
): Promise<void> {
  if (!(await endpoints.remove(tenant, id))) throw new WebhookNotFoundError(tenant, id);
}

/** Throws `WebhookNotFoundError`. */
export async function rotateSecret(
  { endpoints }: Pick<Ports, 'endpoints'>,
  tenant: string,
  id: string,
  { keepSeconds }: { readonly keepSeconds: number },
): Promise<WithSecret> {
  const { row, secret } = found(await endpoints.rotateSecret(tenant, id, keepSeconds), tenant, id);
  return { ...webhookView(row), secret };
}

/** Sends a message that tells of nothing. Throws `WebhookNotFoundError`, `WebhookDisabledError` and `TooManyTestsError`. */
export async function testWebhook(ports: Ports, tenant: string, id: string): Promise<DeliveryView> {
  const { endpoints, deliveries, startDelivery } = ports;
  const { disabledAt } = await findWebhook(ports, tenant, id);
  if (disabledAt !== null) throw new WebhookDisabledError(id);
  const payload: WebhookPayload = {
    type: TEST_EVENT,
    timestamp: new Date().toISOString(),
    data: { tenant, job: null },
  };
  const booked = await endpoints.bookTest(tenant, id, JSON.stringify(payload));
  // Disabled or deleted since.
  if (booked === null) throw new WebhookNotFoundError(tenant, id);
  if (booked === 'full') throw new TooManyTestsError(id);
  const deliveryId = booked.id;
  await startDelivery({ tenant, deliveryId, replays: 0 });
  return await findDelivery({ deliveries }, tenant, id, deliveryId);
}

/**
 * Sends a message again, under the same id. Throws `WebhookNotFoundError`, `DeliveryNotFoundError`, `WebhookDisabledError`
 * and `NothingToReplayError`.
 */
export async function replayDelivery(
  ports: Ports,
  tenant: string,
  id: string,
  deliveryId: string,
): Promise<DeliveryView> {
  const { disabledAt } = await findWebhook(ports, tenant, id);
  await findDelivery(ports, tenant, id, deliveryId);
  if (disabledAt !== null) throw new WebhookDisabledError(id);
  const message = await ports.deliveries.replay(tenant, deliveryId);
  if (message === null) throw new NothingToReplayError(deliveryId);
  await ports.startDelivery(message);
  return await findDelivery(ports, tenant, id, deliveryId);
}

async function findDelivery(
  { deliveries }: Pick<Ports, 'deliveries'>,
  tenant: string,
  id: string,
  deliveryId: string,
): Promise<DeliveryView> {
  const row = await deliveries.find(tenant, id, deliveryId);
  if (row === null) throw new DeliveryNotFoundError(deliveryId);
  return deliveryView(row);
}

function requireReceiver(url: string, loopback: boolean): void {
  try {
    guardReceiver(url, { loopback });
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new InvalidOptionError(
      `no message can be sent to this url: ${error.message}. It takes https and a server in the public network`,
    );
  }
}

function found<T>(row: T | null, tenant: string, id: string): T {
  if (row === null) throw new WebhookNotFoundError(tenant, id);
  return row;
}

class WebhookNotFoundError extends Error {
  override readonly name = 'WebhookNotFoundError';

  constructor(tenant: string, id: string) {
    super(
      `tenant ${tenant} has no webhook ${JSON.stringify(id)}: look at the list of its webhooks`,
    );
  }
}

class DeliveryNotFoundError extends Error {
  override readonly name = 'DeliveryNotFoundError';

  constructor(id: string) {
    super(`the webhook has no delivery ${JSON.stringify(id)}: look at the list of its deliveries`);
  }
}

class TooManyWebhooksError extends Error {
  override readonly name = 'TooManyWebhooksError';

  constructor(tenant: string) {
    super(
      `tenant ${tenant} has ${MOST_ENDPOINTS} webhooks, which is the most: delete one of them first`,
    );
  }
}

class TooManyTestsError extends Error {
  override readonly name = 'TooManyTestsError';

  constructor(id: string) {
    super(
      `webhook ${id} has ${MOST_TESTS} tests on their way, which is the most: its deliveries say how they stand; wait until one has ended`,
    );
  }
}

class WebhookDisabledError extends Error {
  override readonly name = 'WebhookDisabledError';

  constructor(id: string) {
    super(`webhook ${id} is disabled, and nothing is sent to it: enable it first`);
  }
}

class NothingToReplayError extends Error {
  override readonly name = 'NothingToReplayError';

  constructor(id: string) {
    super(`delivery ${id} is on its way already: it can be replayed when it has ended`);
  }
}
