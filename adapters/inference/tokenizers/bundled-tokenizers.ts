import { inSlices, type TokenCounter } from './token-counter.ts';

/** A tokenizer from an npm package: exact, and available without a network. */
export interface BundledTokenizer {
  readonly name: 'mistral-v1' | 'o200k_harmony' | 'llama-3';
  /** Repositories of its models, and their names at other servers. */
  readonly serves: RegExp;
  /** Imports the vocabulary, which takes up to half a second and 110 MB: only when it is first needed. */
  readonly load: () => Promise<(text: string) => number>;
}

/** Null if none is the model's. Decides by the name alone, without `:provider` or `:policy`. */
export const bundledFor = (model: string): BundledTokenizer | null =>
  BUNDLED_TOKENIZERS.find(({ serves }) => serves.test(model)) ?? null;

export async function loadBundled({ name, load }: BundledTokenizer): Promise<TokenCounter> {
  const count = await load();
  return { name, source: 'bundled', count: (text) => inSlices(text, count) };
}

/** With the space that SentencePiece puts before a text, without the begin-of-text token. */
export const MISTRAL: BundledTokenizer = {
  name: 'mistral-v1',
  // Mistral has another vocabulary since v0.3 and Mixtral 8x22B.
  serves: /(?:^|\/)(?:mixtral-8x7b|mistral-7b(?:-instruct)?-v0\.[12])(?:$|[-_.])/i,
  load: async () => {
    const { default: tokenizer } = await import('mistral-tokenizer-js');
    return (text) => tokenizer.encode(text, false, true).length;
  },
};

export const BUNDLED_TOKENIZERS: readonly BundledTokenizer[] = [
  MISTRAL,
  {
    name: 'o200k_harmony',
    serves: /(?:^|\/)gpt-oss-/i,
    load: async () => {
      const { countTokens } = await import('gpt-tokenizer/encoding/o200k_harmony');
      // `<|end|>` in a transcript is ordinary text.
      return (text) => countTokens(text, { disallowedSpecial: new Set() });
    },
  },
  {
    name: 'llama-3',
    serves: /(?:^|\/)(?:meta-)?llama-3(?:$|[-_.])/i,
    load: async () => {
      const { default: tokenizer } = await import('llama3-tokenizer-js');
      return (text) => tokenizer.encode(text, LLAMA_OPTIONS).length;
    },
  },
];

/** Special tokens in a text count as ordinary text: a server that reads `<|eot_id|>` as one token counts fewer. */
const LLAMA_OPTIONS = { bos: false, eos: false, specialTokenRegex: /(?!)/gu };
