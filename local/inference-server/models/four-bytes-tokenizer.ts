/**
 * `tokenizer.json` of `extractive-v1`, in the format of the tokenizers library: the bytes of UTF-8, cut into fours. Its
 * one token is the unknown one, so it counts and does not tell apart; see `four-bytes.ts` for tokens with ids.
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
