import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { jsonReply } from '../http/reply.ts';
import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { findModel } from '../models/catalogue.ts';
import {
  CONTEXT_TOKENS,
  DRAFT_FIELDS,
  estimateTokens,
  jsonAnswer,
  plainAnswer,
} from '../models/extractive.ts';

const contentSchema = z.union([
  z.string(),
  z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1),
]);

/** Sampling parameters are checked and have nothing to act on: extraction draws no tokens. */
const requestSchema = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: contentSchema }),
    )
    .min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  stream: z.boolean().nullish(),
  response_format: z
    .union([
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({
          name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
          description: z.string().optional(),
          strict: z.boolean().nullish(),
          schema: z.record(z.string(), z.json()),
        }),
      }),
    ])
    .nullish(),
});
type ChatRequest = z.infer<typeof requestSchema>;

/** Room for an answer when the client names no `max_tokens`. */
const DEFAULT_MAX_TOKENS = 1024;

export const chatCompletions: Route = {
  kind: 'model',
  method: 'POST',
  pattern: /^\/v1\/chat\/completions$/,
  role: () => 'summarize',
  handle: ({ headers, body }) => {
    const request = parseRequest(headers['content-type'], body);
    const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_MAX_TOKENS;
    const promptTokens = request.messages
      .map((message) => estimateTokens(textOf(message.content)))
      .reduce((sum, tokens) => sum + tokens, 0);
    refuseOverflow(promptTokens, maxTokens);
    const prompt = lastUserMessage(request);
    const fields = wantedFields(request);
    const { content, finishReason } =
      fields === null
        ? { content: plainAnswer(prompt, maxTokens), finishReason: 'stop' }
        : jsonAnswer(prompt, fields, maxTokens);
    const completionTokens = estimateTokens(content);
    return Promise.resolve({
      inputDigest: digestOf(request),
      reply: jsonReply(
        {
          id: `chatcmpl-${randomUUID()}`,
          object: 'chat.completion',
          created: Math.floor(Date.now() / 1000),
          model: 'hansard/extractive-v1',
          system_fingerprint: 'extractive-v1',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content },
              finish_reason: finishReason,
              logprobs: null,
            },
          ],
          usage: {
            prompt_tokens: promptTokens,
            completion_tokens: completionTokens,
            total_tokens: promptTokens + completionTokens,
          },
        },
        { 'x-inference-provider': 'local' },
      ),
    });
  },
};

function parseRequest(contentType: string | undefined, body: Uint8Array): ChatRequest {
  if (!/^application\/json(\s*;|$)/i.test(contentType ?? '')) {
    throw openAiRefusal(415, 'Content-Type must be application/json');
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw openAiRefusal(400, 'We could not parse the JSON body of your request');
  }
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) {
    throw openAiRefusal(400, z.prettifyError(parsed.error), {
      param: parsed.error.issues[0]?.path.join('.') ?? '',
    });
  }
  const request = parsed.data;
  if (findModel(request.model)?.task !== 'conversational') {
    throw openAiRefusal(
      400,
      `The requested model '${request.model}' is not supported by any provider you have enabled.`,
      { param: 'model', code: 'model_not_supported' },
    );
  }
  if (request.stream === true) {
    throw openAiRefusal(400, 'Streaming is not supported by extractive-v1', { param: 'stream' });
  }
  return request;
}

function refuseOverflow(promptTokens: number, maxTokens: number): void {
  if (promptTokens + maxTokens <= CONTEXT_TOKENS) return;
  throw openAiRefusal(
    400,
    `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, you requested ${promptTokens + maxTokens} tokens (${promptTokens} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}

function lastUserMessage(request: ChatRequest): string {
  const message = request.messages.findLast(({ role }) => role === 'user');
  if (message === undefined) {
    throw openAiRefusal(400, 'There is no user message to answer', { param: 'messages' });
  }
  return textOf(message.content);
}

const textOf = (content: z.infer<typeof contentSchema>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');

/** The fields that the schema asks for; null: plain text. No rules fill a schema of another shape. */
function wantedFields(request: ChatRequest): readonly string[] | null {
  const format = request.response_format;
  if (format?.type !== 'json_schema') return null;
  const parsed = fillableSchema.safeParse(format.json_schema.schema);
  if (parsed.success) return Object.keys(parsed.data.properties);
  throw openAiRefusal(
    400,
    `extractive-v1 fills schemas with these properties only: ${DRAFT_FIELDS.join(', ')}`,
    { param: 'response_format' },
  );
}

const fillableSchema = z.object({
  type: z.literal('object'),
  properties: z
    .record(z.string(), z.unknown())
    .refine(
      (properties) =>
        'summary' in properties &&
        Object.keys(properties).every((name) => DRAFT_FIELDS.includes(name)),
    ),
});
