import { z } from 'zod';
import { inSlices } from './in-slices.ts';

/** Only what tells a tokenizer from another file; the rest is the library's to read. */
const tokenizerSchema = z.looseObject({ model: z.looseObject({}) });

/** The counting function of a `tokenizer.json`. Throws where the file is none, or of a kind that is not known. */
export async function parseTokenizer(bytes: Uint8Array): Promise<(text: string) => number> {
  const json = tokenizerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(json, {});
  const count = (text: string): number =>
    text === '' ? 0 : tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  if (!(count('Good morning, 大家好.') > 0)) throw new Error('this tokenizer counts nothing');
  return (text) => inSlices(text, count);
}
