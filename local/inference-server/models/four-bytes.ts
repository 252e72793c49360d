/**
 * Cuts a text into the tokens of `extractive-v1`: four bytes of UTF-8, the usual estimate for English made exact. A token's
 * id is its bytes, and its text the characters that begin in it; `start` and `stop` count characters (code points).
 */
export function splitFourBytes(text: string) {
  const bytes = Buffer.from(text);
  const characters = Array.from(text); // code points
  let stop = 0;
  return Array.from({ length: Math.ceil(bytes.length / 4) }, (_unused, index) => {
    const part = bytes.subarray(index * 4, index * 4 + 4);
    const start = stop;
    // All bytes of a character but its first are 10xxxxxx.
    stop += part.filter((byte) => (byte & 0xc0) !== 0x80).length;
    const id = part.readUIntBE(0, part.length);
    return { id, text: characters.slice(start, stop).join(''), start, stop };
  });
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
      { type: 'Split', pattern: { Regex: '[\\s\\S]{1,4}' }, behavior: 'Isolated', invert: false },
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
