import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  holdsError,
  readErrorMessage,
} from '../../../../adapters/inference/verdicts/error-message.ts';

const read = (body: unknown) =>
  readErrorMessage(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

test.each<[string, unknown, { text: string; code?: string; status?: number | null }]>([
  [
    'the auto router',
    {
      error: {
        message: 'not supported',
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_supported',
      },
    },
    { text: 'not supported', code: 'model_not_supported invalid_request_error param:model' },
  ],
  [
    'a provider behind the router',
    { error: 'Model not supported by provider hf-inference' },
    { text: 'Model not supported by provider hf-inference' },
  ],
  [
    'TGI',
    { error: 'too long', error_type: 'validation' },
    { text: 'too long', code: 'validation' },
  ],
  [
    'TGI in a stream',
    { error: { message: 'm', http_status_code: 422 } },
    { text: 'm', status: 422 },
  ],
  [
    'vLLM',
    { error: { message: 'm', type: 'BadRequestError', param: null, code: 400 } },
    { text: 'm', code: 'BadRequestError', status: 400 },
  ],
  [
    'vLLM of old',
    { object: 'error', message: 'm', type: 'BadRequestError', param: null, code: 400 },
    { text: 'm', code: 'BadRequestError', status: 400 },
  ],
  [
    'Groq',
    { error: { message: 'm', type: 'tokens', code: 'rate_limit_exceeded' } },
    { text: 'm', code: 'rate_limit_exceeded tokens' },
  ],
  [
    'Together',
    { id: 'x', error: { message: 'm', type: 't', param: null, code: null } },
    { text: 'm', code: 't' },
  ],
  ['a list of errors', { error: ['a', { message: 'b' }] }, { text: 'a; b' }],
  ['Mistral', { message: 'm', request_id: 'r' }, { text: 'm' }],
  ['fal, one', { detail: 'Unsupported data URL' }, { text: 'Unsupported data URL' }],
  [
    'fal, several',
    { detail: [{ loc: ['a'], msg: 'b', type: 'c' }, { msg: 'd' }] },
    { text: 'b; d', code: 'c' },
  ],
  [
    'FastAPI without the model',
    { detail: [{ loc: ['body', 'model'], msg: 'b', type: 'enum' }] },
    { text: 'b', code: 'enum param:model' },
  ],
  [
    'FastAPI without a field',
    { detail: [{ loc: ['body', 'turns'], msg: 'b', type: 'missing' }] },
    { text: 'b', code: 'missing field:missing' },
  ],
  [
    'older FastAPI without a field',
    { detail: [{ loc: ['body', 'a'], msg: 'b', type: 'value_error.missing' }] },
    { text: 'b', code: 'value_error.missing field:missing' },
  ],
  [
    'FastAPI without a body, and without a header',
    {
      detail: [
        { loc: ['body'], msg: 'b', type: 'missing' },
        { loc: ['header', 'x-key'], msg: 'd', type: 'missing' },
      ],
    },
    { text: 'b; d', code: 'missing; missing' },
  ],
  ['problem+json', { title: 't', detail: 'd', status: 422 }, { text: 'd', status: 422 }],
  ['problem+json without detail', { title: 't', status: 404 }, { text: 't', status: 404 }],
  [
    'plain text',
    'Failed to deserialize the JSON body',
    { text: 'Failed to deserialize the JSON body' },
  ],
  [
    'HTML',
    '<!DOCTYPE html><html><script>let loading = 1</script><style>a{}</style><img loading="lazy"><h1>503\n Service Unavailable</h1></html>',
    { text: '503 Service Unavailable' },
  ],
  ['HTML that was cut off', '<html><h1>502 Bad', { text: '502 Bad' }],
  [
    'a stream of events',
    'data: {"choices":[]}\n\nevent: error\ndata: {"error":{"message":"m","http_status_code":422}}\n\ndata: [DONE]\n\n',
    { text: 'm', status: 422 },
  ],
  [
    "TGI's stream, without a blank",
    'data:{"error":"m","error_type":"generation"}',
    { text: 'm', code: 'generation' },
  ],
  ['a list of answers', [{ error: { message: 'm', code: 429 } }], { text: 'm', status: 429 }],
  ['a JSON text', '"Too many requests"', { text: 'Too many requests' }],
  [
    'a list of a gateway',
    { success: false, errors: [{ code: 7003, message: 'm' }] },
    { text: 'm' },
  ],
  ['hidden names', '{"__proto__":{"error":"a"},"constructor":"b","error":"m"}', { text: 'm' }],
  ['nothing', '', { text: '' }],
])('the shape of %s is read', (_, body, { text, code = '', status = null }) => {
  expect(read(body)).toEqual({ text, code, status, estimatedTimeSeconds: null });
});

test('a loading model says how long', () => {
  expect(read({ error: 'Model x is currently loading', estimated_time: 20 })).toMatchObject({
    estimatedTimeSeconds: 20,
  });
});

test('any bytes and any JSON give a text of at most 2048 characters', () => {
  const json = fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text));
  const shaped = fc
    .record({ error: fc.anything(), detail: fc.anything(), message: fc.anything() })
    .map((value) => Buffer.from(safeJson(value)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 5000 }), json, shaped), (bytes) => {
      expect(readErrorMessage(bytes).text.length).toBeLessThanOrEqual(2048);
      expect(typeof holdsError(bytes)).toBe('boolean');
    }),
  );
});

test('an error inside a success is told from an answer', () => {
  const holds = (text: string): boolean => holdsError(Buffer.from(text));
  expect(holds('{"error":"x"}')).toBe(true);
  expect(holds(' \n{"error":{"message":"x"}}')).toBe(true);
  expect(holds('{"error":null,"text":"x"}')).toBe(false);
  expect(holds('{"text":"{\\"error\\":1}"}')).toBe(false);
  expect(holds('[{"error":"x"}]')).toBe(false);
  expect(holds('')).toBe(false);
  expect(holds('{"object":"error","message":"x","code":400}')).toBe(true);
  expect(holds('{"error":[{"message":"x"}]}')).toBe(true);
  expect(holds('{"error":[],"text":"x"}')).toBe(false);
  expect(holds('{"__proto__":{"error":"x"},"text":"\\"error\\""}')).toBe(false);
});

test('work that a provider took and failed at is an answer for its contract', () => {
  const holds = (body: object): boolean => holdsError(Buffer.from(JSON.stringify(body)));
  expect(holds({ id: 'a1', status: 'failed', output: null, error: 'NSFW content' })).toBe(false);
  expect(holds({ request_id: 'a1', status: 'ERROR', error: 'x' })).toBe(false);
  expect(holds({ id: 'a1', error: { message: 'x' } })).toBe(true);
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '{}';
  }
}
