import { loadBundled, MISTRAL } from './bundled-tokenizers.ts';
import type { TokenCounter } from './token-counter.ts';

/**
 * Replaces a tokenizer that is not available: the higher of the calibrated estimate, and of Mistral's count plus a
 * tenth. Mistral's 32,000 tokens are the smallest vocabulary of all chat models, so it makes the most tokens of
 * strings that are no language; `bench/tokens.ts` prints how far above the exact counts this is.
 */
export async function loadEstimateCounter(): Promise<TokenCounter> {
  const mistral = await loadBundled(MISTRAL);
  return {
    name: 'estimate',
    source: 'estimate',
    count: (text) =>
      text === ''
        ? 0
        : Math.max(estimateTokens(text), Math.ceil(mistral.count(text) * 1.1) + ROUNDING),
  };
}

/** Other tokenizers may cut a short string in other places than Mistral's; measured: at most one token. */
const ROUNDING = 2;

/**
 * Estimates the tokens of natural text from its letters alone, for any tokenizer. Calibrated on sentences in 20
 * languages against the tokenizers of Mistral 7B (the highest: 83 tokens for 60 traditional Chinese characters),
 * Llama 3, o200k and cl100k; no sample is underestimated. Strings that are no language may be; the counter above
 * bounds those.
 *
 * Monotone (a longer text never counts less) and subadditive (the parts together never count less than the whole).
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [, piece = ''] of text.matchAll(PIECES)) tokens += tokensOf(piece);
  return tokens;
}

/** A run of lower-case ASCII letters, or any other single character; a space before a letter belongs to its token. */
const PIECES = /(?: (?=[A-Za-z]))?([a-z]+|[^])/gu;

function tokensOf(piece: string): number {
  const character = piece.codePointAt(0) ?? 0;
  if (character >= 0x61 && character <= 0x7a) return Math.ceil(piece.length / LETTERS_PER_TOKEN);
  if (character < 0x80 || CYRILLIC.test(piece)) return 1;
  // No tokenizer makes more tokens of a character than it has bytes in UTF-8.
  return IDEOGRAPH.test(piece) ? TOKENS_PER_IDEOGRAPH : Buffer.byteLength(piece);
}

/** Finnish and Polish, the worst of the Latin alphabet in Mistral's tokenizer, have 2.2 to 2.4 characters a token. */
const LETTERS_PER_TOKEN = 2.5;
/** Measured up to 1.5: a rare one falls back to its three bytes. */
const TOKENS_PER_IDEOGRAPH = 2;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
/** The letters that are one token in all tokenizers; rarer letters fall back to their bytes. */
const CYRILLIC = /[ЄІЇА-ЩЫ-яёђєѕіїјљћќўџ]/u;
