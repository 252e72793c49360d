import { z } from 'zod';
import { MESSAGE_ID } from '../../../adapters/database/webhooks/deliveries.ts';
import { findWebhook, replayDelivery, testWebhook } from '../../webhooks/manage-webhooks.ts';
import { deliveryView } from '../../webhooks/webhook-view.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { readCursor, writeCursor } from '../jobs/cursor.ts';
import { DELIVERY_STATES, deliverySchema } from './webhook-schemas.ts';

const tags = ['webhooks'];
const id = z.string().max(100);

/** What became of the messages to a webhook, and how one is sent by hand. */
export const deliveryRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const ports = async () => {
      const { startDelivery } = await import('../../../adapters/temporal/start-delivery.ts');
      return {
        endpoints: await services.webhookEndpoints(),
        deliveries: await services.webhookDeliveries(),
        // Before anything is booked.
        startDelivery: startDelivery(await services.temporal()),
      };
    };

    app.get('/webhooks/:id/deliveries', {
      config: { action: 'webhooks:read' },
      schema: {
        operationId: 'listWebhookDeliveries',
        summary: 'The messages to a webhook, newest first',
        description:
          'In pages, without the messages themselves. Those that have ended are listed for 30 days.',
        tags,
        params: z.object({ id }),
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(1_000).default(20).describe('How many at most'),
          cursor: z.string().max(200).optional().describe('next of the page before'),
          state: z.enum(DELIVERY_STATES).optional(),
        }),
        response: {
          200: z.object({
            deliveries: z.array(deliverySchema),
            next: z.string().nullable().describe('cursor of the next page; null: there is none'),
          }),
        },
      },
      handler: async ({ principal: { tenant }, params, query }) => {
        const after = query.cursor === undefined ? null : readCursor(query.cursor, MESSAGE_ID);
        await findWebhook({ endpoints: await services.webhookEndpoints() }, tenant, params.id);
        const { limit, state = null } = query;
        const messages = await services.webhookDeliveries();
        const page = await messages.page(tenant, params.id, { limit, after, state });
        return {
          deliveries: page.deliveries.map((row) => deliveryView(row)),
          next: page.next && writeCursor(page.next),
        };
      },
    });
    app.post('/webhooks/:id/test', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a message that tells of nothing',
        description:
          'Sends webhook.test, which every webhook takes. Its delivery tells later what the server answered.',
        tags,
        params: z.object({ id }),
        response: { 202: deliverySchema },
      },
      handler: async ({ principal, params }, reply) =>
        reply.code(202).send(await testWebhook(await ports(), principal.tenant, params.id)),
    });
    app.post('/webhooks/:id/deliveries/:delivery/replay', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'replayWebhookDelivery',
        summary: 'Send a message that has ended again, under the same id',
        description:
          'The ten attempts begin anew. A message that is still waiting, or whose webhook is disabled, is answered with 409.',
        tags,
        params: z.object({ id, delivery: id }),
        response: { 202: deliverySchema },
      },
      handler: async ({ principal, params }, reply) =>
        reply
          .code(202)
          .send(await replayDelivery(await ports(), principal.tenant, params.id, params.delivery)),
    });
  };
