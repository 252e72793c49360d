/** A token of `extractive-v1`: four bytes of UTF-8, the usual estimate for English made exact. Its id is its bytes. */
export interface FourBytes {
  readonly id: number;
  /** The characters that begin in it; the texts of all tokens together are the whole text. */
  readonly text: string;
  /** In characters (code points) of the whole text. */
  readonly start: number;
  readonly stop: number;
}

export function splitFourBytes(text: string): readonly FourBytes[] {
  const bytes = Buffer.from(text);
  const characters = Array.from(text); // code points
  const tokens: FourBytes[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    const part = bytes.subarray(at, at + 4);
    // All bytes of a character but its first are 10xxxxxx.
    const stop = start + part.filter((byte) => (byte & 0xc0) !== 0x80).length;
    tokens.push({
      id: part.readUIntBE(0, part.length),
      text: characters.slice(start, stop).join(''),
      start,
      stop,
    });
    start = stop;
  }
  return tokens;
}

/** The last `count` tokens: servers shorten a prompt like this. A character cut in two is dropped. */
export function lastFourBytes(text: string, count: number): string {
  const bytes = Buffer.from(text);
  let start = Math.max(0, bytes.length - count * 4);
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start).toString();
}

/**
 * `tokenizer.json` of `extractive-v1`, in the format of the tokenizers library. Its one token is the unknown one: it counts
 * tokens and does not tell them apart.
 */
export const FOUR_BYTES_TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      {
        type: 'Split',
        pattern: { Regex: '[\\s\\S]{1,4}' },
        behavior: 'Isolated',
        invert: false,
      },
    ],
  },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '<unk>',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '<unk>': 0 },
  },
};
