import { z } from 'zod';
import { shortTextSchema } from '../../workflows/contracts/short-text.ts';
import { createKey, keyView, revokeKey } from '../keys/manage-keys.ts';
import type { GatewayApp, GatewayContext } from './gateway-app.ts';
import { rotateSignature, setSignaturePolicy } from '../keys/sign-with-key.ts';
import {
  keySchema,
  keysSchema,
  madeKeySchema,
  rotatedSchema,
  signingSchema,
} from './key-schemas.ts';
import { ROLES } from './policy.ts';

/** The keys of one's own tenant: what `hansard keys` does. */
export const keyRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.get('/keys', {
      config: { action: 'keys:read' },
      schema: {
        operationId: 'listKeys',
        summary: 'The keys of the tenant, newest first',
        description: 'Nothing of a key itself, which is stored nowhere. At most 1,000.',
        tags: ['keys'],
        response: { 200: keysSchema },
      },
      handler: async ({ principal }) => {
        const rows = await (await services.apiKeys()).list(principal.tenant);
        return { keys: rows.map((row) => keyView(row)) };
      },
    });
    app.post('/keys', {
      config: { action: 'keys:manage' },
      schema: {
        operationId: 'createKey',
        summary: 'Make a key',
        description: 'The answer is the only place where the key can be read.',
        tags: ['keys'],
        body: z.strictObject({
          name: shortTextSchema.describe('What it is for; two live keys can have one name.'),
          role: z.enum(ROLES),
          expires: z
            .string()
            .max(10)
            .optional()
            .describe('Such as 12h or 90d; absent: it does not expire.'),
          signature: signingSchema
            .extend({
              required: z
                .boolean()
                .default(true)
                .describe('Whether the key is refused where nothing is signed.'),
            })
            .optional()
            .describe('Absent: requests of the key are not signed.'),
        }),
        response: { 201: madeKeySchema },
      },
      handler: async ({ principal, body }, reply) =>
        reply.code(201).send({
          ...(await createKey(services.apiKeys, principal.tenant, body)),
          tenant: principal.tenant,
        }),
    });
    app.patch('/keys/:id', {
      config: { action: 'keys:manage' },
      schema: {
        operationId: 'changeKey',
        summary: 'Have a key refused, or taken, without a signature',
        description: 'The key needs a signing key. Sessions of a key that has to sign end at once.',
        tags: ['keys'],
        params: z.object({ id: z.string().max(100) }),
        body: z.strictObject({ signature: z.enum(['optional', 'required']) }),
        response: { 200: keySchema },
      },
      handler: async ({ principal, params, body }) =>
        await setSignaturePolicy(services.signingKeys, principal.tenant, params.id, body.signature),
    });
    app.post('/keys/:id/rotate-signature', {
      config: { action: 'keys:manage' },
      schema: {
        operationId: 'rotateSigningKey',
        summary: 'Give a key another signing key, or its first one',
        description:
          'The signing key before goes on beside it for as long as keep says; one before that ends at once.',
        tags: ['keys'],
        params: z.object({ id: z.string().max(100) }),
        body: signingSchema.extend({
          keep: z
            .string()
            .max(10)
            .default('24h')
            .describe('How long the present signing key goes on: 0, or up to 7d.'),
        }),
        response: { 200: rotatedSchema },
      },
      handler: async ({ principal, params, body }) =>
        await rotateSignature(services.signingKeys, principal.tenant, params.id, body),
    });
    app.delete('/keys/:id', {
      config: { action: 'keys:manage' },
      schema: {
        operationId: 'revokeKey',
        summary: 'End a key at once and for ever',
        description:
          'A key that was revoked before stays as it is. Event streams of the key end within a minute.',
        tags: ['keys'],
        params: z.object({ id: z.string().max(100) }),
        response: { 204: z.undefined().describe('The key is revoked') },
      },
      handler: async ({ principal, params }, reply) => {
        await revokeKey(services.apiKeys, principal.tenant, params.id);
        return reply.code(204).send();
      },
    });
  };
