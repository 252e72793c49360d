import { z } from 'zod';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { Readiness } from './readiness.ts';

/** `/healthz`: the process answers. `/readyz`: so do its services. `/metrics`: for Prometheus, with a key of an admin. */
export function addHealthRoutes(
  app: GatewayApp,
  readiness: () => Promise<Readiness>,
  metrics: GatewayMetrics,
): void {
  app.get('/healthz', {
    config: { action: 'public', rateLimit: false },
    logLevel: 'warn',
    schema: {
      operationId: 'getHealth',
      summary: 'Whether the gateway answers',
      description: 'Asks nothing else: use it to see whether the process is alive.',
      tags: ['operation'],
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: () => ({ status: 'ok' as const }),
  });
  app.get('/readyz', {
    config: { action: 'public', rateLimit: false },
    logLevel: 'warn',
    schema: {
      operationId: 'getReadiness',
      summary: 'Whether database, store and Temporal can be used',
      description:
        'Is 200 when all of them can be used and the database is migrated, and 503 otherwise. They are asked at most once a second.',
      tags: ['operation'],
      response: { 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_, reply) => {
      const { isReady, checks } = await readiness();
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ready' : 'not ready', checks });
    },
  });
  app.get('/metrics', {
    config: { action: 'metrics:read' },
    schema: {
      operationId: 'getMetrics',
      summary: 'Metrics for Prometheus',
      description:
        'In the exposition format of Prometheus: times of requests by method, pattern of the route, and status.',
      tags: ['operation'],
      response: {
        200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
      },
    },
    handler: async (_, reply) =>
      reply.header('content-type', metrics.contentType).send(await metrics.text()),
  });
}

const stateSchema = z.enum(['ok', 'fault']);
const readinessSchema = z.object({
  status: z.enum(['ready', 'not ready']),
  checks: z.object({ database: stateSchema, store: stateSchema, temporal: stateSchema }),
});
