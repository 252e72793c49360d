import { z } from 'zod';

/** A count that a vendor says about itself: believed where it is one, else not known. */
const tokens = z.int().nonnegative().nullish().catch(null);
const said = z.string().nullish().catch(null);

const usageSchema = z.object({ prompt_tokens: tokens, completion_tokens: tokens });
const groqSchema = z.object({ id: said }).nullish().catch(null);

/** A chat completion, as far as it is used. What a model thought (`reasoning`, `reasoning_content`) is not. */
export const completionSchema = z.object({
  model: said,
  choices: z.array(
    z.object({
      message: z.object({ content: z.string().nullish(), refusal: said }),
      finish_reason: said,
    }),
  ),
  usage: usageSchema.nullish().catch(null),
  x_groq: groqSchema,
});
export type Completion = z.infer<typeof completionSchema>;

/** One event of it: the last may have usage and no choices. */
export const completionChunkSchema = z.object({
  model: said,
  choices: z
    .array(
      z.object({
        index: z.int().nullish().catch(null),
        delta: z.object({ content: z.string().nullish(), refusal: said }).nullish(),
        finish_reason: said,
      }),
    )
    .nullish(),
  usage: usageSchema.nullish().catch(null),
  x_groq: groqSchema,
});
