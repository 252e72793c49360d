import { describe, expect, test } from 'vitest';
import { longestAnswer } from '../../../activities/summary/longest-answer.ts';
import { answerTokens, promptTokens } from '../../../activities/summary/prompts.ts';
import type { TokenCounter } from '../../../adapters/inference/tokenizers/token-counter.ts';

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
) => longestAnswer(prompt(length), { contextTokens: 8192, targetContextTokens, counter });

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

  test('does not shrink for what is not known: the context, or the tokens', () => {
    expect(longest(20_000, null)).toBe(answerTokens(8192));
    expect(longest(20_000, 8192, { ...words, source: 'estimate' })).toBe(answerTokens(8192));
  });
});
