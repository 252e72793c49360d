import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { CONTEXT_TOKENS, estimateTokens, plainAnswer } from '../models/extractive.ts';
import { embed } from '../models/hashing-embedding.ts';
import { classifySentiment } from '../models/lexicon-sentiment.ts';
import { bodyOf, check, parseJson } from '../read-request.ts';
import { taskRefusal } from '../refusal.ts';
import {
  computeHeaders,
  readContentKind,
  readTextTask,
  requireJsonAnswer,
} from './toolkit-request.ts';

const classification = {
  pipeline: 'TextClassificationPipeline',
  takes: 'text-classification takes JSON with a text under inputs',
  parameters: z.strictObject({
    /** The scores are a softmax already. */
    function_to_apply: z.literal('softmax').optional(),
    top_k: z.int().min(1).optional(),
  }),
};

/** hf-inference answers all labels as a list in a list; the toolkit a flat list of the best one, or of `top_k`. */
export function classifyText(
  request: FastifyRequest,
  reply: FastifyReply,
  { nested }: { readonly nested: boolean },
): object {
  requireJsonAnswer(request, 'Labels');
  const { inputs, parameters } = readTextTask(request, classification);
  const labels = classifySentiment(inputs).slice(0, parameters.top_k ?? (nested ? 3 : 1));
  request.bill(digestOf({ inputs, parameters }));
  reply.headers(computeHeaders('lexicon-v1'));
  reply.header('x-compute-characters', String(inputs.length));
  return nested ? [labels] : labels;
}

/** The parameters stand beside `inputs`, not under `parameters`. Every vector has length 1 already. */
const featuresSchema = z.strictObject({
  inputs: z.union([z.string(), z.array(z.string()).min(1)]),
  normalize: z.literal(true).optional(),
  truncate: z.boolean().optional(),
  truncation_direction: z.enum(['left', 'right']).optional(),
  prompt_name: z.null().optional(),
});

/** Answers a text with a vector, a list of texts with a list of vectors. */
export function extractFeatures(request: FastifyRequest, reply: FastifyReply): object {
  requireJsonAnswer(request, 'A vector');
  if (readContentKind(request) !== 'json') {
    throw taskRefusal(400, 'feature-extraction takes JSON with texts under inputs');
  }
  const json = parseJson(bodyOf(request), () =>
    taskRefusal(400, 'We could not parse the JSON body of your request'),
  );
  const body = check(featuresSchema, json, (message) => taskRefusal(400, message));
  request.bill(digestOf(body));
  reply.headers(computeHeaders('hashing-v1'));
  return typeof body.inputs === 'string' ? embed(body.inputs) : body.inputs.map(embed);
}

/** Sampling parameters are checked, and change nothing: extraction draws no tokens. */
const generation = {
  temperature: z.number().gt(0).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  top_k: z.int().min(1).optional(),
  typical_p: z.number().gt(0).max(1).optional(),
  repetition_penalty: z.number().gt(0).optional(),
  max_length: z.int().min(1).optional(),
  min_length: z.int().min(0).optional(),
  max_new_tokens: z.int().min(1).optional(),
  do_sample: z.boolean().optional(),
  num_beams: z.int().min(1).optional(),
};
const summarization = {
  pipeline: 'SummarizationPipeline',
  takes: 'summarization takes JSON with a text under inputs',
  parameters: z.strictObject({
    ...generation,
    clean_up_tokenization_spaces: z.boolean().optional(),
    truncation: z
      .union([
        z.boolean(),
        z.enum(['do_not_truncate', 'longest_first', 'only_first', 'only_second']),
      ])
      .default('do_not_truncate'),
    generate_parameters: z.strictObject(generation).prefault({}),
  }),
};

/** What `facebook/bart-large-cnn` writes at most, by its own configuration. */
const DEFAULT_MAX_LENGTH = 142;

/** `[{"summary_text"}]`, on hf-inference and the toolkit alike. */
export async function summarize(request: FastifyRequest, reply: FastifyReply): Promise<object> {
  requireJsonAnswer(request, 'A summary');
  const { inputs, parameters } = readTextTask(request, summarization);
  const { max_length, max_new_tokens } = { ...parameters, ...parameters.generate_parameters };
  const text = truncate(inputs, parameters.truncation);
  const summary = await plainAnswer(text, max_new_tokens ?? max_length ?? DEFAULT_MAX_LENGTH);
  request.bill(digestOf({ inputs, parameters }));
  reply.headers(computeHeaders('extractive-v1'));
  reply.header('x-compute-characters', String(inputs.length));
  return [{ summary_text: summary }];
}

/** Without truncation a text longer than the model's positions fails as it does in transformers. */
function truncate(text: string, truncation: boolean | string): string {
  if (estimateTokens(text) <= CONTEXT_TOKENS) return text;
  if (truncation === false || truncation === 'do_not_truncate') {
    throw taskRefusal(400, 'index out of range in self');
  }
  return Buffer.from(text)
    .subarray(0, CONTEXT_TOKENS * 4)
    .toString();
}
