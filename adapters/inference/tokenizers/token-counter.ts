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
  const slices = text.match(SLICES) ?? [];
  // A cut may separate two tokens that would be merged otherwise.
  const cuts = Math.max(slices.length - 1, 0);
  return slices.reduce((tokens, slice) => tokens + count(slice), cuts);
}

/** 8192 units of UTF-16, without cutting a pair. A run of this length takes 35 ms in the slowest tokenizer. */
const SLICES = /[^]{1,8191}(?:[\ud800-\udbff][\udc00-\udfff]|[^])?/g;
