import { z } from 'zod';
import { readInferenceConfiguration } from '../../../adapters/inference/targets/read-configuration.ts';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { workingFolder } from '../../config.ts';
import { createGateReports } from '../../models/gate-reports.ts';
import { gateReportSchema } from '../../models/models-report.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';

const targetSchema = z
  .object({
    role: z.enum(ROLES),
    target: z.string().describe('Its name'),
    contract: z.string().describe('What its server speaks'),
    model: z.string(),
    coldStart: z.boolean().describe('Its server sleeps when nobody calls it'),
    gate: gateReportSchema.describe(
      'Whether calls go through to it, and the kind of error that closed it last: shared by all workers, and known only with Redis',
    ),
  })
  .meta({ id: 'Target' });

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
              const { role, name, contract, model, coldStart } = target;
              return { role, target: name, contract, model, coldStart, gate: await gateOf(target) };
            }),
          ),
          skipped: skipped.map(({ role, name }) => ({ role, target: name })),
        };
      },
    });
  };
