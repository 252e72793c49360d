import { z } from 'zod';
import type { usageOf } from './context-window.ts';

const contentSchema = z.union([
  z.string(),
  z
    .array(z.strictObject({ type: z.literal('text'), text: z.string() }))
    .min(1)
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
]);

/** Sampling parameters are checked; they change nothing where extraction answers, which draws no tokens. */
export const chatSchema = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: contentSchema }),
    )
    .min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  // The next three are vLLM's, SGLang's and together's, not OpenAI's.
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  user: z.string().nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullish(),
});

/** What a dialect's form of a request comes to. */
export type ChatRequest = z.infer<typeof chatSchema> & {
  readonly response_format?: object | null | undefined;
};

/** The answer of either engine. */
export interface Completion {
  readonly model: string;
  readonly content: string;
  readonly finishReason: 'stop' | 'length';
  readonly usage: ReturnType<typeof usageOf>;
}
