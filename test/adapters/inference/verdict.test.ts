import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../../adapters/inference/contract.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { readErrorMessage } from '../../../adapters/inference/error-message.ts';
import { toInferenceError, VERDICTS } from '../../../adapters/inference/verdict.ts';
import { aTarget, anAnswer, SECRET } from './a-target.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const chat = { role: 'summarize', contract: 'hf-chat' } as const;

const verdict = (status: number, body: unknown, changes: Partial<Target> = {}) =>
  toInferenceError(anAnswer(status, body), aTarget(changes), NOW);

it.each<[string, number, unknown, VerdictKind, Partial<Target>?]>([
  ['a wrong token', 401, { error: 'Invalid username or password.' }, 'auth'],
  [
    'a token without permission',
    403,
    { error: 'This authentication method does not have sufficient permissions' },
    'auth',
  ],
  ['no credits', 402, { error: 'You have exceeded your monthly included credits' }, 'billing'],
  ['no quota at OpenAI', 429, { error: { message: 'm', code: 'insufficient_quota' } }, 'billing'],
  ['too many requests', 429, { error: { message: 'Rate limit reached' } }, 'rate_limited'],
  [
    'TGI overloaded',
    429,
    { error: 'Model is overloaded', error_type: 'overloaded' },
    'rate_limited',
  ],
  ['no such model', 404, { error: 'Model X does not exist' }, 'not_served'],
  ['gone', 410, 'https://api-inference.huggingface.co is no longer supported', 'not_served'],
  ['no such method', 405, '', 'not_served'],
  ['a redirect', 302, '', 'not_served'],
  [
    'the router without a provider',
    400,
    {
      error: {
        message: "The requested model 'X' is not supported by any provider you have enabled.",
        code: 'model_not_supported',
      },
    },
    'not_served',
    chat,
  ],
  [
    'a provider without the model',
    400,
    { error: 'Model not supported by provider together' },
    'not_served',
  ],
  [
    'vLLM without the model',
    400,
    { error: { message: 'The model `x` does not exist.' } },
    'not_served',
    chat,
  ],
  ['a large body', 413, 'length limit exceeded', 'too_large'],
  [
    'TGI: too many tokens',
    422,
    {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000',
      error_type: 'validation',
    },
    'too_large',
    chat,
  ],
  [
    'vLLM: too many tokens',
    400,
    { error: { message: "This model's maximum context length is 4096 tokens." } },
    'too_large',
    chat,
  ],
  [
    'OpenAI: too many tokens',
    400,
    { error: { message: 'm', code: 'context_length_exceeded' } },
    'too_large',
    chat,
  ],
  [
    'llama.cpp: too many tokens',
    400,
    { error: { message: 'the request exceeds the available context size' } },
    'too_large',
    chat,
  ],
  [
    'Whisper above 30 s',
    400,
    { error: 'You have passed more than 3000 mel input features (> 30 seconds)' },
    'too_large',
  ],
  ['the toolkit out of memory', 400, { error: 'CUDA error: out of memory' }, 'transient'],
  [
    'the toolkit without ffmpeg',
    400,
    { error: 'ffmpeg was not found but is required' },
    'transient',
  ],
  ['the toolkit timed out', 400, { error: 'Read timed out' }, 'transient'],
  ['a chat that says timeout', 400, { error: 'unknown field: timeout' }, 'input', chat],
  [
    'loading with a time',
    503,
    { error: 'Model x is currently loading', estimated_time: 20 },
    'loading',
  ],
  ['loading in words', 503, { error: 'Model is loading' }, 'loading'],
  ['a sleeping endpoint, empty', 503, '', 'loading', { coldStart: true }],
  ['a sleeping endpoint, HTML', 502, '<html>Bad gateway</html>', 'loading', { coldStart: true }],
  ['a router overloaded', 503, '', 'transient'],
  ['a gateway', 502, '<html>', 'transient'],
  ['a request timeout', 408, '', 'transient'],
  ['a conflict', 409, '', 'transient'],
  [
    'TGI: generation',
    424,
    { error: 'Request failed during generation', error_type: 'generation' },
    'transient',
  ],
  ['too early', 425, '', 'transient'],
  ['a fault', 500, { error: 'Internal Server Error' }, 'transient'],
  ['a gateway timeout', 504, '', 'transient'],
  ['a CDN', 524, '', 'transient'],
  ['the end of 52x', 529, '', 'transient'],
  ['a media type', 415, 'Unsupported', 'input'],
  [
    'TGI: validation',
    422,
    { error: 'temperature must be positive', error_type: 'validation' },
    'input',
    chat,
  ],
  [
    'fal: validation',
    422,
    { detail: [{ loc: [], msg: 'field required', type: 'missing' }] },
    'input',
  ],
  ['the toolkit refuses the picture', 400, { error: 'cannot identify image file' }, 'input'],
  ['a teapot', 418, '', 'input'],
  ['200: loading', 200, { error: 'Model is loading', estimated_time: 3 }, 'loading'],
  ['200: rate limit', 200, { error: { message: 'Rate limit reached' } }, 'rate_limited'],
  [
    '200: with a status of its own',
    200,
    { error: { message: 'x', http_status_code: 422 } },
    'input',
  ],
  ['200: with a status in words', 200, { error: { message: 'x', code: '503' } }, 'transient'],
  ['200: no credits', 200, { error: 'You have exceeded your monthly included credits' }, 'billing'],
  ['200: a wrong token', 200, { error: 'Invalid token' }, 'auth'],
  ['200: not served', 200, { error: 'Model not supported by provider x' }, 'not_served'],
  ['200: context', 200, { error: 'context length exceeded' }, 'too_large'],
  ['200: a fault', 200, { error: 'Internal error: timed out' }, 'transient'],
  ['200: who knows', 200, { error: 'x' }, 'provider_bug'],
])('%s (%i) is judged', (_, status, body, kind, changes = {}) => {
  expect(verdict(status, body, changes)).toMatchObject({
    kind,
    status,
    target: 'the-target',
    billing: 'refused',
  });
});

it('every row of the table decides an outcome that no row above it does', () => {
  const outcomes: readonly [number, unknown, Partial<Target>][] = [
    [401, '', {}],
    [402, '', {}],
    [429, { error: { code: 'insufficient_quota' } }, {}],
    [429, '', {}],
    [404, '', {}],
    [405, '', {}],
    [400, 'model_not_supported', {}],
    [413, '', {}],
    [400, 'context length', {}],
    [400, 'CUDA', {}],
    [400, 'ffmpeg', {}],
    [503, { estimated_time: 1 }, {}],
    [503, '', { coldStart: true }],
    [408, '', {}],
    [500, '', {}],
    [400, '', {}],
  ];
  const rows = outcomes.map(([status, body, changes]) =>
    VERDICTS.findIndex((row) =>
      row.matches({
        status,
        message: readErrorMessage(anAnswer(status, body).bytes),
        target: aTarget(changes),
      }),
    ),
  );
  expect(rows).toEqual(VERDICTS.map((_, index) => index));
});

describe('the wait', () => {
  const wait = (status: number, headers: Record<string, string>, body: unknown = '') =>
    toInferenceError(anAnswer(status, body, headers), aTarget(), NOW).waitMs;

  it('is the one asked for by 429, 503 and a loading model', () => {
    expect(wait(429, { 'retry-after': '4' })).toBe(4000);
    expect(wait(503, { 'retry-after': 'Mon, 23 Nov 2026 12:00:05 GMT' })).toBe(5000);
    expect(wait(503, {}, { error: 'loading', estimated_time: 20 })).toBe(20_000);
  });

  it('is none for other verdicts', () => {
    expect(wait(500, { 'retry-after': '4' })).toBeNull();
    expect(wait(401, {}, { error: 'try again in 5s' })).toBeNull();
  });
});

describe('the message', () => {
  it('of a refused token names its variable and what to set', () => {
    expect(verdict(401, '').message).toBe(
      'the-target answered 401: the token in HF_TOKEN was refused. Set a token with permission to call Inference Providers (https://huggingface.co/settings/tokens).',
    );
    expect(verdict(401, '', { tokens: [] }).message).toMatch(/HF_TOKEN is not set\. Set it to/);
    expect(verdict(401, '', { tokens: [], tokenVariable: null }).message).toMatch(
      /none is configured/,
    );
    expect(verdict(403, '', { billTo: 'org' }).message).toMatch(/HF_BILL_TO/);
    expect(verdict(401, '', { contract: 'openai', tokenVariable: 'X' }).message).toMatch(
      /the token in X was refused\. Set a token that this server accepts/,
    );
  });

  it('repeats no word of the provider and no token, whatever the answer', () => {
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

it('any answer gets a verdict', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fc.oneof(fc.jsonValue(), fc.string()),
      fc.dictionary(fc.constantFrom('retry-after', 'ratelimit', 'x-request-id'), fc.string()),
      (status, body, headers) => {
        const error = toInferenceError(anAnswer(status, body, headers), aTarget(), NOW);
        expect(error.name).toBe('InferenceError');
        expect(error.requestId ?? 'x').toMatch(/^[\x21-\x7e]+$/);
      },
    ),
  );
});
