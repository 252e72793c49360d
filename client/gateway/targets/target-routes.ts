import { z } from 'zod';
import { readInferenceConfiguration } from '../../../adapters/inference/targets/read-configuration.ts';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { workingFolder } from '../../config.ts';
import { createGateReports } from '../../models/gate-reports.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { keptFor } from '../kept-for.ts';
import { targetSchema, trafficSchema } from './target-schemas.ts';

/** The models that jobs call, as the configuration of this gateway has them: no address, and no token. */
export const targetRoutes =
  ({ env, services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.get('/targets', {
      config: { action: 'targets:read' },
      schema: {
        operationId: 'listTargets',
        summary: 'The targets of each role, in the order in which jobs ask them',
        description:
          'Nothing is called. Targets whose variables are not set are in skipped. A worker with another configuration may know others.',
        tags: ['targets'],
        response: {
          200: z.object({
            targets: z.array(targetSchema),
            skipped: z.array(z.object({ role: z.enum(ROLES), target: z.string() })),
          }),
        },
      },
      handler: async () => {
        const [configuration, redis] = await Promise.all([
          readInferenceConfiguration(env, workingFolder(env)),
          services.redis(),
        ]);
        const gateOf = createGateReports(redis);
        const { roles, skipped } = configuration;
        return {
          targets: await Promise.all(
            ROLES.flatMap((role) => roles[role]).map(async (target) => {
              const { role, name, contract, model, coldStart, concurrency, requestsPerMinute } =
                target;
              return {
                role,
                target: name,
                contract,
                model,
                coldStart,
                concurrency,
                requestsPerMinute,
                tokens: target.apiTokens.length,
                gate: await gateOf(target),
              };
            }),
          ),
          skipped: skipped.map(({ role, name }) => ({ role, target: name })),
        };
      },
    });

    const traffic = keptFor(KEPT_MS, async () => {
      const { roles } = await readInferenceConfiguration(env, workingFolder(env));
      const names = ROLES.flatMap((role) => roles[role]).map(({ name }) => name);
      return await (
        await services.callTraffic()
      )(names);
    });
    app.get('/targets/traffic', {
      config: { action: 'queues:read' },
      schema: {
        operationId: 'listTraffic',
        summary: 'How many calls each target answers, and why the last one failed',
        description:
          'From the ledger, of all tenants together: counts, times and kinds of errors, and nothing of what was asked.',
        tags: ['targets'],
        response: { 200: z.object({ traffic: z.array(trafficSchema) }) },
      },
      handler: async () => ({
        traffic: (await traffic()).map(({ answeredAt, failedAt, ...counts }) => ({
          ...counts,
          answeredAt: answeredAt?.toISOString() ?? null,
          failedAt: failedAt?.toISOString() ?? null,
        })),
      }),
    });
  };

/** Pages that look on ask again and again. */
const KEPT_MS = 2_000;
