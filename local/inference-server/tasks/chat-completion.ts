import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { Refuse } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { check, readJson, refuseField } from '../http/read-json.ts';
import {
  CONTEXT_TOKENS,
  DRAFT_FIELDS,
  estimateTokens,
  fillableFields,
  jsonAnswer,
  plainAnswer,
} from '../models/extractive.ts';
import { streamedReply, type Completion } from './streamed-completion.ts';

/** What differs between the servers that take chats. */
export interface ChatDialect {
  readonly refuse: Refuse;
  /** Throws where the model is not served. */
  readonly checkModel: (model: string) => void;
  /** Comes to the JSON schema that is asked for; null: plain text. */
  readonly responseFormat: z.ZodType<Readonly<Record<string, unknown>> | null>;
  readonly headers: Readonly<Record<string, string>>;
}

const contentSchema = z.union([
  z.string(),
  z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1),
]);

/** Sampling parameters are checked and have nothing to act on: extraction draws no tokens. */
const requestShape = {
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
};
const requestSchema = z.strictObject({ ...requestShape, response_format: z.unknown().optional() });
type ChatRequest = z.infer<typeof requestSchema>;

/** Room for an answer when the client names no `max_tokens`. */
const DEFAULT_MAX_TOKENS = 1024;

export function completeChat(request: RouteRequest, dialect: ChatDialect): ModelAnswer {
  const { refuse } = dialect;
  const chat = check(requestSchema, readJson(request, refuse), refuseField(refuse));
  dialect.checkModel(chat.model);
  const wanted = readFormat(chat, dialect);
  if (chat.stream !== true && chat.stream_options !== undefined && chat.stream_options !== null) {
    throw refuse(400, 'stream_options is only allowed with stream', { param: 'stream_options' });
  }
  const maxTokens = chat.max_completion_tokens ?? chat.max_tokens ?? DEFAULT_MAX_TOKENS;
  const promptTokens = chat.messages
    .map((message) => estimateTokens(textOf(message.content)))
    .reduce((sum, tokens) => sum + tokens, 0);
  refuseOverflow(promptTokens, maxTokens, refuse);
  const prompt = lastUserMessage(chat, refuse);
  const answer =
    wanted === null
      ? { content: plainAnswer(prompt, maxTokens), finishReason: 'stop' as const }
      : jsonAnswer(prompt, fieldsOf(wanted, refuse), maxTokens);
  const content = cutAtStop(answer.content, [chat.stop ?? []].flat());
  const completionTokens = estimateTokens(content);
  const completion: Completion = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: 'hansard/extractive-v1',
    content,
    finishReason: content === answer.content ? answer.finishReason : 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
  return {
    inputDigest: digestOf(chat),
    reply:
      chat.stream === true
        ? streamedReply(completion, chat.stream_options?.include_usage === true, dialect.headers)
        : jsonReply(wholeBody(completion), dialect.headers),
  };
}

const wholeBody = ({ id, created, model, content, finishReason, usage }: Completion): object => ({
  id,
  object: 'chat.completion',
  created,
  model,
  system_fingerprint: 'extractive-v1',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content },
      finish_reason: finishReason,
      logprobs: null,
    },
  ],
  usage,
});

function readFormat(chat: ChatRequest, { refuse, responseFormat }: ChatDialect) {
  if (chat.response_format === undefined || chat.response_format === null) return null;
  return check(responseFormat, chat.response_format, (message, path) =>
    refuse(400, message, { param: ['response_format', ...path].join('.') }),
  );
}

function refuseOverflow(promptTokens: number, maxTokens: number, refuse: Refuse): void {
  if (promptTokens + maxTokens <= CONTEXT_TOKENS) return;
  throw refuse(
    400,
    `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, you requested ${promptTokens + maxTokens} tokens (${promptTokens} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}

function lastUserMessage(chat: ChatRequest, refuse: Refuse): string {
  const message = chat.messages.findLast(({ role }) => role === 'user');
  if (message !== undefined) return textOf(message.content);
  throw refuse(400, 'There is no user message to answer', { param: 'messages' });
}

const textOf = (content: z.infer<typeof contentSchema>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');

function fieldsOf(schema: Readonly<Record<string, unknown>>, refuse: Refuse): readonly string[] {
  const fields = fillableFields(schema);
  if (fields !== null) return fields;
  throw refuse(
    400,
    `extractive-v1 fills schemas with these properties only: ${DRAFT_FIELDS.join(', ')}`,
    { param: 'response_format' },
  );
}

/** What comes before the first stop sequence, wherever it begins. */
export function cutAtStop(content: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => content.indexOf(stop)).filter((at) => at >= 0);
  return ends.length === 0 ? content : content.slice(0, Math.min(...ends));
}
