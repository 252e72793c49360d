/**
 * The sum of a count over slices of a long text. Pairs are merged in time that grows with the square of a run without
 * a break, and transcripts come from anybody: 100,000 letters in one run would hold the process for minutes.
 */
export function inSlices(text: string, count: (slice: string) => number): number {
  let tokens = 0;
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + SLICE_LENGTH, text.length);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to += 1;
    // A cut may fall where two tokens would have been merged otherwise.
    tokens += count(text.slice(from, to)) + (to < text.length ? 1 : 0);
    from = to;
  }
  return tokens;
}

/** A run of this length takes 35 ms in the slowest of the tokenizers. */
const SLICE_LENGTH = 8192;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
