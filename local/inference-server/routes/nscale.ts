import { z } from 'zod';
import type { FileStore } from '../file-store.ts';
import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { completeChat } from '../tasks/chat-completion.ts';
import { generateImage } from '../tasks/image-generation.ts';
import {
  negativePromptSchema,
  promptSchema,
  seedSchema,
  sizeSchema,
} from '../tasks/picture-fields.ts';
import { openAiResponseFormat } from './openai.ts';
import { requireServed } from './require-served.ts';

const headers = { 'x-inference-provider': 'nscale' };

/** nscale answers pictures inside the JSON only. */
const imageSchema = z
  .strictObject({
    model: z.string().min(1),
    prompt: promptSchema,
    n: z.literal(1).optional(),
    size: sizeSchema.default({ width: 1024, height: 1024 }),
    response_format: z.literal('b64_json').optional(),
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
    as: 'b64_json' as const,
  }));

/** `/nscale/v1/…` */
export const nscale = (files: FileStore): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/nscale\/v1\/images\/generations$/,
    role: () => 'illustrate',
    handle: (request) =>
      generateImage(request, files, {
        refuse: openAiRefusal,
        schema: imageSchema,
        checkModel: requireServed('nscale', 'text-to-image'),
        body: (picture) => ({ created: Math.floor(Date.now() / 1000), data: [picture] }),
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/nscale\/v1\/chat\/completions$/,
    role: () => 'summarize',
    handle: async (request) =>
      completeChat(request, {
        refuse: openAiRefusal,
        checkModel: requireServed('nscale', 'conversational'),
        responseFormat: openAiResponseFormat,
        headers,
      }),
  },
];
