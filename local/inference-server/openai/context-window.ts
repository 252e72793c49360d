import { CONTEXT_TOKENS, estimateTokens } from '../models/extractive.ts';
import type { Refuse } from '../refusal.ts';

/** Throws if the prompt, in the body's `field`, and the longest answer do not fit the model together. */
export function requireRoom(
  field: 'messages' | 'prompt',
  promptTokens: number,
  maxTokens: number,
  refuse: Refuse,
): void {
  const tokens = promptTokens + maxTokens;
  if (tokens <= CONTEXT_TOKENS) return;
  const message = `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, you requested ${tokens} tokens (${promptTokens} in the ${field}, ${maxTokens} in the completion). Please reduce the length of the ${field} or completion.`;
  throw refuse(400, message, field, 'context_length_exceeded');
}

/** The `usage` of an answer. */
export function usageOf(prompt_tokens: number, content: string) {
  const completion_tokens = estimateTokens(content);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
