import { loadBundled, MISTRAL } from './bundled-tokenizers.ts';
import { estimateTokens } from './estimate-tokens.ts';
import type { TokenCounter } from './token-counter.ts';

/**
 * What stands in for a tokenizer that can't be had: the higher of the calibrated estimate, and of Mistral's count and
 * a tenth. Of 32,000 tokens Mistral's vocabulary is the smallest that chat models have, so that it makes the most of
 * strings that no language writes; `bench/tokens.ts` prints how far above the exact counts this lies.
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

/** A short string may be cut in other places than by Mistral's tokenizer; measured: at most one token. */
const ROUNDING = 2;
