import { countTokens } from './count-tokens.ts';
import { answerTokens, reductionMessages } from './prompts.ts';

/**
 * Which partial summaries are reduced together: indexes in order, at least two a group as long as they fit a call
 * with prompt and answer. Two that do not fit are a group all the same, because a level must leave fewer than it
 * found; only the last group may have one, where it fits no other. One draft or none needs no reduction: no groups.
 *
 * @param sizes tokens of each draft as it is sent
 */
export function groupDrafts(sizes: readonly number[], contextTokens: number): number[][] {
  if (sizes.length < 2) return [];
  const budget = draftsBudget(contextTokens);
  const sizeOf = (group: readonly number[]): number =>
    group.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);

  const groups: number[][] = [];
  for (const index of sizes.keys()) {
    const group = groups.at(-1);
    if (group !== undefined && (group.length < 2 || sizeOf([...group, index]) <= budget)) {
      group.push(index);
    } else {
      groups.push([index]);
    }
  }
  const [before, last] = groups.slice(-2);
  if (before !== undefined && last?.length === 1 && before.length > 2) {
    last.unshift(...before.splice(-1));
  }
  return groups;
}

function draftsBudget(contextTokens: number): number {
  const prompt = reductionMessages({ partials: [], language: null })
    .map(({ content }) => countTokens(content) + TOKENS_AROUND_A_MESSAGE)
    .reduce((sum, tokens) => sum + tokens, 0);
  return contextTokens - prompt - answerTokens(contextTokens);
}
/** Role marks and separators of the chat template, and the name of the language. */
const TOKENS_AROUND_A_MESSAGE = 24;
