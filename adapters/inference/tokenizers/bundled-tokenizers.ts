import { inSlices } from './in-slices.ts';
import type { TokenCounter } from './token-counter.ts';

/** A tokenizer that comes with us: exact, and there without a network. */
export interface BundledTokenizer {
  readonly name: 'mistral-v1' | 'o200k_harmony' | 'llama-3';
  /** Repositories, and names that other servers give the same models. */
  readonly serves: RegExp;
  /** Takes up to half a second and 110 MB: only who counts pays. */
  readonly load: () => Promise<(text: string) => number>;
}

/** Null where none of them is the model's: the name alone decides, without `:provider` or `:policy`. */
export const bundledFor = (model: string): BundledTokenizer | null =>
  BUNDLED_TOKENIZERS.find(({ serves }) => serves.test(model)) ?? null;

export async function loadBundled({ name, load }: BundledTokenizer): Promise<TokenCounter> {
  const count = await load();
  return { name, source: 'bundled', count: (text) => inSlices(text, count) };
}

/** With the space that SentencePiece puts before a text, without the mark of its beginning. */
export const MISTRAL: BundledTokenizer = {
  name: 'mistral-v1',
  // Of v0.3 and Mixtral 8x22B on, Mistral's vocabulary is another one.
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
      // A transcript that holds `<|end|>` is text like any other.
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

/** Nothing in a text is a special token: a server that takes `<|eot_id|>` for one counts less, never more. */
const LLAMA_OPTIONS = { bos: false, eos: false, specialTokenRegex: /(?!)/gu };
