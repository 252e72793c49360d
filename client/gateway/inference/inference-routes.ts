import { z } from 'zod';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { ProblemError } from '../problem.ts';
import { recordRefusal, Refusal } from '../refusal.ts';
import { addChatRoutes } from './chat/chat-routes.ts';
import { modelNames, noSuchModel } from './find-targets.ts';
import { addTranscriptionRoutes } from './transcriptions/transcription-routes.ts';
import { addModerationRoutes } from './pictures/moderation-routes.ts';
import { addPictureRoutes } from './pictures/picture-routes.ts';
import { addTextRoutes } from './text-routes.ts';
import { toOpenAiError } from './to-open-ai-error.ts';

/** Everything below `/v1`: what clients of OpenAI's API ask, with roles and targets as models. */
export const inferenceRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.addHook('onRequest', async ({ id }, reply) => {
      reply.header('x-request-id', id);
    });
    app.setErrorHandler(async (error, request, reply) => {
      if (error instanceof Refusal) await recordRefusal(context, request, error);
      const answer = toOpenAiError(error);
      if (answer.status >= 500) request.log.error({ error }, 'a request failed');
      return reply
        .code(answer.status)
        .headers({ ...answer.headers, 'x-request-id': request.id, 'cache-control': 'no-store' })
        .type('application/json')
        .send(JSON.stringify(answer.body()));
    });
    app.setNotFoundHandler(() => {
      throw new ProblemError({
        code: 'route_not_found',
        detail: 'there is no such route below /v1: /docs shows those that there are',
      });
    });
    addModelRoutes(app, context);
    addChatRoutes(app, context);
    addTextRoutes(app, context);
    addPictureRoutes(app, context);
    addModerationRoutes(app, context);
    await addTranscriptionRoutes(app, context);
  };

function addModelRoutes(app: GatewayApp, { services }: GatewayContext): void {
  app.get('/models', {
    config: { action: 'inference:use' },
    schema: {
      operationId: 'listModels',
      summary: 'The roles that have targets, and the targets: each is a model',
      description:
        'A role asks its chain of targets one after the other, and a target only itself. What is configured is listed, whether or not it answers at present.',
      tags: ['inference'],
      response: {
        200: z.object({ object: z.literal('list'), data: z.array(modelSchema) }),
      },
    },
    handler: async () => {
      const { layer } = await services.inference();
      return { object: 'list' as const, data: modelNames(layer.inference).map(toModel) };
    },
  });
  app.get('/models/:model', {
    config: { action: 'inference:use' },
    schema: {
      operationId: 'readModel',
      summary: 'One of the models, by its name',
      description: 'Whether a name is a model here. Nothing is called.',
      tags: ['inference'],
      params: z.object({ model: z.string().max(200) }),
      response: { 200: modelSchema },
    },
    handler: async ({ params: { model } }) => {
      const { layer } = await services.inference();
      const names = modelNames(layer.inference);
      if (names.includes(model)) return toModel(model);
      throw noSuchModel(names);
    },
  });
}

const toModel = (id: string) => ({
  id,
  object: 'model' as const,
  created: 0,
  owned_by: 'hansard' as const,
});

const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int().describe('Always 0: a configuration has no such time.'),
  owned_by: z.literal('hansard'),
});
