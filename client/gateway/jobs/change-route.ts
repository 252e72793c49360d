import { z } from 'zod';
import { awaitChange, sectionsOfChange } from '../../jobs/await-change.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { changeOf, type Patience } from './answer-change.ts';
import { jobParameters, requestedJob } from './job-parameters.ts';
import { changeSchema } from './job-schemas.ts';

/** Waits for a change that takes longer than its own request. */
export const changeRoute =
  (context: GatewayContext, patience: Patience) =>
  async (app: GatewayApp): Promise<void> => {
    app.get(
      '/jobs/:id/change',
      {
        // A HEAD would wait, too.
        exposeHeadRoute: false,
        config: { action: 'jobs:read' },
        schema: {
          operationId: 'awaitChange',
          summary: 'What became of a change that was going on: asked again while it still is',
          description:
            'Waits for at most 25 seconds: 200 says what became of the change, and 202 that it is still being made.',
          tags: ['jobs'],
          params: jobParameters,
          querystring: z.strictObject({
            change: z.guid().describe('change of the answer that said going-on'),
          }),
          response: { 200: changeSchema, 202: changeSchema },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const { id } = row;
        const { change: runId } = request.query;
        const waiting = AbortSignal.timeout(patience.answerMs);
        const change = await awaitChange(row, runId, context.services, waiting);
        if (change !== null) return await reply.send(changeOf(id, change));
        const sections = await sectionsOfChange(row, runId, context.services);
        const later = { id, version: null, outcome: 'going-on' as const, change: runId };
        return await reply.code(202).send({ ...later, ...(sections && { sections }) });
      },
    );
  };
