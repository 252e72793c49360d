import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import {
  completePrompt,
  CONTEXT_TOKENS,
  estimateTokens,
  fillableFields,
} from '../models/extractive.ts';
import { lastFourBytes, splitFourBytes } from '../models/four-bytes.ts';
import { check, readJson } from '../read-request.ts';
import { Refusal, textRefusal, type Refuse } from '../refusal.ts';
import { reportWork } from '../report-work.ts';

/** A dedicated Text Generation Inference server below the app's prefix. */
export function addTgi(app: FastifyInstance): void {
  const config = { role: 'summarize' };
  app.post('/generate', { config }, async (request, reply) => toBody(await answer(request, reply)));
  app.post('/generate_stream', { config }, async (request, reply) =>
    toStream(await answer(request, reply), reply),
  );
  app.post('/tokenize', { config: { role: 'tokenize' } }, (request) =>
    splitFourBytes(readTgi(request, tokenizeSchema).inputs),
  );
  app.get('/info', () => INFO);
}

/** The older API, at a server's root and on hf-inference: `stream` decides, and the whole answer is a list. */
export async function generateText(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const generation = await answer(request, reply);
  return generation.request.stream === true ? toStream(generation, reply) : [toBody(generation)];
}

export function addTgiRoot(app: FastifyInstance): void {
  app.post('/', { config: { role: 'summarize' } }, (request, reply) =>
    generateText(request, reply),
  );
  app.get('/health', () => '');
}

/** TGI keeps one token for the answer. */
const MAX_INPUT_TOKENS = CONTEXT_TOKENS - 1;
const MODEL_SHA = sha256('hansard/extractive-v1').slice(0, 40);
const INFO = {
  model_id: 'hansard/extractive-v1',
  model_sha: MODEL_SHA,
  model_pipeline_tag: 'text-generation',
  max_concurrent_requests: 128,
  max_best_of: 1,
  max_stop_sequences: 4,
  max_input_tokens: MAX_INPUT_TOKENS,
  max_total_tokens: CONTEXT_TOKENS,
  validation_workers: 1,
  max_client_batch_size: 4,
  router: 'hansard-local-inference-server',
  version: '3.3.6',
  sha: null,
  docker_label: null,
};

const tokenizeSchema = z.looseObject({
  inputs: z.string(),
  add_special_tokens: z.boolean().optional(),
});

/** Both come to a JSON schema, of which `json_schema` has a name beside it; a `regex` is a wrong schema. */
const plainGrammar = z
  .strictObject({ type: z.enum(['json', 'json_object', 'regex']), value: z.json() })
  .transform(({ value }) => value ?? {});
const namedGrammar = z
  .strictObject({ type: z.literal('json_schema'), value: z.looseObject({ schema: z.json() }) })
  .transform(({ value }) => value.schema ?? {});

/** Sampling parameters are checked, and change nothing: extraction draws no tokens. */
const requestSchema = z.strictObject({
  inputs: z.string(),
  parameters: z
    .strictObject({
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
      grammar: z.union([plainGrammar, namedGrammar]).nullish(),
      adapter_id: z.null().optional(),
    })
    .prefault({}),
  stream: z.boolean().optional(),
});

const DEFAULT_NEW_TOKENS = 100;

type Generation = Awaited<ReturnType<typeof answer>>;

async function answer(httpRequest: FastifyRequest, reply: FastifyReply) {
  const request = readTgi(httpRequest, requestSchema);
  const { inputs, parameters } = request;
  if (inputs === '') throw invalid('`inputs` cannot be empty');
  const prompt = lastFourBytes(inputs, parameters.truncate ?? Infinity);
  const inputTokens = estimateTokens(prompt);
  const maxNewTokens = parameters.max_new_tokens ?? DEFAULT_NEW_TOKENS;
  if (inputTokens > MAX_INPUT_TOKENS) {
    throw invalid(
      `\`inputs\` must have less than ${MAX_INPUT_TOKENS} tokens. Given: ${inputTokens}`,
    );
  }
  if (inputTokens + maxNewTokens > CONTEXT_TOKENS) {
    throw invalid(
      `\`inputs\` tokens + \`max_new_tokens\` must be <= ${CONTEXT_TOKENS}. Given: ${inputTokens} \`inputs\` tokens and ${maxNewTokens} \`max_new_tokens\``,
    );
  }
  const { content: text, ended } = await completePrompt(
    lastInstruction(prompt),
    maxNewTokens,
    fillableFields(parameters.grammar, (message) => invalid(`grammar is not valid: ${message}`)),
    parameters.stop ?? [],
  );
  const plain = { logprob: 0, special: false };
  const tokens = splitFourBytes(text).map(({ id, text }) => ({ id, text, ...plain }));
  reportWork(httpRequest, reply, MODEL_SHA, digestOf(request), {
    'x-compute-characters': inputs.length,
    'x-prompt-tokens': inputTokens,
    'x-generated-tokens': tokens.length,
  });
  const seed = parameters.seed ?? null;
  const details = { finish_reason: ended, generated_tokens: tokens.length, seed };
  return { request, prompt, inputTokens, text, tokens, details };
}

/** Lists the tokens only if details are requested. */
function toBody({ request, prompt, text, details, tokens }: Generation): object {
  const { details: wantsDetails, return_full_text: fullText } = request.parameters;
  return {
    generated_text: fullText === true ? prompt + text : text,
    ...(wantsDetails === true ? { details: { ...details, prefill: [], tokens } } : {}),
  };
}

/** One event per token, with `data:` and no blank; the last one has the whole text. */
function toStream({ text, details, tokens, inputTokens }: Generation, reply: FastifyReply): string {
  const last = { generated_text: text, details: { ...details, input_length: inputTokens } };
  // An empty answer has one token too.
  const shown = tokens.length > 0 ? tokens : [{ id: 2, text: '</s>', logprob: 0, special: true }];
  reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  return shown
    .map((token, index) => ({
      index: index + 1,
      token,
      ...(index === shown.length - 1 ? last : { generated_text: null, details: null }),
    }))
    .map((event) => `data:${JSON.stringify(event)}\n\n`)
    .join('');
}

/** The text between the last instruction marks of a chat template, else the whole prompt without marks. */
function lastInstruction(prompt: string): string {
  const instruction = prompt.split('[INST]').at(-1)?.split('[/INST]')[0] ?? prompt;
  return instruction.replaceAll(/<\/?s>|<\|[^|>]*\|>/g, '').trim();
}

const invalid = (message: string): Refusal =>
  new Refusal(422, { error: `Input validation error: ${message}`, error_type: 'validation' });

/** TGI's web framework refuses a body of the wrong shape in plain text. */
const refuseBody: Refuse = (status) =>
  textRefusal(
    status,
    status === 415
      ? 'Expected request with `Content-Type: application/json`'
      : 'Failed to parse the request body as JSON',
  );

/** Plain text too. */
export const refuseTgiShape = (message: string): Refusal =>
  textRefusal(422, `Failed to deserialize the JSON body into the target type: ${message}`);

const readTgi = <T>(request: FastifyRequest, schema: z.ZodType<T>): T =>
  check(schema, readJson(request, refuseBody), refuseTgiShape);
