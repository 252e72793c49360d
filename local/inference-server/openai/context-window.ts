import { CONTEXT_TOKENS } from '../models/extractive.ts';
import type { Refusal, Refuse } from '../refusal.ts';

interface Room {
  readonly promptTokens: number;
  readonly maxTokens: number;
  /** Of the model; default: that of extraction. */
  readonly contextTokens?: number;
}

/** Throws if the prompt, in the body's `field`, and the longest answer do not fit extraction's context together. */
export function requireRoom(
  field: 'messages' | 'prompt',
  room: Omit<Room, 'contextTokens'>,
  refuse: Refuse,
): void {
  if (room.promptTokens + room.maxTokens > CONTEXT_TOKENS) throw noRoom(field, room, refuse);
}

/** What vLLM says then. */
export function noRoom(
  field: 'messages' | 'prompt',
  { promptTokens, maxTokens, contextTokens = CONTEXT_TOKENS }: Room,
  refuse: Refuse,
): Refusal {
  const tokens = promptTokens + maxTokens;
  const message = `This model's maximum context length is ${contextTokens} tokens. However, you requested ${tokens} tokens (${promptTokens} in the ${field}, ${maxTokens} in the completion). Please reduce the length of the ${field} or completion.`;
  return refuse(400, message, field, 'context_length_exceeded');
}

/** The `usage` of an answer. */
export const usageOf = (prompt_tokens: number, completion_tokens: number) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
});
