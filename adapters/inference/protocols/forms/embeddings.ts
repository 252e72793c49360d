import { z } from 'zod';
import type { Contract } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import { mergeMembers } from '../../targets/parameters/merge-members.ts';
import { wireParameters } from '../../targets/parameters/wire-parameters.ts';
import { badReply } from '../reading/bad-reply.ts';
import { jsonBody } from '../reading/json-body.ts';
import { responseFacts, usageOf, word } from '../reading/response-facts.ts';
import { ANY_NUMBER_OF_VALUES, vectorSchema } from '../reading/vector-schema.ts';
import { wireJson } from './wire-json.ts';

/** The OpenAI form of embeddings. The answer's order is that of its `index`. */
export const embeddings = (urlOf: (target: Target) => string): Contract<'embed'> => ({
  buildRequest: (input, target) => {
    const parameters = mergeMembers({}, wireParameters(target));
    return {
      method: 'POST',
      url: urlOf(target),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: wireJson({ model: target.model, input: input.texts, ...parameters }),
      parameters,
    };
  },

  parseResponse: (response, input, target) => {
    const body = jsonBody(response, embeddingsSchema, target, ANY_NUMBER_OF_VALUES);
    const vectors = body.data
      .map((item, place) => ({ ...item, index: item.index ?? place }))
      .sort((one, other) => one.index - other.index);
    if (vectors.length !== input.texts.length || vectors.some(({ index }, at) => index !== at))
      throw badReply(target, response, 'it does not hold one vector for every text');
    const [first] = vectors;
    if (vectors.some(({ embedding }) => embedding.length !== first?.embedding.length))
      throw badReply(target, response, 'its vectors are not all of one length');
    return {
      answer: { vectors: vectors.map(({ embedding }) => embedding) },
      usage: usageOf(response, { inputTokens: body.usage?.prompt_tokens ?? null }),
      ...responseFacts(response),
      servedModel: word(body.model),
    };
  },
});

/** Many times what one request may hold anywhere. */
const MOST_TEXTS = 65_536;

const embeddingsSchema = z.object({
  data: z
    .custom((value) => Array.isArray(value) && value.length <= MOST_TEXTS)
    .pipe(z.array(z.object({ index: z.int().nonnegative().nullish(), embedding: vectorSchema }))),
  model: z.string().nullish().catch(null),
  usage: z
    .object({ prompt_tokens: z.int().nonnegative().nullish().catch(null) })
    .nullish()
    .catch(null),
});
