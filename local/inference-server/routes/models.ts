import { jsonReply } from '../http/reply.ts';
import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { CATALOGUE, findModel, type CatalogueModel } from '../models/catalogue.ts';
import { CONTEXT_TOKENS } from '../models/extractive.ts';

/** `/v1/models`: chat models only, as on the router. */
export const listModels: Route = {
  kind: 'plain',
  method: 'GET',
  pattern: /^\/v1\/models$/,
  handle: () => jsonReply({ object: 'list', data: CATALOGUE.filter(isChat).map(toListed) }),
};

export const showModel: Route = {
  kind: 'plain',
  method: 'GET',
  pattern: /^\/v1\/models\/(.+)$/,
  handle: ({ path: [name = ''] }) => {
    const model = findModel(name);
    if (model !== null && isChat(model)) return jsonReply(toListed(model));
    throw openAiRefusal(404, `The model '${name}' does not exist`, {
      param: 'model',
      code: 'model_not_found',
    });
  },
};

const isChat = (model: CatalogueModel): boolean => model.task === 'conversational';

const toListed = (model: CatalogueModel) => ({
  id: model.id,
  object: 'model',
  created: 1_760_000_000, // nobody trained it; a date that does not move
  owned_by: 'hansard',
  architecture: { input_modalities: ['text'], output_modalities: ['text'] },
  providers: model.providers.map((provider) => ({
    provider,
    status: 'live',
    context_length: CONTEXT_TOKENS,
    pricing: { input: 0, output: 0 },
    is_free: true,
    supports_tools: false,
    supports_structured_output: true,
    is_model_author: true,
  })),
});
