import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { completePrompt, estimateTokens, fillableFields } from '../models/extractive.ts';
import { check, readJson, refuseField } from '../read-request.ts';
import { requireRoom, usageOf } from './context-window.ts';
import type { OpenAiDialect } from './dialect.ts';

const text = z.strictObject({ type: z.literal('text') }).transform(() => null);

/** OpenAI's form of `response_format`; null: plain text. */
export const openAiResponseFormat = z.union([
  text,
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

/** Together's form: the schema stands beside the type, not below `json_schema`. */
export const togetherResponseFormat = z.union([
  text,
  z
    .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.json()) })
    .transform(({ schema }) => schema),
]);

/** OpenAI's form, and that of Text Generation Inference, into which huggingface_hub puts it. */
export const hfInferenceResponseFormat = z.union([
  openAiResponseFormat,
  z
    .strictObject({
      type: z.enum(['json', 'json_object']),
      value: z.record(z.string(), z.json()),
    })
    .transform(({ value }) => value),
]);

const contentSchema = z.union([
  z.string(),
  z
    .array(z.strictObject({ type: z.literal('text'), text: z.string() }))
    .min(1)
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
]);

/** Sampling parameters are checked, and change nothing: extraction draws no tokens. */
const chatSchema = z.strictObject({
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
  // The next three are vLLM's, SGLang's and together's, not OpenAI's.
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  user: z.string().nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullish(),
});

const DEFAULT_MAX_TOKENS = 1024;

/** `POST …/chat/completions` */
export async function completeChat(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    refuse,
    refuseShape = refuseField(refuse),
    requireModel,
    responseFormat,
  }: Pick<OpenAiDialect, 'refuse' | 'refuseShape' | 'requireModel' | 'responseFormat'>,
): Promise<unknown> {
  const schema = chatSchema.extend({ response_format: responseFormat.nullish() });
  const chat = check(schema, readJson(request, refuse), refuseShape);
  requireModel(chat.model, 'conversational');
  if (chat.stream !== true && chat.stream_options !== undefined && chat.stream_options !== null) {
    throw refuse(400, 'stream_options is only allowed with stream', 'stream_options');
  }
  const maxTokens = chat.max_completion_tokens ?? chat.max_tokens ?? DEFAULT_MAX_TOKENS;
  const promptTokens = chat.messages.reduce((sum, one) => sum + estimateTokens(one.content), 0);
  requireRoom('messages', promptTokens, maxTokens, refuse);
  const prompt = chat.messages.findLast(({ role }) => role === 'user');
  if (prompt === undefined) throw refuse(400, 'There is no user message to answer', 'messages');
  const fillable = fillableFields(chat.response_format, (message) =>
    refuse(400, message, 'response_format'),
  );
  const stops = [chat.stop ?? []].flat();
  const { content, ended } = await completePrompt(prompt.content, maxTokens, fillable, stops);
  const finishReason = ended === 'length' ? 'length' : 'stop';
  const usage = usageOf(promptTokens, content);
  request.bill(digestOf(chat));
  if (chat.stream === true) {
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    return toEvents(content, finishReason, chat.stream_options?.include_usage ? usage : null);
  }
  const message = { role: 'assistant', content };
  return {
    ...completionHead('chat.completion'),
    choices: [{ index: 0, message, finish_reason: finishReason, logprobs: null }],
    usage,
  };
}

const completionHead = (object: string) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: 'hansard/extractive-v1',
  system_fingerprint: 'extractive-v1',
});

/** Server-sent events with a word each, ending in `[DONE]`; the usage, if requested, comes last. */
function toEvents(content: string, finishReason: string, usage: object | null): string {
  const head = completionHead('chat.completion.chunk');
  const chunk = (choices: readonly object[], counted: object | null = null) => ({
    ...head,
    choices,
    ...(usage === null ? {} : { usage: counted }),
  });
  const choice = (delta: object, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
  const words = content.match(/\s*\S+|\s+$/g) ?? [];
  const events = [
    choice({ role: 'assistant', content: '' }),
    ...words.map((word) => choice({ content: word })),
    choice({}, finishReason),
    ...(usage === null ? [] : [chunk([], usage)]),
  ].map((event) => JSON.stringify(event));
  return [...events, '[DONE]'].map((line) => `data: ${line}\n\n`).join('');
}
