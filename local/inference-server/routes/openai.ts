import { z } from 'zod';
import type { FileStore } from '../file-store.ts';
import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { findModel, type CatalogueModel } from '../models/catalogue.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { completeChat } from '../tasks/chat-completion.ts';
import { answerEmbeddings } from '../tasks/embeddings.ts';
import { generateImage } from '../tasks/image-generation.ts';
import {
  negativePromptSchema,
  promptSchema,
  seedSchema,
  sizeSchema,
} from '../tasks/picture-fields.ts';
import { transcribeForm } from '../tasks/transcription-form.ts';
import { openAiVerboseBody } from '../tasks/verbose-transcription.ts';

/** OpenAI's form of `response_format`. */
export const openAiResponseFormat = z.union([
  z.strictObject({ type: z.literal('text') }).transform(() => null),
  z
    .strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
        description: z.string().optional(),
        strict: z.boolean().nullish(),
        schema: z.record(z.string(), z.json()),
      }),
    })
    .transform(({ json_schema }) => json_schema.schema),
]);

/** The fields of OpenAI that mean something here, and two that self-hosted servers add. */
const imageSchema = z
  .strictObject({
    model: z.string().min(1),
    prompt: promptSchema,
    n: z.literal(1).nullish(),
    size: sizeSchema.default({ width: 1024, height: 1024 }),
    response_format: z.enum(['url', 'b64_json']).nullish(),
    quality: z.enum(['auto', 'standard', 'hd', 'low', 'medium', 'high']).nullish(),
    style: z.enum(['vivid', 'natural']).nullish(),
    user: z.string().nullish(),
    negative_prompt: negativePromptSchema.default(''),
    seed: seedSchema.default(0),
  })
  .transform((body) => ({
    model: body.model,
    order: {
      prompt: body.prompt,
      negativePrompt: body.negative_prompt,
      seed: body.seed,
      ...body.size,
    },
    format: 'png' as const,
    as: body.response_format ?? ('url' as const),
  }));

/** `/v1/…`, where the router serves chats only, and an OpenAI-compatible server of one's own the rest. */
export const openAi = (parts: {
  readonly transcriber: Transcriber;
  readonly files: FileStore;
}): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/v1\/chat\/completions$/,
    role: () => 'summarize',
    handle: async (request) =>
      completeChat(request, {
        refuse: openAiRefusal,
        responseFormat: openAiResponseFormat,
        headers: { 'x-inference-provider': 'local' },
        checkModel: (name) => {
          if (findModel(name)?.task === 'conversational') return;
          throw openAiRefusal(
            400,
            `The requested model '${name}' is not supported by any provider you have enabled.`,
            { param: 'model', code: 'model_not_supported' },
          );
        },
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/v1\/audio\/transcriptions$/,
    role: () => 'transcribe',
    handle: (request) =>
      transcribeForm(request, parts.transcriber, {
        refuse: openAiRefusal,
        checkModel: requireTask('automatic-speech-recognition'),
        formats: ['json', 'text', 'verbose_json'],
        granularityFields: ['timestamp_granularities[]'],
        defaultLanguage: null,
        takesAddress: false,
        verboseBody: openAiVerboseBody,
        headers: {},
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/v1\/embeddings$/,
    role: () => 'embed',
    handle: async (request) =>
      answerEmbeddings(request, {
        refuse: openAiRefusal,
        checkModel: requireTask('feature-extraction'),
        headers: {},
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/v1\/images\/generations$/,
    role: () => 'illustrate',
    handle: (request) =>
      generateImage(request, parts.files, {
        refuse: openAiRefusal,
        schema: imageSchema,
        checkModel: requireTask('text-to-image'),
        body: (picture) => ({ created: Math.floor(Date.now() / 1000), data: [picture] }),
        headers: {},
      }),
  },
];

const requireTask =
  (task: CatalogueModel['task']) =>
  (name: string): void => {
    if (findModel(name)?.task === task) return;
    throw openAiRefusal(404, `The model '${name}' does not exist`, {
      param: 'model',
      code: 'model_not_found',
    });
  };
