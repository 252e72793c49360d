import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  CATALOGUE,
  findModel,
  replicateVersion,
  type CatalogueModel,
} from '../models/catalogue.ts';
import { CONTEXT_TOKENS } from '../models/extractive.ts';
import { FOUR_BYTES_TOKENIZER } from '../models/four-bytes.ts';
import { nameInPath } from '../read-request.ts';
import { modelNotFound, taskRefusal } from '../refusal.ts';
import type { ServerParts } from '../server-parts.ts';

/** What Hugging Face's hub answers: models and their providers, accounts, tokenizers. */
export function addHub(app: FastifyInstance, requireToken: string | null): void {
  app.get('/api/models/*', (request) => {
    const name = nameInPath(request);
    const model: Listed | undefined = findModel(name) ?? UNSERVED.find(({ id }) => id === name);
    if (model === undefined) throw taskRefusal(404, 'Repository not found');
    const fields = factsOf(model);
    const wanted = expanded(request);
    if (wanted.length === 0) {
      return {
        id: model.id,
        modelId: model.id,
        pipeline_tag: fields.pipeline_tag,
        tags: fields.tags,
      };
    }
    const unknown = wanted.find((field) => !Object.hasOwn(fields, field));
    if (unknown !== undefined) throw taskRefusal(400, `Unknown field to expand: ${unknown}`);
    const chosen = Object.entries(fields).filter(([field]) => wanted.includes(field));
    return { id: model.id, ...Object.fromEntries(chosen) };
  });
  app.get('/api/whoami-v2', ({ headers: { authorization } }) => {
    const accepted =
      authorization !== undefined &&
      (requireToken === null || authorization === `Bearer ${requireToken}`);
    if (!accepted) throw taskRefusal(401, 'Invalid username or password.');
    return { type: 'user', id: '0', name: 'local' };
  });
  app.get('/:owner/:name/resolve/main/tokenizer.json', (request) => {
    const model = findModel(nameInPath(request));
    if (model === null) throw taskRefusal(404, 'Repository not found');
    if (model.task !== 'conversational') throw taskRefusal(404, 'Entry not found');
    return FOUR_BYTES_TOKENIZER;
  });
}

interface Listed extends CatalogueModel {
  /** Of a model that is listed but not served: a look-up before a job finds that out. */
  readonly status?: string;
}

const task = 'conversational';
const UNSERVED: readonly Listed[] = [
  { id: 'hansard/staging-v0', task, providers: ['hf-inference'], status: 'staging' },
  { id: 'hansard/error-v0', task, providers: ['together'], status: 'error' },
];

/** The fields that a request names, as `expand` (huggingface_hub) or `expand[]` (@huggingface/inference). */
function expanded({ query }: FastifyRequest): readonly string[] {
  const { expand = [], 'expand[]': list = [] } = query as Record<string, string | string[]>;
  return [expand, list].flat();
}

/** What a request can ask of a model. */
const factsOf = (model: Listed) => ({
  inference: model.status === undefined ? 'warm' : undefined,
  inferenceProviderMapping: toMapping(model),
  // The hub has no tag for chats.
  pipeline_tag: model.task === 'conversational' ? 'text-generation' : model.task,
  tags: model.task === 'conversational' ? ['text-generation', model.task] : [model.task],
});

function toMapping({ id, task, providers, status = 'live' }: Listed): object {
  // Replicate's id of a model that runs by versions includes the version.
  const isVersioned = task === 'automatic-speech-recognition';
  const providerId = (provider: string) =>
    provider === 'replicate' && isVersioned ? `${id}:${replicateVersion(id)}` : id;
  return Object.fromEntries(
    providers.map((provider) => [provider, { status, providerId: providerId(provider), task }]),
  );
}

/** `/v1/models` lists chat models only, as the router does; a language model of one's own comes first. */
export function addModelList(app: FastifyInstance, { languageModel }: ServerParts): void {
  const own = languageModel && toListed({ ...languageModel, providers: [] });
  const chatModels = CATALOGUE.filter(({ task }) => task === 'conversational').map(toListed);
  const data = own === null ? chatModels : [own, ...chatModels];
  app.get('/v1/models', () => ({ object: 'list', data }));
  app.get<{ Params: { '*': string } }>('/v1/models/*', ({ params: { '*': name } }) => {
    if (name === own?.id) return own;
    const model = findModel(name);
    if (model?.task !== 'conversational') throw modelNotFound(name);
    return toListed(model);
  });
}

const toListed = ({
  id,
  providers,
  contextTokens = CONTEXT_TOKENS,
}: Pick<CatalogueModel, 'id' | 'providers'> & { readonly contextTokens?: number }) => ({
  id,
  object: 'model',
  created: 1_760_000_000, // a date that does not move: nobody trained it
  owned_by: 'hansard',
  architecture: { input_modalities: ['text'], output_modalities: ['text'] },
  providers: providers.map((provider) => ({
    provider,
    status: 'live',
    context_length: contextTokens,
    pricing: { input: 0, output: 0 },
    is_free: true,
    supports_tools: false,
    supports_structured_output: true,
    is_model_author: true,
  })),
  // vLLM's field: a model without providers says it here.
  ...(providers.length === 0 && { max_model_len: contextTokens }),
});
