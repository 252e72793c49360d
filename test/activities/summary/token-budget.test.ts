import { describe, expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import {
  answerTokens,
  chainCounter,
  longestAnswer,
  promptTokens,
} from '../../../activities/summary/token-budget.ts';
import { SUMMARY_SCHEMA } from '../../../activities/summary/prompts.ts';
import { loadInferenceConfiguration } from '../../../adapters/inference/targets/load-configuration.ts';
import type { TokenCounters } from '../../../adapters/inference/tokenizers/create-token-counters.ts';
import type { TokenCounter } from '../../../adapters/inference/tokenizers/token-counter.ts';
import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../../../adapters/inference/tokenizers/bundled-tokenizers.ts';
import { aTarget } from '../../adapters/inference/a-target.ts';
import { attempt } from '../activity-bench.ts';

const words: TokenCounter = {
  name: 'words',
  source: 'hub',
  count: (text) => (text === '' ? 0 : text.split(' ').length),
};
const prompt = (length: number) => [
  { role: 'user' as const, content: Array.from({ length }, () => 'x').join(' ') },
];
const around = promptTokens(prompt(0), words.count);

const longest = (
  length: number,
  targetContextTokens: number | null,
  counter: TokenCounter = words,
) =>
  longestAnswer(
    { messages: prompt(length), schema: SUMMARY_SCHEMA },
    { contextTokens: 8192, targetContextTokens, counter },
  );

describe('the longest answer', () => {
  test('is a fifth of the context while there is room', () => {
    expect(longest(1000, 8192)).toBe(answerTokens(8192));
    expect(longest(1000, 131_072)).toBe(answerTokens(8192));
  });

  test('is what the prompt leaves of the context, where that is less', () => {
    expect(longest(7000, 8192)).toBe(8192 - 7000 - around);
  });

  test('is none where the prompt leaves too little for a summary', () => {
    expect(longest(8192 - around - 256, 8192)).toBe(256);
    expect(longest(8192 - around - 255, 8192)).toBeNull();
    expect(longest(20_000, 8192)).toBeNull();
  });

  test('does not shrink if the context or the exact number of tokens is unknown', () => {
    expect(longest(20_000, null)).toBe(answerTokens(8192));
    expect(longest(20_000, 8192, { ...words, source: 'estimate' })).toBe(answerTokens(8192));
  });
});

const { roles, ...rest } = loadInferenceConfiguration({ path: '', text: null, env: {} });

/** The name of the model gives the count: `x/3` has three tokens per character. */
const asked: (readonly [string, string | null])[] = [];
const tokens: TokenCounters = {
  counterFor: (model, tokenizer) => {
    asked.push([model, tokenizer]);
    const each = Number((tokenizer ?? model).split('/')[1] ?? 1);
    return Promise.resolve({ name: `${each}`, source: 'hub', count: (text) => text.length * each });
  },
};

const counting = (changes: readonly { model: string; tokenizer?: string }[]) => {
  const summarize = changes.map((change) => aTarget({ role: 'summarize', ...change }));
  const inference: Dependencies['inference'] = { ...rest, roles: { ...roles, summarize } };
  return attempt(() => chainCounter({ inference, tokens }));
};

test('the chain counter counts as many tokens as the highest of its targets', async () => {
  const count = await counting([{ model: 'x/2' }, { model: 'x/3' }, { model: 'x/1' }]);
  expect(count('four')).toBe(12);
});

test("a target's tokenizer is asked for in the place of its model", async () => {
  asked.length = 0;
  const count = await counting([{ model: 'mine', tokenizer: 'x/5' }]);
  expect([count('four'), asked]).toEqual([20, [['mine', 'x/5']]]);
});

test('a worker without summarising targets can count, too', async () => {
  expect((await counting([]))('four')).toBe(4);
});

test('the tokens of a prompt include the schema, which some servers show to the model', async () => {
  const counters = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));
  const schema = JSON.stringify(SUMMARY_SCHEMA.json);
  for (const { count } of counters)
    expect(promptTokens([], count)).toBeGreaterThan(count(schema) + 100);
});

test('a prompt takes 640 tokens for template and schema, and 16 around each message', () => {
  const messages = [...prompt(0), ...prompt(0)];
  expect(promptTokens([], words.count)).toBe(640);
  expect(promptTokens(messages, words.count)).toBe(672);
});

test('the answer gets a fifth of the context, within bounds', () => {
  expect([4096, 8192, 32_768, 1000].map(answerTokens)).toEqual([819, 1638, 4096, 512]);
});
