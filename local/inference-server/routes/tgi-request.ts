import { z } from 'zod';
import { Refusal, textRefusal } from '../http/refusal.ts';
import type { RouteRequest } from '../http/route.ts';
import {
  CONTEXT_TOKENS,
  DRAFT_FIELDS,
  estimateTokens,
  fillableFields,
} from '../models/extractive.ts';
import { lastFourBytes } from '../models/four-bytes.ts';

export const tgiRefusal = (status: number, error: string, error_type: string): Refusal =>
  new Refusal(status, { error, error_type });

/** Sampling parameters are checked and have nothing to act on: extraction draws no tokens. */
const parametersSchema = z.object({
  max_new_tokens: z.int().min(1).nullish(),
  temperature: z.number().gt(0).nullish(),
  top_p: z.number().gt(0).lt(1).nullish(),
  top_k: z.int().min(1).nullish(),
  typical_p: z.number().gt(0).lt(1).nullish(),
  repetition_penalty: z.number().gt(0).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  do_sample: z.boolean().nullish(),
  best_of: z.literal(1).nullish(),
  seed: z.int().min(0).nullish(),
  stop: z.array(z.string().min(1)).max(4).nullish(),
  truncate: z.int().min(1).nullish(),
  watermark: z.boolean().nullish(),
  return_full_text: z.boolean().nullish(),
  details: z.boolean().nullish(),
  decoder_input_details: z.literal(false).nullish(),
  top_n_tokens: z.literal(0).nullish(),
  grammar: z
    .strictObject({
      type: z.enum(['json', 'json_object', 'json_schema', 'regex']),
      value: z.unknown(),
    })
    .nullish(),
  adapter_id: z.null().optional(),
});

const requestSchema = z.strictObject({
  inputs: z.string(),
  parameters: z.strictObject(parametersSchema.shape).prefault({}),
  stream: z.boolean().optional(),
});
export type TgiRequest = z.infer<typeof requestSchema>;

/** Room for an answer when the client names none. */
const DEFAULT_NEW_TOKENS = 100;

export interface TgiOrder {
  readonly request: TgiRequest;
  readonly prompt: string;
  readonly inputTokens: number;
  readonly maxNewTokens: number;
  /** Null: plain text. */
  readonly fields: readonly string[] | null;
}

/** What is no JSON, or not of the right shape, TGI's web framework refuses in plain text. */
export function readTgiRequest(request: RouteRequest): TgiOrder {
  const wanted = parseTgi(request, requestSchema);
  const { parameters } = wanted;
  if (wanted.inputs === '') throw validation('`inputs` cannot be empty');
  const prompt = lastFourBytes(wanted.inputs, parameters.truncate ?? Infinity);
  const inputTokens = estimateTokens(prompt);
  const maxNewTokens = parameters.max_new_tokens ?? DEFAULT_NEW_TOKENS;
  if (inputTokens > MAX_INPUT_TOKENS) {
    throw validation(
      `\`inputs\` must have less than ${MAX_INPUT_TOKENS} tokens. Given: ${inputTokens}`,
    );
  }
  if (inputTokens + maxNewTokens > CONTEXT_TOKENS) {
    throw validation(
      `\`inputs\` tokens + \`max_new_tokens\` must be <= ${CONTEXT_TOKENS}. Given: ${inputTokens} \`inputs\` tokens and ${maxNewTokens} \`max_new_tokens\``,
    );
  }
  return { request: wanted, prompt, inputTokens, maxNewTokens, fields: readGrammar(wanted) };
}

/** TGI keeps one token for the answer. */
export const MAX_INPUT_TOKENS = CONTEXT_TOKENS - 1;

const validation = (message: string) =>
  tgiRefusal(422, `Input validation error: ${message}`, 'validation');

export function parseTgi<T>({ headers, body }: RouteRequest, schema: z.ZodType<T>): T {
  if (!/^application\/json(\s*;|$)/i.test(headers['content-type'] ?? '')) {
    throw textRefusal(415, 'Expected request with `Content-Type: application/json`');
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw textRefusal(400, 'Failed to parse the request body as JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw textRefusal(
    422,
    `Failed to deserialize the JSON body into the target type: ${z.prettifyError(parsed.error)}`,
  );
}

function readGrammar({ parameters }: TgiRequest): readonly string[] | null {
  const grammar = parameters.grammar ?? null;
  if (grammar === null) return null;
  if (grammar.type === 'regex') throw validation('grammar is not valid: regex is not supported');
  // `json_schema` has a name beside its schema.
  const outer = z.record(z.string(), z.unknown()).safeParse(grammar.value).data ?? {};
  const inner = grammar.type === 'json_schema' ? outer['schema'] : outer;
  const fields = fillableFields(z.record(z.string(), z.unknown()).safeParse(inner).data ?? {});
  if (fields !== null) return fields;
  throw validation(
    `grammar is not valid: extractive-v1 fills schemas with these properties only: ${DRAFT_FIELDS.join(', ')}`,
  );
}
