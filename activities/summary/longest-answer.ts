import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { TokenCounter } from '../../adapters/inference/tokenizers/token-counter.ts';
import { answerTokens, promptTokens } from './prompts.ts';

/**
 * The tokens that an answer may have: what the cut left room for, and never more than the target's own context has
 * left beside the prompt, where both are known exactly. Null: the prompt leaves no room for a summary, and the target
 * would refuse it or break off.
 */
export function longestAnswer(
  messages: readonly ChatMessage[],
  {
    contextTokens,
    targetContextTokens,
    counter,
  }: {
    /** For which the sections were cut. */
    readonly contextTokens: number;
    readonly targetContextTokens: number | null;
    readonly counter: TokenCounter;
  },
): number | null {
  const wanted = answerTokens(contextTokens);
  // An upper estimate that leaves nothing proves nothing.
  if (targetContextTokens === null || counter.source === 'estimate') return wanted;
  const left = targetContextTokens - promptTokens(messages, counter.count);
  return left < SHORTEST_ANSWER ? null : Math.min(wanted, left);
}

/** A summary with a decision or two; shorter ones end in the middle of their JSON. */
const SHORTEST_ANSWER = 256;
