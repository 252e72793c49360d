import { z } from 'zod';
import { cancelJob } from '../../jobs/cancel-job.ts';
import { lacksSpeakers, retryJob } from '../../jobs/retry-job.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { jobParameters, requestedJob } from './job-parameters.ts';
import { retriedSchema } from './job-schemas.ts';

/** Stops a job, and runs it again. */
export const controlRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    const config = { action: 'jobs:control' } as const;

    app.post(
      '/jobs/:id/cancel',
      {
        config,
        schema: {
          operationId: 'cancelJob',
          summary:
            'Stop a job, or a change that is being made of it: no new calls, and a few seconds for those already sent',
          description: 'What was paid for and stored stays, and a retry goes on from there.',
          tags: ['jobs'],
          params: jobParameters,
          response: {
            202: z.object({
              id: z.string(),
              outcome: z
                .enum(['requested', 'cancelled'])
                .describe('cancelled: it had ended already'),
            }),
          },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const library = await services.library();
        const outcome = await cancelJob(row, { library, temporal: services.temporal });
        return await reply.code(202).send({ id: row.id, outcome });
      },
    );

    app.post(
      '/jobs/:id/retry',
      {
        config,
        schema: {
          operationId: 'retryJob',
          summary:
            'Run a job again that failed, was cancelled, is partial or lacks its speakers: what is stored is not paid for again',
          description: 'The job keeps its id. While it runs, nothing more is started.',
          tags: ['jobs'],
          params: jobParameters,
          response: {
            202: retriedSchema,
          },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const [library, store, temporal] = await Promise.all([
          services.library(),
          services.store(),
          services.temporal(),
        ]);
        const job = await retryJob(row, { library, store, temporal });
        return await reply
          .code(202)
          .header('location', `/api/jobs/${job.id}`)
          .send({ ...job, ...(lacksSpeakers(row) && { lackedSpeakers: true as const }) });
      },
    );
  };
