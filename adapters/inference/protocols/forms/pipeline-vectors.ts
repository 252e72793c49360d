import { z } from 'zod';
import type { Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import { wireParameters } from '../../targets/parameters/wire-parameters.ts';
import { badReply } from '../reading/bad-reply.ts';
import { jsonBody } from '../reading/json-body.ts';
import { responseFacts, usageOf } from '../reading/response-facts.ts';
import { ANY_NUMBER_OF_VALUES, vectorListSchema, vectorSchema } from '../reading/vector-schema.ts';
import { wireJson } from './wire-json.ts';

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
    body: wireJson({ inputs: texts, ...parameters }),
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
  const vectors = jsonBody(response, vectorsSchema, target, ANY_NUMBER_OF_VALUES);
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

/** One vector a token: a list of lists of lists, whatever is in them. */
const isByToken = (value: unknown): boolean => isList(value, (text) => isList(text, isFilled));
const isFilled = (value: unknown): boolean => isList(value, () => true);
const isList = (value: unknown, fits: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(fits);

const vectorsSchema = z.union([
  vectorListSchema,
  // The toolkit's sentence transformers.
  z.object({ embeddings: vectorListSchema }).transform(({ embeddings }) => embeddings),
  // One text may be answered like a text that is no list.
  vectorSchema.transform((vector) => [vector]),
  z.custom(isByToken).transform(() => 'by token' as const),
]);
