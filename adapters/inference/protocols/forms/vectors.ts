import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Parsed, RoleContract } from '../contract.ts';
import { jsonBody } from '../reading/json-body.ts';
import { badReply } from '../reading/reply-errors.ts';
import { replyFacts, reportedCount, reportedText } from '../reading/response-facts.ts';
import { postRequest } from './wire-requests.ts';
import { wireJson } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

type Embed = RoleContract<'embed', Parsed<'embed'>>;

/** OpenAI's embeddings. The `index` of a vector gives its place. */
export const embeddings = (root: (target: Target) => string): Embed => ({
  places: {},
  buildRequest: (input, target) => {
    const parameters = wireParameters(target, {});
    const body = wireJson({ model: target.model, input: input.texts, ...parameters });
    return postRequest(`${root(target)}/embeddings`, body, parameters);
  },
  parseResponse: (response, input, target) => {
    const body = jsonBody(response, embeddingsSchema, target, ANY_NUMBER_OF_VALUES);
    const vectors = body.data
      .map((item, place) => ({ ...item, index: item.index ?? place }))
      .sort((one, other) => one.index - other.index);
    if (vectors.some(({ index }, at) => index !== at)) throw notOnePerText(target, response);
    const embedded = vectors.map(({ embedding }) => embedding);
    return {
      answer: { vectors: checkVectors(embedded, input.texts, response, target) },
      ...replyFacts(response, { inputTokens: body.usage?.prompt_tokens, servedModel: body.model }),
    };
  },
});

/**
 * The pipeline task feature extraction, the only one whose parameters are beside `inputs`. Plain transformers models
 * answer one vector per token. Those are refused: only the model's author knows whether the mean, the first or the last
 * of them is meant, and a mean over padding is wrong.
 */
export const pipelineVectors = (url: (target: Target) => string, places: WirePlaces): Embed => ({
  places,
  buildRequest: ({ texts }, target) => {
    const parameters = wireParameters(target, places);
    return postRequest(url(target), wireJson({ inputs: texts, ...parameters }), parameters);
  },
  parseResponse: (response, { texts }, target) => {
    const vectors = jsonBody(response, pipelineSchema, target, ANY_NUMBER_OF_VALUES);
    if (vectors === 'by token')
      throw badReply(target, response, 'it holds one vector per token: its model is not for texts');
    return {
      answer: { vectors: checkVectors(vectors, texts, response, target) },
      ...replyFacts(response),
    };
  },
});

function checkVectors(
  vectors: readonly (readonly number[])[],
  texts: readonly string[],
  response: WireResponse,
  target: Target,
): readonly (readonly number[])[] {
  if (vectors.length !== texts.length) throw notOnePerText(target, response);
  const [first] = vectors;
  if (vectors.some(({ length }) => length !== first?.length))
    throw badReply(target, response, 'its vectors differ in length');
  return vectors;
}

const notOnePerText = (target: Target, response: WireResponse) =>
  badReply(target, response, 'it does not hold one vector for every text');

/** Answers with vectors are bounded by their bytes only. */
const ANY_NUMBER_OF_VALUES = Infinity;

/** Many times what one request may hold anywhere. */
const MOST_TEXTS = 65_536;

/** Several times the longest vector that is served, which has about 4,000 numbers. */
const LONGEST_VECTOR = 65_536;

const isVector = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= LONGEST_VECTOR &&
  value.every((number) => Number.isFinite(number));

/** Checked by hand, up to the first wrong number: answers hold millions of them. */
const vectorSchema = z.custom<readonly number[]>((value) => isVector(value));

/** May be empty. */
const vectorListSchema = z.custom<readonly (readonly number[])[]>(
  (value) => Array.isArray(value) && value.every(isVector),
);

const embeddingsSchema = z.object({
  data: z
    .custom((value) => Array.isArray(value) && value.length <= MOST_TEXTS)
    .pipe(z.array(z.object({ index: z.int().nonnegative().nullish(), embedding: vectorSchema }))),
  model: reportedText,
  usage: z.object({ prompt_tokens: reportedCount }).nullish().catch(null),
});

/** One vector per token: lists of lists of lists. The first of each tells. */
const isByToken = (value: unknown): boolean =>
  Array.isArray(value) && Array.isArray(value[0]) && Array.isArray(value[0][0]);

const pipelineSchema = z.union([
  vectorListSchema,
  // The toolkit's sentence transformers.
  z.object({ embeddings: vectorListSchema }).transform(({ embeddings }) => embeddings),
  // The answer to a single text may be its vector, without the list.
  vectorSchema.transform((vector) => [vector]),
  z.custom(isByToken).transform(() => 'by token' as const),
]);
