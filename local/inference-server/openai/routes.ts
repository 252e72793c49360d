import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { FileStore } from '../kept-results.ts';
import { CATALOGUE, findModel, modelOf, type Provider, type Task } from '../models/catalogue.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { modelNotFound, openAiRefusal, Refusal, taskRefusal, toOpenAiError } from '../refusal.ts';
import { completeChat, openAiResponseFormat, togetherResponseFormat } from './chat.ts';
import type { OpenAiDialect } from './dialect.ts';
import { answerEmbeddings } from './embeddings.ts';
import { generateImage, nscaleImages, openAiImages, togetherImages } from './images.ts';
import {
  openAiSpeechForm,
  togetherSpeechForm,
  transcribeForm,
  type SpeechForm,
} from './transcriptions.ts';

/** The router itself refuses a model that the provider does not have, in its own words. */
const requireServedBy = (provider: Provider) => (model: string, task: Task) => {
  if (modelOf(provider, model)?.task === task) return;
  throw taskRefusal(400, `Model not supported by provider ${provider}`);
};

/** An OpenAI-compatible server of one's own; the public router serves only the chats of it. */
export const openAi: OpenAiDialect = {
  prefix: '/v1',
  provider: null,
  refuse: openAiRefusal,
  requireModel: (model, task) => {
    if (findModel(model)?.task === task) return;
    if (task !== 'conversational') throw modelNotFound(model);
    const message = `The requested model '${model}' is not supported by any provider you have enabled.`;
    throw openAiRefusal(400, message, { param: 'model', code: 'model_not_supported' });
  },
  responseFormat: openAiResponseFormat,
  speech: openAiSpeechForm,
  images: openAiImages,
  headers: (task): Record<string, string> =>
    task === 'conversational' ? { 'x-inference-provider': 'local' } : {},
};

const likeOpenAi = (provider: Provider, prefix: string): OpenAiDialect => ({
  ...openAi,
  prefix,
  provider,
  requireModel: requireServedBy(provider),
  headers: () => ({ 'x-inference-provider': provider }),
});

export const OPENAI_DIALECTS: readonly OpenAiDialect[] = [
  openAi,
  likeOpenAi('deepinfra', '/deepinfra/v1/openai'),
  { ...likeOpenAi('nscale', '/nscale/v1'), images: nscaleImages },
  {
    ...likeOpenAi('together', '/together/v1'),
    refuse: (status, message, facts) =>
      new Refusal(status, { id: randomUUID(), ...toOpenAiError(message, facts) }),
    responseFormat: togetherResponseFormat,
    speech: togetherSpeechForm,
    images: togetherImages,
    // Together sends `retry-after` even with successful answers.
    headers: () => ({ 'x-inference-provider': 'together', 'retry-after': '2' }),
  },
];

interface Route {
  readonly path: string;
  readonly task: Task;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** The routes of one server; a provider has those for which it has a model. */
export function addOpenAiRoutes(
  app: FastifyInstance,
  dialect: OpenAiDialect,
  { transcriber, files }: { readonly transcriber: Transcriber; readonly files: FileStore },
): void {
  const { prefix, provider, refuse, requireModel } = dialect;
  const speech: SpeechForm = {
    ...dialect.speech,
    refuse,
    requireModel: (model) => requireModel(model, 'automatic-speech-recognition'),
  };
  const routes: readonly Route[] = [
    {
      path: '/chat/completions',
      task: 'conversational',
      handle: (request, reply) => completeChat(request, reply, dialect),
    },
    {
      path: '/audio/transcriptions',
      task: 'automatic-speech-recognition',
      handle: (request, reply) => transcribeForm(request, reply, transcriber, speech),
    },
    {
      path: '/embeddings',
      task: 'feature-extraction',
      handle: (request) => answerEmbeddings(request, dialect),
    },
    {
      path: '/images/generations',
      task: 'text-to-image',
      handle: (request) => generateImage(request, files, dialect),
    },
  ];
  for (const { path, task, handle } of routes) {
    const model = CATALOGUE.find(
      (one) => one.task === task && (provider === null || one.providers.includes(provider)),
    );
    if (model === undefined) continue;
    app.post(prefix + path, { config: { role: model.role } }, async (request, reply) => {
      const answer = await handle(request, reply);
      reply.headers(dialect.headers(task));
      return answer;
    });
  }
}
