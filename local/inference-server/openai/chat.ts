import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { completePrompt, estimateTokens, fillableFields } from '../models/extractive.ts';
import type { LanguageModel } from '../models/gguf/language-model.ts';
import { check, readJson, refuseField } from '../read-request.ts';
import type { Refuse } from '../refusal.ts';
import { askLanguageModel } from './ask-language-model.ts';
import { chatSchema, type ChatRequest, type Completion } from './chat-request.ts';
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

const DEFAULT_MAX_TOKENS = 1024;

/** `POST …/chat/completions`: the language model answers where the request names it, else extraction does. */
export async function completeChat(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    refuse,
    refuseShape = refuseField(refuse),
    requireModel,
    responseFormat,
    languageModel = null,
  }: Pick<OpenAiDialect, 'refuse' | 'refuseShape' | 'requireModel' | 'responseFormat'> & {
    readonly languageModel?: LanguageModel | null;
  },
): Promise<unknown> {
  const schema = chatSchema.extend({ response_format: responseFormat.nullish() });
  const chat = check(schema, readJson(request, refuse), refuseShape);
  const isForLanguageModel = languageModel !== null && chat.model === languageModel.id;
  if (!isForLanguageModel) requireModel(chat.model, 'conversational');
  if (chat.stream !== true && chat.stream_options !== undefined && chat.stream_options !== null) {
    throw refuse(400, 'stream_options is only allowed with stream', 'stream_options');
  }
  const maxTokens = chat.max_completion_tokens ?? chat.max_tokens ?? DEFAULT_MAX_TOKENS;
  const completion = isForLanguageModel
    ? await askLanguageModel(languageModel, { chat, maxTokens }, { reply, refuse })
    : await extract(chat, maxTokens, refuse);
  const { content, finishReason, usage } = completion;
  request.bill(digestOf(chat));
  if (chat.stream === true) {
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    return toEvents(completion, chat.stream_options?.include_usage ? usage : null);
  }
  const message = { role: 'assistant', content };
  return {
    ...completionHead('chat.completion', completion),
    choices: [{ index: 0, message, finish_reason: finishReason, logprobs: null }],
    usage,
  };
}

async function extract(chat: ChatRequest, maxTokens: number, refuse: Refuse): Promise<Completion> {
  const promptTokens = chat.messages.reduce((sum, one) => sum + estimateTokens(one.content), 0);
  requireRoom('messages', { promptTokens, maxTokens }, refuse);
  const prompt = chat.messages.findLast(({ role }) => role === 'user');
  if (prompt === undefined) throw refuse(400, 'There is no user message to answer', 'messages');
  const fillable = fillableFields(chat.response_format, (message) =>
    refuse(400, message, 'response_format'),
  );
  const stops = [chat.stop ?? []].flat();
  const { content, ended } = await completePrompt(prompt.content, maxTokens, fillable, stops);
  return {
    model: 'hansard/extractive-v1',
    content,
    finishReason: ended === 'length' ? 'length' : 'stop',
    usage: usageOf(promptTokens, estimateTokens(content)),
  };
}

const completionHead = (object: string, { model }: Completion) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model,
  system_fingerprint: model.replace(/^.*\//, ''),
});

/** Server-sent events with a word each, ending in `[DONE]`; the usage, if requested, comes last. */
function toEvents(completion: Completion, usage: object | null): string {
  const { content, finishReason } = completion;
  const head = completionHead('chat.completion.chunk', completion);
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
