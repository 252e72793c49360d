import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { VerdictKind } from '../../../../workflows/contracts/verdicts.ts';
import { readErrorMessage } from '../../../../adapters/inference/verdicts/error-message.ts';
import {
  toInferenceError,
  verdictOn,
  VERDICTS,
} from '../../../../adapters/inference/verdicts/verdict.ts';
import { contractOf } from '../../../../adapters/inference/protocols/contract-table.ts';
import type { WireResponse } from '../../../../adapters/inference/wire/wire-message.ts';
import { aTarget, anAnswer, SECRET } from '../a-target.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const chat = { role: 'summarize', contract: 'hf-chat' } as const;
const tgi = { role: 'summarize', contract: 'tgi' } as const;
const vllm = { role: 'summarize', contract: 'openai' } as const;
const fal = { role: 'illustrate', contract: 'fal' } as const;
const replicate = { role: 'illustrate', contract: 'replicate' } as const;
const toolkit = { role: 'transcribe', contract: 'toolkit' } as const;
const hfendpoints = { role: 'transcribe', contract: 'hfendpoints' } as const;

const ENDPOINT: Target['endpoint'] = {
  namespace: 'o',
  name: 'whisper',
  resume: false,
  apiTokens: [],
  tokenVariable: 'HF_TOKEN',
};

const verdictOf = (answer: WireResponse, target: Target) =>
  toInferenceError(answer, target, contractOf(target).traits, NOW);

const verdict = (status: number, body: unknown, changes: Partial<Target> = {}) =>
  verdictOf(anAnswer(status, body), aTarget(changes));

/** What is answered, and by whom; the target is hf-inference's Whisper where nothing else is said. */
type Case = readonly [what: string, status: number, body: unknown, changes?: Partial<Target>];

/** Every row of the table by its name, with what the reference knows to be answered there. */
const ROWS: Readonly<
  Record<string, { readonly kind: VerdictKind; readonly cases: readonly Case[] }>
> = {
  '402, 401 and 403 exhausted balance, 429 insufficient_quota: out of credits': {
    kind: 'billing',
    cases: [
      ['fal locks the user', 403, { detail: 'User is locked. Reason: Exhausted balance.' }, fal],
      ['a provider wants money', 401, { error: { message: 'Insufficient balance' } }, chat],
      [
        'no credits',
        402,
        { error: 'You have exceeded your monthly included credits for Inference Providers.' },
      ],
      [
        'problem+json',
        402,
        {
          title: 'Insufficient credit',
          detail: 'You have insufficient credit to run this model.',
          status: 402,
        },
        replicate,
      ],
      ['a spending limit, without words', 402, ''],
      ['OpenAI', 429, { error: { message: 'm', code: 'insufficient_quota' } }, vllm],
      ['OpenAI in words', 429, { error: { message: 'You exceeded your current quota' } }, vllm],
    ],
  },
  '401, 403: the token is refused': {
    kind: 'auth',
    cases: [
      ['a wrong token', 401, { error: 'Invalid username or password.' }],
      ['an organisation that does not pay', 401, { error: 'Unauthorized' }, { billTo: 'not-mine' }],
      [
        'a token without permission',
        403,
        {
          error:
            'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user X',
        },
      ],
      ['a gated model', 403, { error: { message: 'Access to model is restricted' } }, chat],
      ['a firewall', 403, '<html><title>403 Forbidden</title></html>'],
      ['vLLM without its key', 401, { error: 'Unauthorized' }, vllm],
    ],
  },
  '429 "request too large": the item alone exceeds the quota': {
    kind: 'too_large',
    cases: [
      [
        'OpenAI',
        429,
        {
          error: {
            message:
              'Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.',
            type: 'tokens',
            code: 'rate_limit_exceeded',
          },
        },
        vllm,
      ],
    ],
  },
  '429: too many requests': {
    kind: 'rate_limited',
    cases: [
      [
        'Groq, of type tokens',
        429,
        {
          error: {
            message:
              'Rate limit reached for model on tokens per minute (TPM). Please try again in 5.289s.',
            type: 'tokens',
            code: 'rate_limit_exceeded',
          },
        },
        vllm,
      ],
      ['TGI', 429, { error: 'Model is overloaded', error_type: 'overloaded' }, tgi],
      ['the hub', 429, 'Too Many Requests'],
      [
        'replicate',
        429,
        { detail: 'Request was throttled.', status: 429, title: 'Too Many Requests' },
        replicate,
      ],
      ['nothing said', 429, ''],
    ],
  },
  '410 that names the router: Hugging Face has shut down the host of the url': {
    kind: 'not_served',
    cases: [
      [
        'the legacy host behind a proxy',
        410,
        {
          error:
            'https://api-inference.huggingface.co is no longer supported. Please use https://router.huggingface.co instead.',
        },
      ],
    ],
  },
  '404 "no Route matched": the url is not the address of the API': {
    kind: 'not_served',
    cases: [
      ['Kong', 404, { message: 'no Route matched with those values' }],
      ['Express', 404, '<html><pre>Cannot POST /v1/v1/chat/completions</pre></html>', vllm],
      ['OpenAI', 404, { error: { message: 'Invalid URL (POST /v1/v1/chat/completions)' } }, vllm],
      ['Groq', 404, { error: { message: 'Unknown request URL: POST /v1/x', code: 'unknown_url' } }],
      ['Go', 404, '404 page not found', vllm],
      ['llama-server', 404, { error: { code: 404, message: 'File Not Found' } }, vllm],
    ],
  },
  '404, 410, 451: the model or the route does not exist': {
    kind: 'not_served',
    cases: [
      ['no such model', 404, { error: 'Model X does not exist' }],
      ['no such route', 404, 'Not Found'],
      [
        'vLLM without the model',
        404,
        { object: 'error', message: 'The model `x` does not exist.', code: 404 },
        vllm,
      ],
      ['gone', 410, ''],
      ['forbidden by law', 451, ''],
    ],
  },
  '405, 501 and redirects: the url is not the address of the API': {
    kind: 'not_served',
    cases: [
      ['no such method', 405, ''],
      ['moved', 302, ''],
      ['to https', 308, ''],
      [
        'llama.cpp without that part',
        501,
        { error: { code: 501, message: 'This server does not support embeddings' } },
        vllm,
      ],
    ],
  },
  '400, 422 model_not_supported, unknown model, chat template: the model is not served': {
    kind: 'not_served',
    cases: [
      [
        'the router without a provider',
        400,
        {
          error: {
            message: "The requested model 'X' is not supported by any provider you have enabled.",
            type: 'invalid_request_error',
            param: 'model',
            code: 'model_not_supported',
          },
        },
        chat,
      ],
      [
        'hf-inference without the model',
        400,
        { error: 'Model not supported by provider hf-inference' },
      ],
      ['together without the model', 400, { error: 'Model not supported by provider together' }],
      [
        'vLLM without the model',
        400,
        { error: { message: 'The model `x` does not exist.' } },
        vllm,
      ],
      [
        'Groq without the model any more',
        400,
        {
          error: { message: 'The model `x` has been decommissioned', code: 'model_decommissioned' },
        },
        vllm,
      ],
      [
        'together, not serverless',
        400,
        { id: 'x', error: { message: 'm', code: 'model_not_available' } },
        chat,
      ],
      [
        'Mistral',
        400,
        { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' },
        vllm,
      ],
      [
        "llama-server's router",
        400,
        { error: { code: 400, message: "model 'nope' not found", type: 'invalid_request_error' } },
        vllm,
      ],
      ['llama-server of old', 400, { error: { message: 'model not found' } }, vllm],
      [
        'LiteLLM',
        400,
        {
          error: {
            message:
              '/chat/completions: Invalid model name passed in model=nope. Call `/v1/models` to view available models for your key.',
            type: 'None',
            param: 'None',
            code: '400',
          },
        },
        vllm,
      ],
      [
        'LiteLLM without a server behind it',
        400,
        { error: { message: 'You passed in model=x. There are no healthy deployments for it' } },
        vllm,
      ],
      ['faster-whisper-server', 400, { detail: 'unknown model: nope' }, vllm],
      [
        'FastChat',
        400,
        { object: 'error', message: 'Only vicuna-7b allowed now, your model nope', code: 40301 },
        vllm,
      ],
      ['OpenRouter', 400, { error: { message: 'a/b is not a valid model ID', code: 400 } }, vllm],
      ['DeepSeek', 400, { error: { message: 'Model Not Exist', param: null } }, vllm],
      ['GitHub', 400, { error: { code: 'unknown_model', message: 'Unknown model: x' } }, vllm],
      [
        'Xinference',
        400,
        { detail: '[address=0.0.0.0:1, pid=7] Model not found in the model list, uid: x' },
        vllm,
      ],
      ['OpenAI, by the field', 400, { error: { message: 'm', param: 'model' } }, vllm],
      [
        'FastAPI, by the field',
        422,
        { detail: [{ type: 'enum', loc: ['body', 'model'], msg: "Input should be 'a' or 'b'" }] },
        vllm,
      ],
      [
        'fal: a repository without a whole model',
        422,
        { detail: 'Model directory /m does not contain a config.json or model_index.json file.' },
        fal,
      ],
      [
        'transformers: the same',
        400,
        { error: 'a/b does not appear to have a file named config.json.' },
        toolkit,
      ],
      [
        'diffusers: the same',
        400,
        { error: 'Error no file named model_index.json found in directory /repository.' },
        toolkit,
      ],
      [
        'diffusers: a model for another pipeline',
        422,
        { detail: "Pipeline <class 'a.B'> expected {'c', 'd'}, but only {'c'} were passed." },
        fal,
      ],
      [
        'peft: an adapter of another model, whose parts fill the message',
        422,
        { detail: `Target modules {${"'a.0.b', ".repeat(400)}'z'} not found in the base model.` },
        fal,
      ],
      [
        'TGI: the chat template of the model is missing',
        422,
        { error: 'Template error: template not found', error_type: 'template_error' },
        chat,
      ],
      [
        'TGI: the chat template of the model refuses',
        422,
        { error: 'Template error: invalid operation: x', error_type: 'template_error' },
        chat,
      ],
      [
        'vLLM: a model without a chat template',
        400,
        {
          error: {
            message:
              'As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.',
          },
        },
        vllm,
      ],
      [
        'vLLM: a chat template without a system role',
        400,
        {
          error: { message: 'Conversation roles must alternate user/assistant/user/assistant/...' },
        },
        vllm,
      ],
    ],
  },
  '400, 422 unsupported_parameter: the model does not take a parameter of the target': {
    kind: 'not_served',
    cases: [
      [
        'OpenAI: max_tokens',
        400,
        {
          error: {
            message:
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            type: 'invalid_request_error',
            param: 'max_tokens',
            code: 'unsupported_parameter',
          },
        },
        vllm,
      ],
      [
        'OpenAI: temperature',
        400,
        {
          error: {
            message:
              "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
            param: 'temperature',
            code: 'unsupported_value',
          },
        },
        vllm,
      ],
      [
        'OpenAI',
        400,
        { error: { message: 'Unrecognized request argument supplied: top_k' } },
        vllm,
      ],
      ['Groq', 400, { error: { message: "property 'top_k' is unsupported" } }, vllm],
      [
        'Mistral',
        422,
        { detail: [{ type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'm' }] },
        vllm,
      ],
    ],
  },
  '400, 422 missing field, another type: the model takes another form of request': {
    kind: 'not_served',
    cases: [
      [
        'fal: a model that builds on another',
        422,
        { detail: [{ loc: ['body', 'base'], msg: 'field required', type: 'value_error.missing' }] },
        fal,
      ],
      [
        'FastAPI: another route',
        422,
        {
          detail: [{ type: 'missing', loc: ['body', 'turns'], msg: 'm', input: { messages: [] } }],
        },
        vllm,
      ],
      [
        'vLLM',
        400,
        {
          error: { message: "1 error: {'type': 'missing', 'loc': ('body', 'prompt'), 'msg': 'm'}" },
        },
        vllm,
      ],
      [
        'OpenAI',
        400,
        { error: { message: 'm', param: 'input', code: 'missing_required_parameter' } },
        vllm,
      ],
      [
        'TGI: another route',
        422,
        'Failed to deserialize the JSON body into the target type: missing field `inputs` at line 1 column 9',
        tgi,
      ],
      [
        'TGI: a form of JSON schemas that its release lacks',
        422,
        'Failed to deserialize the JSON body into the target type: response_format: unknown variant `json_schema`, expected `json` or `regex` at line 1 column 9',
        chat,
      ],
      [
        'a sentence model that compares texts',
        400,
        { error: ['Field required: received `source` in `parameters`'] },
        { role: 'embed' },
      ],
      [
        'replicate: a model with other names',
        422,
        { title: 'Input validation failed', detail: '- input: sound is required\n', status: 422 },
        replicate,
      ],
    ],
  },
  '413: the body is too large': {
    kind: 'too_large',
    cases: [
      ['text/plain', 413, 'length limit exceeded'],
      ['nginx', 413, '<html><h1>413 Request Entity Too Large</h1></html>'],
      [
        'Groq, more than its tokens of a minute',
        413,
        {
          error: {
            message: 'Request too large for model',
            type: 'tokens',
            code: 'rate_limit_exceeded',
          },
        },
        vllm,
      ],
    ],
  },
  '400, 422 context length: the text or the audio is too long': {
    kind: 'too_large',
    cases: [
      [
        'TGI: prompt and answer',
        422,
        {
          error:
            'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000',
          error_type: 'validation',
        },
        tgi,
      ],
      [
        'TGI: prompt',
        422,
        {
          error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 2000',
          error_type: 'validation',
        },
        tgi,
      ],
      [
        'vLLM',
        400,
        { error: { message: "This model's maximum context length is 4096 tokens." } },
        vllm,
      ],
      [
        'vLLM of old',
        400,
        {
          object: 'error',
          message: "This model's maximum context length is 4096 tokens.",
          type: 'BadRequestError',
          code: 400,
        },
        vllm,
      ],
      ['OpenAI', 400, { error: { message: 'm', code: 'context_length_exceeded' } }, vllm],
      [
        'llama.cpp',
        400,
        { error: { message: 'the request exceeds the available context size' } },
        vllm,
      ],
      [
        'Whisper above 30 s',
        400,
        { error: 'You have passed more than 3000 mel input features (> 30 seconds)' },
      ],
      [
        'fal: audio',
        422,
        { detail: [{ loc: ['body', 'audio_url'], msg: 'm', type: 'audio_duration_too_long' }] },
        fal,
      ],
    ],
  },
  '400, 422 CUDA, out of memory, a service behind it: a temporary fault of the server': {
    kind: 'transient',
    cases: [
      ['the toolkit out of memory', 400, { error: 'CUDA error: out of memory' }, toolkit],
      [
        'hf-inference out of memory',
        400,
        { error: 'CUDA out of memory. Tried to allocate 2.00 GiB' },
      ],
      ['vLLM', 400, { error: { message: 'cuBLAS error' } }, vllm],
      [
        'fal: a service behind it',
        400,
        { detail: [{ loc: [], msg: 'm', type: 'downstream_service_error' }] },
        fal,
      ],
    ],
  },
  '400 ffmpeg, timeout, connection of the toolkit, which answers every exception with 400': {
    kind: 'transient',
    cases: [
      [
        'no ffmpeg',
        400,
        { error: 'ffmpeg was not found but is required to load audio files' },
        toolkit,
      ],
      ['timed out', 400, { error: 'Read timed out' }, toolkit],
      ['hf-inference timed out', 400, { error: 'Read timed out' }],
      ['a summary by hf-inference', 400, { error: 'timeout' }, { role: 'summarize' }],
      ['a full disk', 400, { error: '[Errno 28] No space left on device' }, toolkit],
      ['its own connection', 400, { error: '[Errno 104] Connection reset by peer' }, toolkit],
    ],
  },
  '503 with estimated_time or "loading": the model is loading': {
    kind: 'loading',
    cases: [
      [
        'with a time',
        503,
        { error: 'Model openai/whisper-large-v3 is currently loading', estimated_time: 20 },
      ],
      ['in words', 503, { error: 'Model is loading' }],
      [
        'llama.cpp',
        503,
        { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
        vllm,
      ],
    ],
  },
  '502, 503 of a target with coldStart or an endpoint: it is waking up': {
    kind: 'loading',
    cases: [
      ['an endpoint under management', 503, '', { ...toolkit, endpoint: ENDPOINT }],
      ['an endpoint, empty', 503, '', { ...toolkit, coldStart: true }],
      ['an endpoint, HTML', 502, '<html>Bad gateway</html>', { ...toolkit, coldStart: true }],
      ['TGI', 503, { error: 'unhealthy', error_type: 'healthcheck' }, { ...tgi, coldStart: true }],
    ],
  },
  '500, 503, 529 "overloaded", "too busy": the server is overloaded': {
    kind: 'rate_limited',
    cases: [
      [
        'the old backend',
        503,
        { error: 'Model too busy, unable to get response in less than 60 second(s)' },
      ],
      ['a provider', 529, { error: { message: 'Overloaded', type: 'overloaded_error' } }, chat],
      [
        'a queue that is full',
        503,
        { error: { message: 'The engine is currently overloaded' } },
        chat,
      ],
    ],
  },
  '408, 409, 421, 423 to 425, 499, 5xx: a temporary fault of the server or of a gateway': {
    kind: 'transient',
    cases: [
      ['a request timeout', 408, ''],
      ['a conflict', 409, ''],
      ['another host', 421, ''],
      ['locked', 423, ''],
      [
        'TGI: generation',
        424,
        { error: 'Request failed during generation', error_type: 'generation' },
        tgi,
      ],
      ['too early', 425, ''],
      ['a gateway that gave up', 499, ''],
      ['a fault', 500, { error: 'Internal Server Error' }],
      ['hfendpoints', 500, 'Internal error: failed to decode', hfendpoints],
      [
        'TGI: broke off',
        500,
        { error: 'Incomplete generation', error_type: 'incomplete_generation' },
        tgi,
      ],
      ['a gateway', 502, '<html>'],
      [
        'a gateway whose page loads its pictures late',
        503,
        '<html><img loading="lazy"><h1>503</h1></html>',
      ],
      ['a router without a server', 503, ''],
      ['TGI: unhealthy', 503, { error: 'unhealthy', error_type: 'healthcheck' }, tgi],
      ['a gateway timeout', 504, { error: 'Request timed out' }],
      ...[520, 521, 522, 523, 524, 525, 526, 527, 528, 529].map((status): Case => [
        'a CDN',
        status,
        `error code: ${status}`,
      ]),
    ],
  },
  'any other 4xx (400, 415, 422): the input is refused': {
    kind: 'input',
    cases: [
      ['the toolkit refuses the picture', 400, { error: 'cannot identify image file' }, toolkit],
      ['the toolkit wants inputs', 400, { error: 'Body needs to provide a inputs key' }, toolkit],
      ["hf-inference's pipeline", 400, { error: "unexpected keyword argument 'language'" }],
      [
        'hfendpoints: the context',
        400,
        'Invalid value for prompt: no context to decode',
        hfendpoints,
      ],
      ['hfendpoints: the format', 400, 'Failed to decode audio: unknown format', hfendpoints],
      ['a chat that says timeout', 400, { error: 'unknown field: timeout' }, chat],
      ['fal: the address', 400, { detail: 'Unsupported data URL' }, fal],
      ['a file that is missing', 400, { error: 'model input: the file was not found' }, toolkit],
      ['an input of the model', 400, { error: 'Invalid model input: too few frames' }, toolkit],
      ['a media type', 415, 'Unsupported'],
      [
        'TGI: validation',
        422,
        { error: 'temperature must be positive', error_type: 'validation' },
        tgi,
      ],
      ['TGI: no JSON', 422, 'Failed to parse the request body as JSON: EOF at line 1', tgi],
      [
        'fal: validation',
        422,
        { detail: [{ loc: [], msg: 'field required', type: 'missing' }] },
        fal,
      ],
      [
        'fal: its filter',
        422,
        { detail: [{ loc: ['body', 'prompt'], msg: 'm', type: 'content_policy_violation' }] },
        fal,
      ],
      [
        'replicate: validation',
        422,
        {
          title: 'Input validation failed',
          detail: '- input.width: too high',
          status: 422,
          invalid_fields: [],
        },
        replicate,
      ],
      ['a teapot', 418, ''],
    ],
  },
  'any other status, and an unknown error inside a 2xx': {
    kind: 'provider_bug',
    cases: [
      ['who knows', 200, { error: 'x' }],
      ['no status that there is', 999, ''],
    ],
  },
};

test('every row of the table has its test here, in the order of the table', () => {
  expect(Object.keys(ROWS)).toEqual(Object.keys(VERDICTS));
});

describe.each(Object.entries(ROWS))('%s', (name, { kind, cases }) => {
  for (const [what, status, body, changes = {}] of cases)
    test(`${what} (${status})`, () => {
      const message = readErrorMessage(anAnswer(status, body).bytes);
      const target = aTarget(changes);
      expect(verdictOn({ status, message, target, traits: contractOf(target).traits })).toBe(
        VERDICTS[name],
      );
      expect(verdict(status, body, changes)).toMatchObject({
        kind,
        status,
        target: 'the-target',
        charge: 'refused',
      });
    });
});

describe('an error inside a 2xx', () => {
  test.each<[string, unknown, VerdictKind]>([
    ['loading', { error: 'Model is loading', estimated_time: 3 }, 'loading'],
    ['rate limit', { error: { message: 'Rate limit reached' } }, 'rate_limited'],
    ['overloaded', { error: 'Model is overloaded', error_type: 'overloaded' }, 'rate_limited'],
    ['too busy', { error: 'Model too busy' }, 'rate_limited'],
    ['a status of its own', { error: { message: 'x', http_status_code: 422 } }, 'input'],
    [
      "TGI's stream: too long",
      {
        error: {
          message: '`inputs` tokens + `max_new_tokens` must be <= 4096',
          http_status_code: 422,
        },
      },
      'too_large',
    ],
    ["TGI's stream: generation", { error: { message: 'x', http_status_code: 424 } }, 'transient'],
    ['a status in words', { error: { message: 'x', code: '503' } }, 'transient'],
    ['no credits', { error: 'You have exceeded your monthly included credits' }, 'billing'],
    ['no balance', { error: { message: 'Exhausted balance' } }, 'billing'],
    ['a wrong token', { error: 'Invalid token' }, 'auth'],
    ['not served', { error: 'Model not supported by provider x' }, 'not_served'],
    ['context', { error: 'context length exceeded' }, 'too_large'],
    ['out of memory', { error: 'CUDA out of memory' }, 'transient'],
    ['a fault', { error: 'Internal error: timed out' }, 'transient'],
    [
      'a stream',
      'event: error\ndata: {"error":{"message":"x","http_status_code":500}}\n\n',
      'transient',
    ],
    ['who knows', { error: 'x' }, 'provider_bug'],
  ])('gets the verdict that fits its words: %s', (_, body, kind) => {
    expect(verdict(200, body)).toMatchObject({ kind, status: 200 });
  });
});

describe('the wait', () => {
  const wait = (status: number, headers: Record<string, string>, body: unknown = '') =>
    verdictOf(anAnswer(status, body, headers), aTarget()).waitMs;

  test('is the one asked for by 429, 503 and a loading model', () => {
    expect(wait(429, { 'retry-after': '4' })).toBe(4000);
    expect(wait(503, { 'retry-after': 'Mon, 23 Nov 2026 12:00:05 GMT' })).toBe(5000);
    expect(wait(503, {}, { error: 'loading', estimated_time: 20 })).toBe(20_000);
  });

  test('is none for other verdicts', () => {
    expect(wait(500, { 'retry-after': '4' })).toBeNull();
    expect(wait(401, {}, { error: 'try again in 5s' })).toBeNull();
  });
});

describe('the message', () => {
  test('of a refused token names its variable and what to set', () => {
    expect(verdict(401, '').message).toBe(
      'the-target answered 401: the token in HF_TOKEN was refused. Set a token with permission to call Inference Providers (https://huggingface.co/settings/tokens).',
    );
    expect(verdict(401, '', { apiTokens: [] }).message).toMatch(/HF_TOKEN is not set\. Set it to/);
    expect(verdict(401, '', { apiTokens: [], tokenVariable: null }).message).toMatch(
      /none is configured/,
    );
    expect(verdict(403, '', { billTo: 'org' }).message).toMatch(/HF_BILL_TO/);
    expect(verdict(401, '', { contract: 'openai', tokenVariable: 'X' }).message).toMatch(
      /the token in X was refused\. Set a token that this server accepts/,
    );
    expect(verdict(400, { error: { code: 'unsupported_parameter' } }).message).toMatch(
      /does not take one of the parameters/,
    );
    expect(verdict(400, { error: { code: 'missing_required_parameter' } }).message).toMatch(
      /takes another form of request than the contract hf-task has/,
    );
    expect(verdict(404, { message: 'no Route matched with those values' }).message).toMatch(
      /its url is not the address of the API/,
    );
    expect(verdict(410, 'use https://router.huggingface.co instead').message).toMatch(
      /Use https:\/\/router\.huggingface\.co/,
    );
  });

  test('repeats no word of the provider and no token, whatever the answer', () => {
    const echo = 'Ann-said-we-are-broke';
    const shapes = [
      { error: `${echo} ${SECRET}` },
      { error: { message: echo, code: echo, type: echo } },
      { detail: [{ msg: echo }] },
      { message: echo },
      echo,
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.constantFrom(...shapes),
        fc.constantFrom<Partial<Target>>({}, chat, { coldStart: true }, { contract: 'openai' }),
        (status, body, changes) => {
          const error = verdict(status, body, changes);
          const text = `${error.message} ${JSON.stringify(error)} ${String(error.cause)}`;
          expect(text).not.toContain(echo);
          expect(text).not.toContain(SECRET);
        },
      ),
    );
  });
});

test('any answer gets a verdict', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fc.oneof(fc.jsonValue(), fc.string()),
      fc.dictionary(fc.constantFrom('retry-after', 'ratelimit', 'x-request-id'), fc.string()),
      (status, body, headers) => {
        const error = verdictOf(anAnswer(status, body, headers), aTarget());
        expect(error.name).toBe('InferenceError');
        expect(error.requestId ?? 'x').toMatch(/^[\x21-\x7e]+$/);
      },
    ),
  );
});
