import { z } from 'zod';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';

export const usageSchema = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});

export const createdOf = ({ createdAt }: StoredResult): number =>
  Math.floor(Date.parse(createdAt) / 1_000);
export const modelOf = ({ servedModel, model }: StoredResult): string => servedModel ?? model;

/** 0 where neither the provider nor Hansard knows, because clients take numbers only. */
export function usageOf({ usage }: StoredResult): z.infer<typeof usageSchema> {
  const [prompt, completion] = [usage.inputTokens ?? 0, usage.outputTokens ?? 0];
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}
