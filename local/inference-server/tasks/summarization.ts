import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { taskRefusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { readParameters, readTaskInput } from '../http/task-input.ts';
import { readAccept } from '../http/toolkit-content.ts';
import { CONTEXT_TOKENS, estimateTokens, plainAnswer } from '../models/extractive.ts';

/** Sampling parameters are checked and have nothing to act on: extraction draws no tokens. */
const generationShape = {
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
const parametersSchema = z.strictObject({
  ...generationShape,
  clean_up_tokenization_spaces: z.boolean().optional(),
  truncation: z
    .union([z.boolean(), z.enum(['do_not_truncate', 'longest_first', 'only_first', 'only_second'])])
    .default('do_not_truncate'),
  generate_parameters: z.strictObject(generationShape).prefault({}),
});

/** What `facebook/bart-large-cnn` writes at most, by its own configuration. */
const DEFAULT_MAX_LENGTH = 142;

/** `[{"summary_text"}]`, of hf-inference and of the toolkit alike. */
export function summarize(request: RouteRequest): ModelAnswer {
  if (readAccept(request.headers).kind === 'image') {
    throw taskRefusal(400, 'A summary cannot be encoded as a picture');
  }
  const input = readTaskInput(request);
  if (typeof input.inputs !== 'string') {
    throw taskRefusal(400, 'summarization takes JSON with a text under inputs');
  }
  const parameters = readParameters(parametersSchema, input.parameters, 'SummarizationPipeline');
  const { max_length, max_new_tokens } = { ...parameters, ...parameters.generate_parameters };
  const text = fitting(input.inputs, parameters.truncation);
  const summary = plainAnswer(text, max_new_tokens ?? max_length ?? DEFAULT_MAX_LENGTH);
  return {
    inputDigest: digestOf({ inputs: input.inputs, parameters }),
    reply: jsonReply([{ summary_text: summary }], {
      'x-sha': 'extractive-v1',
      'x-compute-type': 'cpu',
      'x-compute-characters': String(input.inputs.length),
    }),
  };
}

/** Without truncation a text above the model's positions fails as it does in transformers. */
function fitting(text: string, truncation: boolean | string): string {
  if (estimateTokens(text) <= CONTEXT_TOKENS) return text;
  if (truncation === false || truncation === 'do_not_truncate') {
    throw taskRefusal(400, 'index out of range in self');
  }
  return Buffer.from(text)
    .subarray(0, CONTEXT_TOKENS * 4)
    .toString();
}
