import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { toProblem, unexpected } from '../to-problem.ts';
import { ofInferenceError, ofProblem, OpenAiError } from './open-ai-error.ts';

/** What a route below /v1 answers to an error, whatever it is. */
export function toOpenAiError(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  if (error instanceof InferenceError) return ofInferenceError(error);
  if (error instanceof Error && error.name === 'CacheBusyError') {
    return new OpenAiError(
      503,
      'too_busy',
      'too many requests are under way: try again in a while',
      {
        headers: { 'retry-after': '2' },
      },
    );
  }
  return ofProblem(toProblem(error) ?? unexpected);
}
