import { z } from 'zod';
import { loopbackAllowed } from '../../../adapters/webhooks/loopback-allowed.ts';
import {
  changeWebhook,
  createWebhook,
  findWebhook,
  removeWebhook,
  rotateSecret,
} from '../../webhooks/manage-webhooks.ts';
import { webhookView } from '../../webhooks/webhook-view.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { eventsSchema, webhookSchema, withSecretSchema } from './webhook-schemas.ts';

const tags = ['webhooks'];
const params = z.object({ id: z.string().max(100) });

/** Where a tenant hears of its jobs. */
export const webhookRoutes =
  ({ env, services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const loopback = loopbackAllowed(env);
    const ports = async () => ({ endpoints: await services.webhookEndpoints() });

    app.get('/webhooks', {
      config: { action: 'webhooks:read' },
      schema: {
        operationId: 'listWebhooks',
        summary: 'The webhooks of the tenant, newest first',
        description: 'All of them at once: a tenant has 20 at most. Their secrets are not shown.',
        tags,
        response: { 200: z.object({ webhooks: z.array(webhookSchema) }) },
      },
      handler: async ({ principal }) => {
        const rows = await (await services.webhookEndpoints()).list(principal.tenant);
        return { webhooks: rows.map((row) => webhookView(row)) };
      },
    });
    app.post('/webhooks', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'createWebhook',
        summary: 'Have a server told of jobs',
        description: 'The answer is the only place where the secret can be read.',
        tags,
        body: z.strictObject({
          url: z.string().max(2_000).describe('https, in the public network.'),
          events: eventsSchema,
        }),
        response: { 201: withSecretSchema },
      },
      handler: async ({ principal, body }, reply) =>
        reply
          .code(201)
          .send(await createWebhook(await ports(), principal.tenant, body, { loopback })),
    });
    app.get('/webhooks/:id', {
      config: { action: 'webhooks:read' },
      schema: {
        operationId: 'readWebhook',
        summary: 'A webhook',
        description:
          'Says whether it is enabled, who disabled it, and until when an older secret signs too. The secret is not shown.',
        tags,
        params,
        response: { 200: webhookSchema },
      },
      handler: async ({ principal, params: { id } }) =>
        await findWebhook(await ports(), principal.tenant, id),
    });
    app.patch('/webhooks/:id', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'changeWebhook',
        summary: 'Change what a webhook hears of, disable it or enable it',
        description:
          'What is left out stays as it is. A disabled webhook hears nothing, and what happens meanwhile is not sent later.',
        tags,
        params,
        body: z.strictObject({
          events: eventsSchema.optional(),
          disabled: z.boolean().optional(),
        }),
        response: { 200: webhookSchema },
      },
      handler: async ({ principal, params: { id }, body }) =>
        await changeWebhook(await ports(), principal.tenant, id, body),
    });
    app.delete('/webhooks/:id', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook, with its deliveries',
        description:
          'Messages that are on their way are given up, and nothing says afterwards what became of the others.',
        tags,
        params,
        response: { 204: z.undefined().describe('The webhook is deleted') },
      },
      handler: async ({ principal, params: { id } }, reply) => {
        await removeWebhook(await ports(), principal.tenant, id);
        return reply.code(204).send();
      },
    });
    app.post('/webhooks/:id/rotate-secret', {
      config: { action: 'webhooks:manage' },
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Give a webhook a new secret',
        description: 'The answer is the only place where the secret can be read.',
        tags,
        params,
        body: z.strictObject({
          keepHours: z
            .int()
            .min(0)
            .max(168)
            .default(24)
            .describe('How long the present secret signs too. An older one ends at once.'),
        }),
        response: { 200: withSecretSchema },
      },
      handler: async ({ principal, params: { id }, body }) =>
        await rotateSecret(await ports(), principal.tenant, id, {
          keepSeconds: body.keepHours * 3_600,
        }),
    });
  };
