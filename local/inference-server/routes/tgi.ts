import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { jsonReply, textReply, type Reply } from '../http/reply.ts';
import type { ModelAnswer, Route, RouteRequest } from '../http/route.ts';
import { CONTEXT_TOKENS } from '../models/extractive.ts';
import { splitFourBytes } from '../models/four-bytes.ts';
import { generate, toBody, toStream, type Generated } from './tgi-generation.ts';
import { MAX_INPUT_TOKENS, parseTgi, readTgiRequest } from './tgi-request.ts';

/** A dedicated Text Generation Inference server below `/tgi`. */
export const tgi: readonly Route[] = [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/tgi\/generate$/,
    role: () => 'summarize',
    handle: async (request) => answer(request, (generated) => jsonReply(toBody(generated))),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/tgi\/?$/,
    role: () => 'summarize',
    // The older API's form is a list; `stream` decides there.
    handle: async (request) =>
      answer(request, (generated) =>
        generated.request.stream === true ? toStream(generated) : jsonReply([toBody(generated)]),
      ),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/tgi\/generate_stream$/,
    role: () => 'summarize',
    handle: async (request) => answer(request, toStream),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/tgi\/tokenize$/,
    role: () => 'tokenize',
    handle: async (request) => {
      const body = z.looseObject({
        inputs: z.string(),
        add_special_tokens: z.boolean().optional(),
      });
      const tokens = splitFourBytes(parseTgi(request, body).inputs);
      return { inputDigest: null, reply: jsonReply(tokens) };
    },
  },
  {
    kind: 'plain',
    method: 'GET',
    pattern: /^\/tgi\/info$/,
    handle: () => jsonReply(INFO),
  },
  {
    kind: 'plain',
    method: 'GET',
    pattern: /^\/tgi\/health$/,
    handle: () => textReply(''),
  },
];

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

function answer(request: RouteRequest, toReply: (generated: Generated) => Reply): ModelAnswer {
  const startMs = performance.now();
  const generated = generate(readTgiRequest(request));
  const reply = toReply(generated);
  return {
    inputDigest: digestOf(generated.request),
    reply: {
      ...reply,
      headers: {
        ...reply.headers,
        'x-sha': MODEL_SHA,
        'x-compute-type': 'cpu',
        'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
        'x-compute-characters': String(generated.request.inputs.length),
        'x-prompt-tokens': String(generated.inputTokens),
        'x-generated-tokens': String(generated.tokens.length),
      },
    },
  };
}
