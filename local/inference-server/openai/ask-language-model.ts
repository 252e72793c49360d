import type { FastifyReply } from 'fastify';
import { ChatRefusal, type LanguageModel } from '../models/gguf/language-model.ts';
import type { Refuse } from '../refusal.ts';
import type { ChatRequest, Completion } from './chat-request.ts';
import { noRoom, usageOf } from './context-window.ts';

/** OpenAI's own. */
const DEFAULT_TEMPERATURE = 1;

/** Throws a refusal where the request is at fault. An answer that nobody waits for is broken off: it may take minutes. */
export async function askLanguageModel(
  model: LanguageModel,
  { chat, maxTokens }: { readonly chat: ChatRequest; readonly maxTokens: number },
  { reply, refuse }: { readonly reply: FastifyReply; readonly refuse: Refuse },
): Promise<Completion> {
  const left = new AbortController();
  reply.raw.once('close', () => left.abort(new Error('the client left')));
  try {
    const { content, finishReason, promptTokens, completionTokens } = await model.complete(
      {
        messages: chat.messages,
        schema: chat.response_format ?? null,
        maxTokens,
        temperature: chat.temperature ?? DEFAULT_TEMPERATURE,
        topP: chat.top_p ?? undefined,
        // -1 and 0 are both "all tokens".
        topK: Math.max(0, chat.top_k ?? 0),
        minP: chat.min_p ?? undefined,
        seed: chat.seed ?? undefined,
        repetitionPenalty: chat.repetition_penalty ?? undefined,
        frequencyPenalty: chat.frequency_penalty ?? undefined,
        presencePenalty: chat.presence_penalty ?? undefined,
        stops: [chat.stop ?? []].flat(),
      },
      left.signal,
    );
    const usage = usageOf(promptTokens, completionTokens);
    return { model: model.id, content, finishReason, usage };
  } catch (error) {
    if (!(error instanceof ChatRefusal)) throw error;
    const { reason } = error;
    if ('schema' in reason) throw refuse(400, reason.schema, 'response_format');
    const { contextTokens } = model;
    throw noRoom('messages', { ...reason, maxTokens, contextTokens }, refuse);
  }
}
