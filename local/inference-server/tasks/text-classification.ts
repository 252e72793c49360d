import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { taskRefusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { readParameters, readTaskInput } from '../http/task-input.ts';
import { readAccept } from '../http/toolkit-content.ts';
import { classifySentiment } from '../models/lexicon-sentiment.ts';

const parametersSchema = z.strictObject({
  /** The scores are a softmax already. */
  function_to_apply: z.literal('softmax').optional(),
  top_k: z.int().min(1).optional(),
});

/** hf-inference answers all labels in a list in a list; the toolkit a flat list, of the best one unless asked. */
export function classifyText(
  request: RouteRequest,
  { nested }: { readonly nested: boolean },
): ModelAnswer {
  if (readAccept(request.headers).kind === 'image') {
    throw taskRefusal(400, 'Labels cannot be encoded as a picture');
  }
  const input = readTaskInput(request);
  if (typeof input.inputs !== 'string') {
    throw taskRefusal(400, 'text-classification takes JSON with a text under inputs');
  }
  const parameters = readParameters(
    parametersSchema,
    input.parameters,
    'TextClassificationPipeline',
  );
  const labels = classifySentiment(input.inputs).slice(0, parameters.top_k ?? (nested ? 3 : 1));
  return {
    inputDigest: digestOf({ inputs: input.inputs, parameters }),
    reply: jsonReply(nested ? [labels] : labels, {
      'x-sha': 'lexicon-v1',
      'x-compute-type': 'cpu',
      'x-compute-characters': String(input.inputs.length),
    }),
  };
}
