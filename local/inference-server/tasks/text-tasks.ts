import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { CONTEXT_TOKENS, estimateTokens, plainAnswer } from '../models/extractive.ts';
import { embed } from '../models/hashing-embedding.ts';
import { classifySentiment } from '../models/lexicon-sentiment.ts';
import { check, parseJson, refuseField } from '../read-request.ts';
import { taskRefusal } from '../refusal.ts';
import { reportWork } from '../report-work.ts';
import { readContentKind, readTextTask, type ToolkitServer } from './toolkit-request.ts';

const classificationSchema = z.strictObject({
  /** The scores are a softmax already. */
  function_to_apply: z.literal('softmax').optional(),
  top_k: z.int().min(1).optional(),
});

/** hf-inference answers all labels as a list in a list; the toolkit a flat list of the best one, or of `top_k`. */
export function classifyText(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer & { readonly nested: boolean },
): object {
  const { nested } = server;
  const task = readTextTask(request, server, classificationSchema, 'TextClassificationPipeline');
  const labels = classifySentiment(task.inputs);
  reportText(request, reply, 'lexicon-v1', task);
  const best = labels.slice(0, task.parameters.top_k ?? (nested ? 3 : 1));
  return nested ? [best] : best;
}

const reportText = (
  request: FastifyRequest,
  reply: FastifyReply,
  model: string,
  task: { readonly inputs: string },
): void =>
  reportWork(request, reply, model, digestOf(task), { 'x-compute-characters': task.inputs.length });

/** The parameters stand beside `inputs`, not under `parameters`. Every vector has length 1 already. */
const featuresSchema = z.strictObject({
  inputs: z.union([z.string(), z.array(z.string()).min(1)]),
  normalize: z.literal(true).optional(),
  truncate: z.boolean().optional(),
  truncation_direction: z.enum(['left', 'right']).optional(),
  prompt_name: z.null().optional(),
});

/** Answers a text with a vector, a list of texts with a list of vectors. */
export function extractFeatures(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer,
): object {
  if (readContentKind(request, server, 'json') !== 'json') {
    throw taskRefusal(400, 'feature-extraction takes JSON with texts under inputs');
  }
  const json = parseJson(request, taskRefusal);
  const body = check(featuresSchema, json, refuseField(taskRefusal));
  reportWork(request, reply, 'hashing-v1', digestOf(body));
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
const summarizationSchema = z.strictObject({
  ...generation,
  clean_up_tokenization_spaces: z.boolean().optional(),
  truncation: z
    .union([z.boolean(), z.enum(['do_not_truncate', 'longest_first', 'only_first', 'only_second'])])
    .default('do_not_truncate'),
  generate_parameters: z.strictObject(generation).prefault({}),
});

/** What `facebook/bart-large-cnn` writes at most, by its own configuration. */
const DEFAULT_MAX_LENGTH = 142;

/** `[{"summary_text"}]`, on hf-inference and the toolkit alike. */
export async function summarize(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer,
): Promise<object> {
  const task = readTextTask(request, server, summarizationSchema, 'SummarizationPipeline');
  const { parameters } = task;
  const { max_length, max_new_tokens } = { ...parameters, ...parameters.generate_parameters };
  const text = truncate(task.inputs, parameters.truncation);
  const summary = await plainAnswer(text, max_new_tokens ?? max_length ?? DEFAULT_MAX_LENGTH);
  reportText(request, reply, 'extractive-v1', task);
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
