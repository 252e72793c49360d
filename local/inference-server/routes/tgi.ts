import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { jsonReply, textReply, type Reply } from '../http/reply.ts';
import type { ModelAnswer, Route, RouteRequest } from '../http/route.ts';
import { CONTEXT_TOKENS, jsonAnswer, plainAnswer } from '../models/extractive.ts';
import { splitFourBytes } from '../models/four-bytes.ts';
import { cutAtStop } from '../tasks/chat-completion.ts';
import { MAX_INPUT_TOKENS, parseTgi, readTgiRequest, type TgiOrder } from './tgi-request.ts';

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

interface Generated extends TgiOrder {
  readonly text: string;
  readonly finishReason: 'eos_token' | 'length' | 'stop_sequence';
  readonly tokens: readonly { id: number; text: string; logprob: number; special: boolean }[];
}

function generate(order: TgiOrder): Generated {
  const { prompt, fields, maxNewTokens, request } = order;
  const instruction = lastInstruction(prompt);
  const whole =
    fields === null
      ? { content: plainAnswer(instruction, maxNewTokens), finishReason: 'stop' as const }
      : jsonAnswer(instruction, fields, maxNewTokens);
  const text = cutAtStop(whole.content, request.parameters.stop ?? []);
  const tokens = splitFourBytes(text).map((token) => ({
    id: token.id,
    text: token.text,
    logprob: 0,
    special: false,
  }));
  const ending = whole.finishReason === 'length' ? 'length' : 'eos_token';
  return {
    ...order,
    text,
    tokens,
    finishReason: text === whole.content ? ending : 'stop_sequence',
  };
}

function toBody({ request, prompt, text, finishReason, tokens }: Generated): object {
  const { details, seed, return_full_text: fullText } = request.parameters;
  return {
    generated_text: fullText === true ? prompt + text : text,
    ...(details === true
      ? {
          details: {
            finish_reason: finishReason,
            generated_tokens: tokens.length,
            seed: seed ?? null,
            prefill: [],
            tokens,
          },
        }
      : {}),
  };
}

/** An event a token, `data:` without a blank; the last one holds all of the text. */
function toStream({ request, text, finishReason, tokens, inputTokens }: Generated): Reply {
  const last = {
    generated_text: text,
    details: {
      finish_reason: finishReason,
      generated_tokens: tokens.length,
      input_length: inputTokens,
      seed: request.parameters.seed ?? null,
    },
  };
  const events = tokens.map((token, index) => ({
    index: index + 1,
    token,
    ...(index === tokens.length - 1 ? last : { generated_text: null, details: null }),
  }));
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    body: Buffer.from(events.map((event) => `data:${JSON.stringify(event)}\n\n`).join('')),
  };
}

/** What a chat template put between its last marks of an instruction, else the whole prompt without marks. */
function lastInstruction(prompt: string): string {
  const instruction = prompt.split('[INST]').at(-1)?.split('[/INST]')[0] ?? prompt;
  return instruction.replaceAll(/<\/?s>|<\|[^|>]*\|>/g, '').trim();
}
