import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { Count } from './sections.ts';
import { answerTokens, draftJson, promptTokens, reductionMessages } from './prompts.ts';

/**
 * Which partial summaries are reduced together: indexes in order, at least two a group as long as they fit a call
 * with prompt and answer. Two that do not fit are a group all the same, because a level must leave fewer than it
 * found; only the last group may have one, where it fits no other. One draft or none needs no reduction: no groups.
 *
 * @param sizes tokens of each draft as `sizeOfDraft` counts them
 */
export function groupDrafts(
  sizes: readonly number[],
  { contextTokens, count }: { readonly contextTokens: number; readonly count: Count },
): number[][] {
  if (sizes.length < 2) return [];
  const budget = draftsBudget(contextTokens, count);
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

/** Tokens that a draft adds to a reducing call: as it is sent, with what joins it to the next. */
export const sizeOfDraft = (draft: SummaryDraft, count: Count): number =>
  count(`${draftJson([draft])},`) + TOKENS_AT_A_JOINT;

/** A tokenizer may make more of a whole than of its parts: by no more than this where two of them meet. */
const TOKENS_AT_A_JOINT = 2;

const draftsBudget = (contextTokens: number, count: Count): number =>
  contextTokens -
  promptTokens(reductionMessages({ partials: [], language: null }), count) -
  TOKENS_OF_A_LANGUAGE -
  answerTokens(contextTokens);

/** The name of the language in the prompt. */
const TOKENS_OF_A_LANGUAGE = 8;
