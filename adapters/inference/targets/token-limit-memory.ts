import type { InferenceError } from '../verdicts/inference-error.ts';
import { fingerprint } from './record-target.ts';
import type { Target } from './target.ts';

/**
 * What the refusals of targets have taught this process about `tokenLimit`.
 *
 * OpenAI's models that reason want `max_completion_tokens` and no temperature, and refuse the call otherwise. A target
 * whose configuration says nothing about it is asked that way after its first such refusal, until the process ends.
 */
export function createTokenLimitMemory() {
  const learnt = new Set<string>();
  return {
    /** The target as it wants to be asked. */
    applied: (target: Target): Target =>
      learnt.size > 0 &&
      target.parameters['tokenLimit'] === undefined &&
      learnt.has(fingerprint(target))
        ? {
            ...target,
            parameters: { ...target.parameters, tokenLimit: 'max_completion_tokens' },
          }
        : target,
    /** True if the refusal was news: the call may succeed when it is made anew. */
    learn: (target: Target, { wantsCompletionTokens }: InferenceError): boolean => {
      const isNews =
        wantsCompletionTokens &&
        target.contract === 'openai' &&
        target.parameters['tokenLimit'] === undefined;
      if (isNews) learnt.add(fingerprint(target));
      return isNews;
    },
  };
}
