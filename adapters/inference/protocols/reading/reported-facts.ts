import { z } from 'zod';

// What vendors report beside an answer. Null where it is of another type: no answer is refused for it.

export const reportedCount = z.int().nonnegative().nullish().catch(null);

export const reportedText = z.string().nullish().catch(null);

/** From models that bill pictures or audio by tokens. */
export const reportedTokens = z
  .object({ input_tokens: reportedCount, output_tokens: reportedCount })
  .nullish()
  .catch(null);

export const groqFacts = z.object({ id: reportedText }).nullish().catch(null);
