import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { toInferenceError } from '../../verdicts/verdict.ts';
import { requestIdOf } from './response-facts.ts';

/**
 * The verdict on work that a provider took and says it failed at. What it says decides, as if it were an answer of its
 * own, and goes no further. Words that say nothing we know are a passing fault: the form of the answer is right.
 * Whether the time until then is billed, no provider promises.
 */
export function failedWork(target: Target, response: WireResponse, said: string): InferenceError {
  const refuses = FILTERED.test(said);
  const bytes = Buffer.from(JSON.stringify({ error: said === '' ? 'failed' : said }));
  // Without headers there is no date to compare with a clock.
  const verdict = toInferenceError({ status: 200, headers: {}, bytes }, target, new Date(0));
  const kind = refuses ? 'input' : verdict.kind === 'provider_bug' ? 'transient' : verdict.kind;
  const why = refuses
    ? 'its filter refuses the prompt, or what came of it. It would again: change the input'
    : 'it says so itself, and not in words of ours';
  return new InferenceError(`${target.name} took the work and failed: ${why}.`, {
    kind,
    target: target.name,
    status: response.status,
    requestId: requestIdOf(response),
    waitMs: verdict.waitMs,
    charge: 'unknown',
  });
}

const FILTERED =
  /\bnsfw\b|safety (?:checker|filter|system)|content (?:policy|filter|moderation)|flagged as sensitive/i;
