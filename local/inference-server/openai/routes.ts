import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import {
  CATALOGUE,
  findModel,
  modelOf,
  ROLES,
  type Provider,
  type Task,
} from '../models/catalogue.ts';
import { modelNotFound, notServedBy, openAiRefusal, Refusal, toOpenAiError } from '../refusal.ts';
import type { ServerParts } from '../server-parts.ts';
import { completeChat, openAiResponseFormat, togetherResponseFormat } from './chat.ts';
import { completePlainText } from './completions.ts';
import type { OpenAiDialect } from './dialect.ts';
import { answerEmbeddings } from './embeddings.ts';
import { generateImage, nscaleImages, openAiImages, togetherImages } from './images.ts';
import { openAiSpeech, togetherSpeech, transcribeForm } from './transcriptions.ts';

/** An OpenAI-compatible server of one's own; the public router serves only the chats of it. */
export const openAi: OpenAiDialect = {
  prefix: '/v1',
  provider: null,
  refuse: openAiRefusal,
  requireModel: (model, task) => {
    if (findModel(model)?.task === task) return;
    if (task !== 'conversational') throw modelNotFound(model);
    const message = `The requested model '${model}' is not supported by any provider you have enabled.`;
    throw openAiRefusal(400, message, 'model', 'model_not_supported');
  },
  responseFormat: openAiResponseFormat,
  speech: openAiSpeech,
  images: openAiImages,
  headers: (task): Record<string, string> =>
    task === 'conversational' ? { 'x-inference-provider': 'local' } : {},
};

const likeOpenAi = (provider: Provider, prefix: string): OpenAiDialect => ({
  ...openAi,
  prefix,
  provider,
  requireModel: (model, task) => {
    if (modelOf(provider, model)?.task !== task) throw notServedBy(provider);
  },
  headers: () => ({ 'x-inference-provider': provider }),
});

export const OPENAI_DIALECTS: readonly OpenAiDialect[] = [
  openAi,
  likeOpenAi('deepinfra', '/deepinfra/v1/openai'),
  { ...likeOpenAi('nscale', '/nscale/v1'), images: nscaleImages },
  {
    ...likeOpenAi('together', '/together/v1'),
    refuse: (status, ...facts) =>
      new Refusal(status, { id: randomUUID(), ...toOpenAiError(...facts) }),
    responseFormat: togetherResponseFormat,
    speech: togetherSpeech,
    images: togetherImages,
    // Together sends `retry-after` even with successful answers.
    headers: () => ({ 'x-inference-provider': 'together', 'retry-after': '2' }),
  },
];

/** The routes of one server; a provider has those for which it has a model. */
export function addOpenAiRoutes(
  app: FastifyInstance,
  dialect: OpenAiDialect,
  { transcriber, files, languageModel }: ServerParts,
): void {
  const { prefix, provider } = dialect;
  const add = (
    path: string,
    task: Task,
    handle: (request: FastifyRequest, reply: FastifyReply) => unknown,
  ) => {
    const models = CATALOGUE.filter((model) => model.task === task);
    if (provider !== null && !models.some(({ providers }) => providers.includes(provider))) return;
    app.post(prefix + path, { config: { role: ROLES[task] } }, async (request, reply) => {
      const answer = await handle(request, reply);
      reply.headers(dialect.headers(task));
      return answer;
    });
  };
  add('/chat/completions', 'conversational', (request, reply) =>
    completeChat(request, reply, {
      ...dialect,
      // No provider has it.
      languageModel: provider === null ? languageModel : null,
    }),
  );
  add('/completions', 'text-generation', (request) => completePlainText(request, dialect));
  add('/audio/transcriptions', 'automatic-speech-recognition', (request, reply) =>
    transcribeForm(request, reply, transcriber, dialect),
  );
  add('/embeddings', 'feature-extraction', (request) => answerEmbeddings(request, dialect));
  add('/images/generations', 'text-to-image', (request) => generateImage(request, files, dialect));
}
