import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { readInferenceConfiguration } from '../../../adapters/inference/targets/read-configuration.ts';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { workingFolder } from '../../config.ts';
import { queueReports, workerReports } from '../../queues/queue-reports.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { within } from '../jobs/within.ts';
import type { LISTED_STATUSES } from '../jobs/job-schemas.ts';
import { keptFor } from '../kept-for.ts';
import { queueSchema, workerSchema } from './queue-schemas.ts';

const temporal = z
  .enum(['ok', 'fault'])
  .describe('fault: Temporal does not answer, and the list is empty');

const countsSchema = z.object({
  submitted: z.int(),
  running: z.int(),
  waiting: z.int().describe('Draft minutes that somebody is asked to approve'),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
}) satisfies z.ZodType<Record<(typeof LISTED_STATUSES)[number], number>>;

/** What waits for workers. Queues and workers belong to no tenant; jobs do. A Temporal that is away holds up no answer. */
export const queueRoutes =
  ({ env, services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const ofTemporal = <T>(
      look: (client: Client, targets: readonly string[]) => Promise<readonly T[]>,
    ) =>
      keptFor(KEPT_MS, async (): Promise<readonly T[] | null> => {
        const { roles } = await readInferenceConfiguration(env, workingFolder(env));
        const targets = ROLES.flatMap((role) => roles[role]).map(({ name }) => name);
        const found = services
          .temporal()
          .then(async (client) => await look(client, targets))
          .catch((error: unknown) => {
            app.log.warn({ error }, 'the queues cannot be read');
            return null;
          });
        return await within(PATIENCE_MS, found);
      });
    const queues = ofTemporal(queueReports);
    const workers = ofTemporal(workerReports);

    app.get('/queues', {
      config: { action: 'queues:read' },
      schema: {
        operationId: 'listQueues',
        summary: 'The task queues of the workers, and how the jobs of the tenant stand',
        description:
          'Queues are shared by all tenants: counts and times, and nothing of whose work it is. Jobs are those of the tenant.',
        tags: ['queues'],
        response: {
          200: z.object({ temporal, queues: z.array(queueSchema), jobs: countsSchema }),
        },
      },
      handler: async ({ principal }) => {
        const library = await services.library();
        const [found, jobs] = await Promise.all([
          queues(),
          library.countByStatus(principal.tenant, new Date()),
        ]);
        return {
          temporal: found === null ? ('fault' as const) : ('ok' as const),
          queues: (found ?? []).map(({ polledAt, ...queue }) => ({
            ...queue,
            polledAt: polledAt?.toISOString() ?? null,
          })),
          jobs,
        };
      },
    });

    app.get('/workers', {
      config: { action: 'workers:read' },
      schema: {
        operationId: 'listWorkers',
        summary: 'The workers that asked for work in the last minutes, the latest first',
        description:
          'With the machines that they run on, so only keys of the operator tenant may ask.',
        tags: ['queues'],
        response: { 200: z.object({ temporal, workers: z.array(workerSchema) }) },
      },
      handler: async () => {
        const found = await workers();
        return {
          temporal: found === null ? ('fault' as const) : ('ok' as const),
          workers: (found ?? []).map(({ polledAt, queues: served, ...worker }) => ({
            ...worker,
            polledAt: polledAt.toISOString(),
            queues: [...served],
          })),
        };
      },
    });
  };

/** Pages that look on ask again and again. */
const KEPT_MS = 2_000;
const PATIENCE_MS = 5_000;
