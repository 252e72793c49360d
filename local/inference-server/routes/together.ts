import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FileStore } from '../file-store.ts';
import { Refusal, type Refuse } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { toEnglishName } from '../models/language-names.ts';
import type { Transcriber, Transcription } from '../models/transcriber.ts';
import { completeChat } from '../tasks/chat-completion.ts';
import { answerEmbeddings } from '../tasks/embeddings.ts';
import { generateImage } from '../tasks/image-generation.ts';
import {
  guidanceSchema,
  negativePromptSchema,
  promptSchema,
  seedSchema,
  sideSchema,
  stepsSchema,
} from '../tasks/picture-fields.ts';
import { transcribeForm } from '../tasks/transcription-form.ts';
import { spokenText } from '../tasks/verbose-transcription.ts';
import { requireServed } from './require-served.ts';

/** Together sends `retry-after` with answers that are no refusal at all. */
const headers = { 'x-inference-provider': 'together', 'retry-after': '2' };

const togetherRefusal: Refuse = (status, message, facts = {}) =>
  new Refusal(status, {
    id: randomUUID(),
    error: {
      message,
      type: 'invalid_request_error',
      param: facts.param ?? null,
      code: facts.code ?? null,
    },
  });

/** The schema stands beside the type, not below `json_schema` as with OpenAI. */
const responseFormat = z.union([
  z.strictObject({ type: z.literal('text') }).transform(() => null),
  z
    .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.json()) })
    .transform(({ schema }) => schema),
]);

const imageSchema = z
  .strictObject({
    model: z.string().min(1),
    prompt: promptSchema,
    n: z.literal(1).optional(),
    steps: stepsSchema.optional(),
    guidance: guidanceSchema.optional(),
    guidance_scale: guidanceSchema.optional(),
    width: sideSchema.default(1024),
    height: sideSchema.default(1024),
    seed: seedSchema.default(0),
    negative_prompt: negativePromptSchema.default(''),
    output_format: z.enum(['jpeg', 'png']).default('jpeg'),
    response_format: z.enum(['base64', 'url']).default('url'),
  })
  .transform((body) => ({
    model: body.model,
    order: {
      prompt: body.prompt,
      negativePrompt: body.negative_prompt,
      width: body.width,
      height: body.height,
      seed: body.seed,
    },
    format: body.output_format,
    as: body.response_format === 'base64' ? ('b64_json' as const) : ('url' as const),
  }));

/** `/together/v1/…` in Together's own dialect. */
export const together = (parts: {
  readonly transcriber: Transcriber;
  readonly files: FileStore;
}): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/together\/v1\/audio\/transcriptions$/,
    role: () => 'transcribe',
    handle: (request) =>
      transcribeForm(request, parts.transcriber, {
        refuse: togetherRefusal,
        checkModel: requireServed('together', 'automatic-speech-recognition'),
        formats: ['json', 'verbose_json'],
        granularityFields: ['timestamp_granularities', 'timestamp_granularities[]'],
        defaultLanguage: null,
        takesAddress: true,
        verboseBody,
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/together\/v1\/images\/generations$/,
    role: () => 'illustrate',
    handle: (request) =>
      generateImage(request, parts.files, {
        refuse: togetherRefusal,
        schema: imageSchema,
        checkModel: requireServed('together', 'text-to-image'),
        body: (picture) => ({
          id: randomUUID(),
          model: 'hansard/procedural-v1',
          object: 'list',
          data: [{ index: 0, ...picture }],
        }),
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/together\/v1\/chat\/completions$/,
    role: () => 'summarize',
    handle: async (request) =>
      completeChat(request, {
        refuse: togetherRefusal,
        checkModel: requireServed('together', 'conversational'),
        responseFormat,
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/together\/v1\/embeddings$/,
    role: () => 'embed',
    handle: async (request) =>
      answerEmbeddings(request, {
        refuse: togetherRefusal,
        checkModel: requireServed('together', 'feature-extraction'),
        headers,
      }),
  },
];

/** Segments without the decoder's figures. */
const verboseBody = (transcription: Transcription, withWords: boolean): object => ({
  task: 'transcribe',
  language: toEnglishName(transcription.language),
  duration: transcription.durationSeconds,
  text: spokenText(transcription),
  segments: transcription.segments.map(({ start, end, text }, id) => ({ id, start, end, text })),
  ...(withWords ? { words: transcription.segments.flatMap(({ words }) => words ?? []) } : {}),
});
