import type { Target } from '../../targets/target.ts';
import { errorFor, restated, type InferenceError } from '../../verdicts/inference-error.ts';
import { toInferenceError, type ErrorTraits } from '../../verdicts/verdict.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { requestIdOf } from './response-facts.ts';

// Errors of replies with status 2xx. Their messages are ours: none quotes the reply.

/** The reply does not follow the contract. */
export const badReply = (target: Target, response: WireResponse, what: string): InferenceError =>
  errorFor(target, response, {
    kind: 'provider_bug',
    says: `answered ${response.status}, but ${what}. Check that it speaks the contract ${target.contract}.`,
    charge: 'billed',
  });

/**
 * The provider produced an answer, billed it, and withholds it because of its content. Its filter would do so again, so
 * the item fails.
 */
export const withheld = (target: Target, response: WireResponse, why: string): InferenceError =>
  errorFor(target, response, {
    kind: 'input',
    says: `withholds its answer: ${why}. It would do so again: change the input, or use another target.`,
    charge: 'billed',
  });

/** The answer reached its longest length. Another try would end there too; a shorter input has a shorter answer. */
export const cutOff = (target: Target, response: WireResponse, limit: string): InferenceError =>
  errorFor(target, response, {
    kind: 'too_large',
    says: `used up ${limit} before its answer was complete. The item is divided.`,
    charge: 'billed',
  });

/** The stream ended without the mark of its end: the connection broke. */
export const streamBroke = (target: Target, response: WireResponse): InferenceError =>
  errorFor(target, response, {
    kind: 'transient',
    says: 'ended its stream before the answer was complete. It will be retried.',
    charge: 'unknown',
  });

/**
 * An error event in a stream gets the verdict that it would get as a response of its own. Tokens that came before it may
 * be billed; no provider tells.
 */
export function failedInStream(
  target: Target,
  response: WireResponse,
  event: { readonly bytes: Uint8Array; readonly hasBegun: boolean },
  traits: ErrorTraits,
): InferenceError {
  // The headers were written before the error. Without them there is no date to compare with a clock.
  const answer = { status: response.status, headers: {}, bytes: event.bytes };
  const verdict = toInferenceError(answer, target, traits, EPOCH);
  return restated(verdict, {
    requestId: requestIdOf(response),
    charge: event.hasBegun ? 'unknown' : verdict.charge,
  });
}

/**
 * The provider accepted the work and reports that it failed. `reason` decides the verdict, as if it were a response of its
 * own, and goes no further. Unknown words count as a temporary fault, because the reply follows the contract. No
 * provider tells whether it bills the time until then.
 */
export function failedWork(
  target: Target,
  response: WireResponse,
  reason: string,
  traits: ErrorTraits,
): InferenceError {
  const bytes = Buffer.from(JSON.stringify({ error: reason === '' ? 'failed' : reason }));
  const verdict = toInferenceError({ status: 200, headers: {}, bytes }, target, traits, EPOCH);
  const refuses = FILTERED.test(reason);
  return errorFor(target, response, {
    kind: refuses ? 'input' : verdict.kind === 'provider_bug' ? 'transient' : verdict.kind,
    says: `accepted the work and failed: ${refuses ? 'its filter refuses the prompt or the result. It would do so again: change the input' : 'the provider reports an error'}.`,
    waitMs: verdict.waitMs,
    charge: 'unknown',
  });
}

const EPOCH = new Date(0);

const FILTERED =
  /\bnsfw\b|safety (?:checker|filter|system)|content (?:policy|filter|moderation)|flagged as sensitive/i;
