import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { requestIdOf } from './response-facts.ts';

/**
 * The verdict where a provider made the answer, billed it, and keeps it back because of what is in it: its filter
 * would do so again, so the item fails. `whose` is ours: no word of the answer is in it.
 */
export const withheld = (target: Target, response: WireResponse, whose: string): InferenceError =>
  new InferenceError(
    `${target.name} keeps its answer back: ${whose}. It would again: change the input, or take another target.`,
    {
      kind: 'input',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'billed',
    },
  );
