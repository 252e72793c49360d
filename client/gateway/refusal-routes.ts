import { z } from 'zod';
import { REFUSAL_ID } from '../../adapters/database/refusals.ts';
import type { GatewayApp, GatewayContext } from './gateway-app.ts';
import { readCursor, writeCursor } from './jobs/cursor.ts';
import { refusalSchema } from './refusal-schema.ts';

/** What keys of one's own tenant were refused. */
export const refusalRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.get('/refusals', {
      config: { action: 'refusals:read' },
      schema: {
        operationId: 'listRefusals',
        summary: 'What keys of the tenant were refused, newest first',
        description:
          'In pages, for 90 days. Requests without a key, or with one that there is not, belong to no tenant and are not listed.',
        tags: ['refusals'],
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(1_000).default(20).describe('How many at most'),
          cursor: z.string().max(200).optional().describe('next of the page before'),
        }),
        response: {
          200: z.object({
            refusals: z.array(refusalSchema),
            next: z.string().nullable().describe('cursor of the next page; null: there is none'),
          }),
        },
      },
      handler: async ({ principal, query }) => {
        const after = query.cursor === undefined ? null : readCursor(query.cursor, REFUSAL_ID);
        const page = await (
          await services.refusals()
        ).page(principal.tenant, { limit: query.limit, after });
        return {
          refusals: page.refusals.map(({ refusedAt, ...refusal }) => ({
            ...refusal,
            refusedAt: refusedAt.toISOString(),
          })),
          next: page.next && writeCursor(page.next),
        };
      },
    });
  };
