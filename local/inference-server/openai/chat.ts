import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import {
  CONTEXT_TOKENS,
  DRAFT_FIELDS,
  estimateTokens,
  fillableFields,
  jsonAnswer,
  plainAnswer,
} from '../models/extractive.ts';
import { check, readJson, refuseField } from '../read-request.ts';
import type { Refuse } from '../refusal.ts';
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

const contentSchema = z.union([
  z.string(),
  z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1),
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
  response_format: z.unknown().optional(),
});
type Chat = z.infer<typeof chatSchema>;

const DEFAULT_MAX_TOKENS = 1024;

/** `POST …/chat/completions` */
export async function completeChat(
  request: FastifyRequest,
  reply: FastifyReply,
  { refuse, requireModel, responseFormat }: OpenAiDialect,
): Promise<unknown> {
  const chat = check(chatSchema, readJson(request, refuse), refuseField(refuse));
  requireModel(chat.model, 'conversational');
  const schema =
    chat.response_format === undefined || chat.response_format === null
      ? null
      : check(responseFormat, chat.response_format, (message, path) =>
          refuse(400, message, { param: ['response_format', ...path].join('.') }),
        );
  if (chat.stream !== true && chat.stream_options !== undefined && chat.stream_options !== null) {
    throw refuse(400, 'stream_options is only allowed with stream', { param: 'stream_options' });
  }
  const maxTokens = chat.max_completion_tokens ?? chat.max_tokens ?? DEFAULT_MAX_TOKENS;
  const promptTokens = chat.messages.reduce(
    (sum, { content }) => sum + estimateTokens(toText(content)),
    0,
  );
  refuseOverflow(promptTokens, maxTokens, refuse);
  const prompt = lastUserMessage(chat, refuse);
  const answer =
    schema === null
      ? { content: await plainAnswer(prompt, maxTokens), finishReason: 'stop' as const }
      : await jsonAnswer(prompt, requireFields(schema, refuse), maxTokens);
  const content = cutAtStop(answer.content, [chat.stop ?? []].flat());
  const completionTokens = estimateTokens(content);
  const finishReason = content === answer.content ? answer.finishReason : 'stop';
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  request.bill(digestOf(chat));
  if (chat.stream === true) {
    const includeUsage = chat.stream_options?.include_usage === true;
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    return toEvents(content, finishReason, includeUsage ? usage : null);
  }
  return {
    ...completionHead('chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content },
        finish_reason: finishReason,
        logprobs: null,
      },
    ],
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

function refuseOverflow(promptTokens: number, maxTokens: number, refuse: Refuse): void {
  if (promptTokens + maxTokens <= CONTEXT_TOKENS) return;
  throw refuse(
    400,
    `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, you requested ${promptTokens + maxTokens} tokens (${promptTokens} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}

function lastUserMessage({ messages }: Chat, refuse: Refuse): string {
  const message = messages.findLast(({ role }) => role === 'user');
  if (message !== undefined) return toText(message.content);
  throw refuse(400, 'There is no user message to answer', { param: 'messages' });
}

const toText = (content: z.infer<typeof contentSchema>): string =>
  typeof content === 'string' ? content : content.map((part) => part.text).join('\n');

function requireFields(
  schema: Readonly<Record<string, unknown>>,
  refuse: Refuse,
): readonly string[] {
  const fields = fillableFields(schema);
  if (fields !== null) return fields;
  throw refuse(
    400,
    `extractive-v1 fills schemas with these properties only: ${DRAFT_FIELDS.join(', ')}`,
    { param: 'response_format' },
  );
}

/** The text before the first stop sequence. */
export function cutAtStop(content: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => content.indexOf(stop)).filter((at) => at >= 0);
  return ends.length === 0 ? content : content.slice(0, Math.min(...ends));
}
