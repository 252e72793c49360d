import { z } from 'zod';
import type { Inputs, Parsed, Target, WireRequest, WireResponse } from '../contract.ts';
import { wireParameters } from '../parameters/wire-parameters.ts';
import { badReply } from './bad-reply.ts';
import { jsonBody } from './json-body.ts';
import { responseFacts, usageOf } from './response-facts.ts';

/** The one task whose parameters lie beside `inputs`. */
export function vectorsRequest(
  url: string,
  { texts }: Inputs['embed'],
  target: Target,
): WireRequest {
  const parameters = wireParameters(target);
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ inputs: texts, ...parameters }),
    parameters,
  };
}

/**
 * One vector a text. A vector a token, as plain transformers models answer, is refused: whether its model means their
 * mean, the first or the last only the model's author knows, and the mean over padding is nobody's.
 */
export function readVectors(
  response: WireResponse,
  { texts }: Inputs['embed'],
  target: Target,
): Parsed<'embed'> {
  const vectors = jsonBody(response, vectorsSchema, target);
  if (vectors === 'by token')
    throw badReply(target, response, 'it holds a vector a token: its model is not made for texts');
  if (vectors.length !== texts.length)
    throw badReply(target, response, 'it does not hold one vector for every text');
  const [first] = vectors;
  if (vectors.some(({ length }) => length !== first?.length))
    throw badReply(target, response, 'its vectors are not all of one length');
  return {
    answer: { vectors },
    usage: usageOf(response, {}),
    ...responseFacts(response),
    servedModel: null,
  };
}

/** Several times the longest that is served, which has some 4,000. */
const LONGEST_VECTOR = 65_536;

const vectorSchema = z.array(z.number()).min(1).max(LONGEST_VECTOR);

const vectorsSchema = z.union([
  z.array(vectorSchema),
  // The toolkit's sentence transformers.
  z.object({ embeddings: z.array(vectorSchema) }).transform(({ embeddings }) => embeddings),
  // One text may be answered like a text that is no list.
  vectorSchema.transform((vector) => [vector]),
  z.array(z.array(z.array(z.unknown()).min(1)).min(1)).transform(() => 'by token' as const),
]);
