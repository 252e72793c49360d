/** Counts the tokens of a text for one model. Pure and synchronous. */
export interface TokenCounter {
  /** Without the tokens that a chat template puts around messages. Never throws. */
  readonly count: (text: string) => number;
  /** `estimate` is an upper bound. The others are exact, but for a few tokens in long texts, counted in slices. */
  readonly source: 'bundled' | 'hub' | 'estimate';
  /** A bundled family, a repository of the hub, or `estimate`. */
  readonly name: string;
}

/** The highest count of all targets of a chain. */
export const hungriest =
  (counters: readonly TokenCounter[]) =>
  (text: string): number =>
    Math.max(0, ...counters.map(({ count }) => count(text)));

/**
 * The sum of a count over slices of a long text. Merging pairs takes time that grows with the square of a run without
 * a break, and transcripts are input from outside: 100,000 letters in one run would block the process for minutes.
 */
export function inSlices(text: string, count: (slice: string) => number): number {
  let tokens = 0;
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + SLICE_LENGTH, text.length);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to += 1;
    // A cut may separate two tokens that would be merged otherwise.
    tokens += count(text.slice(from, to)) + (to < text.length ? 1 : 0);
    from = to;
  }
  return tokens;
}

/** A run of this length takes 35 ms in the slowest tokenizer. */
const SLICE_LENGTH = 8192;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
