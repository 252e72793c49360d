import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WireResponse } from '../../../../adapters/inference/wire/wire-message.ts';
import { chatPrompt } from '../../../../adapters/inference/protocols/forms/chat-messages.ts';
import { tgi } from '../../../../adapters/inference/protocols/tgi.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { INPUTS } from './inputs.ts';
import { jsonOf } from './read-request.ts';

const target = aTarget({
  role: 'summarize',
  contract: 'tgi',
  model: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
  baseUrl: 'https://x1.endpoints.huggingface.cloud',
});
const streaming = { ...target, stream: true };
const bug = expect.objectContaining({ kind: 'provider_bug', charge: 'billed' });
const prompt = '[INST] You write minutes.\n\nAnn: we ship on Friday. [/INST]';
const whole = {
  generated_text: '{"summary":"They ship."}',
  details: {
    finish_reason: 'eos_token',
    generated_tokens: 201,
    seed: 1,
    prefill: [],
    tokens: [],
  },
};
const parse = (response: WireResponse, on = target) =>
  tgi.roles.summarize.parseResponse(response, INPUTS.summarize, on);

describe('request', () => {
  test('is the prompt in the form of the model, with everything that shapes the answer', async () => {
    const request = tgi.roles.summarize.buildRequest(INPUTS.summarize, target);
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://x1.endpoints.huggingface.cloud/generate',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    const parameters = {
      details: true,
      return_full_text: false,
      grammar: { type: 'json', value: { type: 'object' } },
      max_new_tokens: 800,
      temperature: 0.2,
      do_sample: true,
    };
    expect(await jsonOf(request)).toEqual({ inputs: prompt, parameters });
    expect(request.parameters).toEqual({ parameters });
  });

  test('says what is configured', () => {
    const configured = {
      ...target,
      parameters: { temperature: 0.3, topK: 40, repetitionPenalty: 1.1, stop: ['END'], seed: 7 },
    };
    expect(tgi.roles.summarize.buildRequest(INPUTS.summarize, configured).parameters).toMatchObject(
      {
        parameters: {
          temperature: 0.3,
          top_k: 40,
          repetition_penalty: 1.1,
          stop: ['END'],
          seed: 7,
        },
      },
    );
  });

  test('of generate has no grammar', () => {
    const request = tgi.roles.generate.buildRequest(INPUTS.generate, {
      ...target,
      role: 'generate',
    });
    expect(request.parameters).toEqual({
      parameters: {
        details: true,
        return_full_text: false,
        max_new_tokens: 16,
        temperature: 0.7,
        do_sample: true,
      },
    });
  });

  test('for a stream has its own route', () => {
    const request = tgi.roles.summarize.buildRequest(INPUTS.summarize, streaming);
    expect(request.url).toBe('https://x1.endpoints.huggingface.cloud/generate_stream');
    expect(request.headers['accept']).toBe('text/event-stream');
  });
});

describe('answer', () => {
  test('is the text, with tokens from details and headers', () => {
    const headers = {
      'x-prompt-tokens': '812',
      'x-generated-tokens': '200',
      'x-compute-time': '1.5',
    };
    expect(parse(anAnswer(200, whole, headers))).toMatchObject({
      answer: { text: '{"summary":"They ship."}' },
      usage: { inputTokens: 812, outputTokens: 201, computeSeconds: 1.5 },
    });
    expect(parse(anAnswer(200, { generated_text: 'a' }, headers)).usage).toMatchObject({
      inputTokens: 812,
      outputTokens: 200,
    });
  });

  test('may be a list, as at the compatible root', () => {
    expect(parse(anAnswer(200, [whole])).answer.text).toBe('{"summary":"They ship."}');
  });

  test('is stripped of the prompt at its start', () => {
    const echoed = { ...whole, generated_text: `${prompt} {"summary":"b"}` };
    expect(parse(anAnswer(200, echoed)).answer.text).toBe(' {"summary":"b"}');
    const onlyPrompt = { ...whole, generated_text: prompt };
    expect(() => parse(anAnswer(200, onlyPrompt))).toThrowError(bug);
  });

  test('that ends at its limit is an incomplete summary, but a complete text of generate', () => {
    const cut = { ...whole, details: { ...whole.details, finish_reason: 'length' } };
    expect(() => parse(anAnswer(200, cut))).toThrowError(
      expect.objectContaining({ kind: 'too_large', charge: 'billed' }),
    );
    const generated = tgi.roles.generate.parseResponse(anAnswer(200, cut), INPUTS.generate, target);
    expect(generated.answer.text).toBe('{"summary":"They ship."}');
  });

  test.each([
    ['nothing', { ...whole, generated_text: ' ' }],
    ['a chat completion', { choices: [{ message: { content: 'a' } }] }],
    ['a list of two', [whole, whole]],
    ['no JSON', 'They ship.'],
  ])('of %s is refused', (_, body) => {
    expect(() => parse(anAnswer(200, body))).toThrowError(bug);
  });
});

describe('stream', () => {
  const stream = (...events: readonly unknown[]): WireResponse =>
    anAnswer(200, events.map((event) => `data:${JSON.stringify(event)}\n\n`).join(''), {
      'content-type': 'text/event-stream',
    });
  const token = (index: number, text: string) => ({
    index,
    token: { id: index, text, logprob: -0.1, special: false },
    generated_text: null,
    details: null,
  });
  const last = {
    ...token(3, '</s>'),
    generated_text: 'They ship.',
    details: { finish_reason: 'eos_token', generated_tokens: 3, input_length: 40, seed: null },
  };

  test('is read to its last event, which holds all of it', () => {
    expect(parse(stream(token(1, 'They'), token(2, ' ship.'), last), streaming)).toMatchObject({
      answer: { text: 'They ship.' },
      usage: { inputTokens: 40, outputTokens: 3 },
    });
  });

  test('that breaks off is retried', () => {
    const expected = expect.objectContaining({ kind: 'transient', charge: 'unknown' });
    expect(() => parse(stream(token(1, 'They')), streaming)).toThrowError(expected);
    const half = `data:${JSON.stringify(token(1, 'They'))}\n\ndata:{"index":2,"tok`;
    const headers = { 'content-type': 'text/event-stream' };
    expect(() => parse(anAnswer(200, half, headers), streaming)).toThrowError(expected);
    expect(() => parse(anAnswer(200, '', headers), streaming)).toThrowError(expected);
  });

  test('with an error inside gets the verdict of that error', () => {
    const overloaded = { error: { message: 'Model is overloaded', http_status_code: 429 } };
    expect(() => parse(stream(token(1, 'They'), overloaded), streaming)).toThrowError(
      expect.objectContaining({ kind: 'rate_limited', charge: 'unknown' }),
    );
    const invalid = { error: '`inputs` must have less than 4096 tokens', error_type: 'validation' };
    expect(() => parse(stream(invalid), streaming)).toThrowError(
      expect.objectContaining({ kind: 'too_large', charge: 'refused' }),
    );
  });
});

test('any body is an answer or a verdict', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.string(), fc.uint8Array()),
      fc.constantFrom('application/json', 'text/event-stream'),
      (body, contentType) => {
        const response = anAnswer(200, body, { 'content-type': contentType });
        const outcome = outcomeOf<object>(() => parse(response));
        expect(['provider_bug', 'transient', 'too_large']).toContain(
          'verdict' in outcome ? outcome.verdict : 'provider_bug',
        );
      },
    ),
  );
});

test('an answer is stripped of exactly the prompt of its request', async () => {
  const { inputs } = await jsonOf(tgi.roles.summarize.buildRequest(INPUTS.summarize, target));
  expect(inputs).toBe(chatPrompt(INPUTS.summarize.messages, target.model));
});
