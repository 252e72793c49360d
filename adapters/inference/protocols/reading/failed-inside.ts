import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { toInferenceError } from '../../verdicts/verdict.ts';
import { requestIdOf } from './response-facts.ts';

/**
 * An error in mid-stream gets the verdict that it would get as an answer of its own. Where tokens had come before it,
 * they may have been billed; no provider says.
 */
export function failedInside(
  response: WireResponse,
  bytes: Uint8Array,
  hasBegun: boolean,
  target: Target,
): InferenceError {
  // Without the headers, which were written before anybody knew: no date in them is left to compare with a clock.
  const error = toInferenceError({ status: response.status, headers: {}, bytes }, target, EPOCH);
  return new InferenceError(error.message, {
    kind: error.kind,
    target: target.name,
    status: response.status,
    requestId: requestIdOf(response),
    waitMs: error.waitMs,
    charge: hasBegun ? 'unknown' : error.charge,
    cause: error,
  });
}

const EPOCH = new Date(0);
