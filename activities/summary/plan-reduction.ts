import { digestOf } from '../../adapters/identity/digest.ts';
import { reductionKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { STANDARD, type Outline } from './outline.ts';
import { acceptedKeys, readAsked, readDrafts, reductionSchema } from './partial-summaries.ts';
import { answerSchema, draftJson, reductionMessages } from './prompts.ts';
import { answerTokens, chainCounter, promptTokens, type Count } from './token-budget.ts';

/**
 * Writes the manifest of a level: which answers it has, and which of them one reducing call joins. No groups when a
 * single summary is left. The groups of a stored plan for the same summaries are kept even if their tokens are counted
 * differently now, because their answers may be stored.
 */
export const planReduction =
  (deps: Dependencies): Activities['planReduction'] =>
  async (at) => {
    const { tenant, jobId, revision, level, generation, contextTokens } = at;
    const { store } = deps;
    const key = reductionKey(tenant, jobId, level, generation, contextTokens, revision);
    const job = await readJobInput(store, at);
    const partials = await acceptedKeys(store, job, at);
    const { outline } = await readAsked(store, job, at);
    const drafts = await readDrafts(store, job, partials, outline);
    const partialsSha256 = digestOf(drafts);
    const held = await store.findJson(key, reductionSchema);
    const groups =
      held?.partialsSha256 === partialsSha256
        ? held.groups
        : planGroups(drafts, { contextTokens, count: await chainCounter(deps), outline });
    await store.putJson(key, { schemaVersion: 1, partialsSha256, partials, groups });
    return { groups: groups.length };
  };

/** Which partial summaries one reducing call joins, by their indexes; none when a single one is left. */
export const planGroups = (
  drafts: readonly SummaryDraft[],
  within: { readonly contextTokens: number; readonly count: Count; readonly outline: Outline },
): number[][] =>
  groupDrafts(
    drafts.map((draft) => sizeOfDraft(draft, within.count, within.outline)),
    within,
  );

/**
 * Groups consecutive drafts by index, at least two per group, as many as fit one call with prompt and answer. Two
 * drafts that do not fit are a group too, because every level must leave fewer drafts than it found. Only the last
 * group may hold one draft, if it fits no other group. No groups for fewer than two drafts.
 *
 * @param sizes tokens of each draft by `sizeOfDraft`
 */
export function groupDrafts(
  sizes: readonly number[],
  {
    contextTokens,
    count,
    outline = STANDARD,
  }: { readonly contextTokens: number; readonly count: Count; readonly outline?: Outline },
): number[][] {
  if (sizes.length < 2) return [];
  const budget =
    contextTokens -
    promptTokens(
      reductionMessages({ partials: [], language: null, outline }),
      count,
      answerSchema(outline),
    ) -
    TOKENS_OF_A_LANGUAGE -
    answerTokens(contextTokens);
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

/** The name of the language in the prompt. */
const TOKENS_OF_A_LANGUAGE = 8;

/** Tokens that a draft adds to a reducing call, with the separator before the next draft. */
export const sizeOfDraft = (draft: SummaryDraft, count: Count, outline = STANDARD): number =>
  count(`${draftJson([draft], outline)},`) + TOKENS_AT_A_JOINT;

/** A tokenizer may make more tokens of a whole than of its parts: at most this many where two parts meet. */
const TOKENS_AT_A_JOINT = 2;
