import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Inputs } from '../../../../adapters/inference/protocols/contract.ts';
import { hfChat } from '../../../../adapters/inference/protocols/hf-chat.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { bytesOf } from './read-request.ts';

const { buildRequest, parseResponse } = hfChat.roles.summarize;

const target = aTarget({
  role: 'summarize',
  contract: 'hf-chat',
  model: 'openai/gpt-oss-120b:cheapest',
});
const input: Inputs['summarize'] = {
  messages: [
    { role: 'system', content: 'You write minutes.' },
    { role: 'user', content: 'Ann: we ship on Friday.' },
  ],
  schema: { name: 'draft', json: { type: 'object' } },
  maxTokens: 800,
  temperature: 0.2,
  text: 'Ann: we ship on Friday.',
};
const completion = {
  id: 'chatcmpl-1',
  model: 'openai/gpt-oss-120b',
  choices: [
    { index: 0, message: { role: 'assistant', content: '{"a":1}' }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 812, completion_tokens: 201, total_tokens: 1013 },
};
const refusal = (body: unknown): InferenceError => {
  try {
    parseResponse(anAnswer(200, body), input, target);
  } catch (error) {
    expect(error).toBeInstanceOf(InferenceError);
    return error as InferenceError;
  }
  throw new Error('it was accepted');
};

test("a request has the model first, every parameter, and the schema in OpenAI's form", async () => {
  const request = buildRequest(input, target);
  expect(request.url).toBe('https://router.huggingface.co/v1/chat/completions');
  expect(request.method).toBe('POST');
  expect(request.headers).toEqual({
    'content-type': 'application/json',
    accept: 'application/json',
  });
  const body = String(await bytesOf(request));
  expect(body.startsWith('{"model":"openai/gpt-oss-120b:cheapest",')).toBe(true);
  const parameters = {
    max_tokens: 800,
    temperature: 0.2,
    stream: false,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'draft', strict: true, schema: { type: 'object' } },
    },
  };
  expect(request.parameters).toEqual(parameters);
  expect(JSON.parse(body)).toEqual({
    model: target.model,
    messages: input.messages,
    ...parameters,
  });
});

test('an answer gives text, usage, and the provider', () => {
  const headers = {
    'x-inference-provider': 'groq',
    'x-request-id': 'Root=1-abc;d',
    'x-compute-time': '1.25',
    'x-sha': '0123456789abcdef',
  };
  expect(parseResponse(anAnswer(200, completion, headers), input, target)).toEqual({
    answer: { text: '{"a":1}' },
    usage: {
      inputTokens: 812,
      outputTokens: 201,
      audioSeconds: null,
      images: null,
      computeSeconds: 1.25,
    },
    provider: 'groq',
    servedModel: 'openai/gpt-oss-120b',
    revision: '0123456789abcdef',
    requestId: 'Root=1-abc;d',
  });
});

test("usage comes from TGI's headers if the body has none; otherwise it is unknown", () => {
  const { usage, ...rest } = completion;
  expect(usage.total_tokens).toBe(1013);
  const headers = { 'x-prompt-tokens': '5', 'x-generated-tokens': '7' };
  expect(parseResponse(anAnswer(200, rest, headers), input, target).usage).toMatchObject({
    inputTokens: 5,
    outputTokens: 7,
  });
  expect(parseResponse(anAnswer(200, rest), input, target).usage).toMatchObject({
    inputTokens: null,
    outputTokens: null,
  });
});

test('an answer without a choice is a provider bug, and billed', () => {
  expect(refusal({ ...completion, choices: [] })).toMatchObject({
    kind: 'provider_bug',
    charge: 'billed',
    status: 200,
  });
});

test('an answer that used up max_tokens for thinking is an error that tells so', () => {
  const choices = [{ message: { content: null, reasoning: 'hm' }, finish_reason: 'length' }];
  expect(refusal({ ...completion, choices }).message).toMatch(/used up max_tokens/);
});

test('an answer that max_tokens cut off is too large, and billed: a shorter item has a shorter answer', () => {
  const choices = [{ message: { content: '{"summary": "We de' }, finish_reason: 'length' }];
  expect(refusal({ ...completion, choices })).toMatchObject({
    kind: 'too_large',
    charge: 'billed',
  });
});

test('an answer that is not JSON, or of another shape, is refused without quoting it', () => {
  for (const body of [
    '<html>secret words</html>',
    { secret: 'secret words' },
    { choices: 'secret words' },
  ])
    expect(refusal(body).message).not.toContain('secret');
});

test('any answer is an answer or a provider bug', () => {
  const shaped = fc.record({
    choices: fc.array(
      fc.record({
        message: fc.record({ content: fc.option(fc.string()) }),
        finish_reason: fc.oneof(fc.string(), fc.integer()),
      }),
    ),
    usage: fc.oneof(fc.constant(null), fc.record({ prompt_tokens: fc.double() })),
    model: fc.oneof(fc.string(), fc.integer()),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), shaped, fc.string()), (body) => {
      const outcome = outcomeOf(() => parseResponse(anAnswer(200, body), input, target));
      const acceptable =
        'value' in outcome
          ? outcome.value.answer.text.trim() !== ''
          : outcome.verdict === 'provider_bug';
      expect(acceptable).toBe(true);
    }),
  );
});

test('configured parameters win, and limit max_tokens', () => {
  const configured = {
    ...target,
    parameters: { temperature: 0.9, maxTokens: 500, topP: 0.9, seed: 7, stop: ['END'] },
  };
  expect(buildRequest(input, configured).parameters).toMatchObject({
    temperature: 0.9,
    max_tokens: 500,
    top_p: 0.9,
    seed: 7,
    stop: ['END'],
  });
  const generous = { ...target, parameters: { maxTokens: 100_000 } };
  expect(buildRequest(input, generous).parameters).toMatchObject({ max_tokens: 800 });
});

test('a generated text may end at the max_tokens that its caller chose', () => {
  const generate = { ...target, role: 'generate' } as const;
  const asked = { messages: input.messages, maxTokens: 4, temperature: 1 };
  const request = hfChat.roles.generate.buildRequest(asked, generate);
  expect(request.parameters).toEqual({ stream: false, max_tokens: 4, temperature: 1 });
  const choices = [{ message: { content: 'Red, green, ' }, finish_reason: 'length' }];
  const answer = anAnswer(200, { ...completion, choices });
  expect(hfChat.roles.generate.parseResponse(answer, asked, generate).answer).toEqual({
    text: 'Red, green, ',
    isCutOff: true,
  });
});

test('a refused or filtered answer fails the item, because it would be refused again', () => {
  for (const choice of [
    { message: { content: null, refusal: 'secret words' }, finish_reason: 'stop' },
    { message: { content: 'We de' }, finish_reason: 'content_filter' },
  ]) {
    const error = refusal({ ...completion, choices: [choice] });
    expect(error).toMatchObject({ kind: 'input', charge: 'billed' });
    expect(error.message).not.toContain('secret');
  }
});

test("Groq's request id is read from the body", () => {
  const answer = anAnswer(200, { ...completion, x_groq: { id: 'req_01' } });
  expect(parseResponse(answer, input, target).requestId).toBe('req_01');
});
