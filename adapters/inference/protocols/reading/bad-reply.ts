import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { requestIdOf } from './response-facts.ts';

/** The verdict on a 2xx that is not what the contract says. `what` is ours: no word of the answer is in it. */
export const badReply = (target: Target, response: WireResponse, what: string): InferenceError =>
  new InferenceError(
    `${target.name} answered ${response.status}, but ${what}. Check that it speaks the contract ${target.contract}.`,
    {
      kind: 'provider_bug',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'billed',
    },
  );
