import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupDrafts, sizeOfDraft } from '../../../activities/summary/plan-reduction.ts';
import { reductionMessages } from '../../../activities/summary/prompts.ts';
import { answerTokens, promptTokens } from '../../../activities/summary/token-budget.ts';
import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../../../adapters/inference/tokenizers/bundled-tokenizers.ts';
import { loadEstimateCounter } from '../../../adapters/inference/tokenizers/estimate-tokens.ts';

const { count } = await loadEstimateCounter();
const group = (sizes: readonly number[], contextTokens: number) =>
  groupDrafts(sizes, { contextTokens, count });

describe('groupDrafts', () => {
  test('one draft needs no reduction', () => {
    expect(group([700], 8192)).toEqual([]);
    expect(group([], 8192)).toEqual([]);
  });

  test('drafts that fit together are one group', () => {
    expect(group([500, 500, 500, 500], 8192)).toEqual([[0, 1, 2, 3]]);
  });

  test('a last draft is not left alone', () => {
    expect(group([2000, 1500, 1500, 4000], 8192)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('every draft is in exactly one group in order, and there are fewer groups than drafts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 2, maxLength: 60 }),
        fc.constantFrom(4096, 8192, 32_768),
        (sizes, contextTokens) => {
          const groups = group(sizes, contextTokens);
          expect(groups.flat()).toEqual([...sizes.keys()]);
          expect(groups.length).toBeLessThan(sizes.length);
          for (const one of groups.slice(0, -1)) expect(one.length).toBeGreaterThan(1);
          for (const one of groups.filter(({ length }) => length > 2)) {
            const sum = one.reduce((total, index) => total + (sizes[index] ?? 0), 0);
            expect(sum).toBeLessThan(contextTokens);
          }
        },
      ),
    );
  });

  test('every group fits with prompt and answer, by each tokenizer', async () => {
    const counters = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));
    const words = fc.string({
      unit: fc.constantFrom('budget ', '预算', '<b>', '"', '\n', 'ü', 'x'),
    });
    const draft = fc.tuple(words, fc.integer({ min: 1, max: 30 })).map(([text, times]) => ({
      summary: text.repeat(times),
      keyPoints: [],
      decisions: [],
      openQuestions: [],
      actionItems: [],
    }));
    const contextTokens = 4096;
    fc.assert(
      fc.property(
        fc.array(draft, { minLength: 2, maxLength: 12 }),
        fc.constantFrom(...counters),
        (drafts, counter) => {
          const sizes = drafts.map((one) => sizeOfDraft(one, counter.count));
          const groups = groupDrafts(sizes, { contextTokens, count: counter.count });
          for (const members of groups.filter(({ length }) => length > 2)) {
            const partials = members.flatMap((index) => drafts[index] ?? []);
            const messages = reductionMessages({ partials, language: 'pt' });
            expect(
              promptTokens(messages, counter.count) + answerTokens(contextTokens),
            ).toBeLessThanOrEqual(contextTokens);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
