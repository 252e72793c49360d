import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hfChat } from '../../../../../adapters/inference/protocols/hf-chat.ts';
import { InferenceError } from '../../../../../adapters/inference/verdicts/inference-error.ts';
import { aTarget, anAnswer } from '../../a-target.ts';
import { outcomeOf } from '../../call/outcome-of.ts';
import { INPUTS } from '../inputs.ts';
import { jsonOf } from '../read-request.ts';

const target = aTarget({ role: 'summarize', contract: 'hf-chat', model: 'm', stream: true });
const { buildRequest, parseResponse } = hfChat.roles.summarize;
const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };
const parse = (body: string | Uint8Array, headers: Record<string, string> = STREAM) =>
  parseResponse(anAnswer(200, body, headers), INPUTS.summarize, target);
const refusal = (body: string | Uint8Array): InferenceError => {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof InferenceError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

const chunk = (content: string | null, finish: string | null = null) => ({
  object: 'chat.completion.chunk',
  model: 'openai/gpt-oss-120b',
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
const USAGE = { choices: [], usage: { prompt_tokens: 812, completion_tokens: 201 } };
const events = (...said: unknown[]): string =>
  said.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');

test('a target that streams is asked for events, and for the usage in the last of them', async () => {
  const request = buildRequest(INPUTS.summarize, target);
  expect(await jsonOf(request)).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(request.headers['accept']).toBe('text/event-stream');
  const unstreamed = await jsonOf(buildRequest(INPUTS.summarize, { ...target, stream: false }));
  expect(unstreamed).toMatchObject({ stream: false });
  expect(unstreamed).not.toHaveProperty('stream_options');
});

test('its pieces are joined; the usage comes in an event without choices', () => {
  const body = events(chunk(''), chunk('We ship '), chunk('on Friday.', 'stop'), USAGE, '[DONE]');
  expect(parse(body)).toMatchObject({
    answer: { text: 'We ship on Friday.' },
    usage: { inputTokens: 812, outputTokens: 201 },
    servedModel: 'openai/gpt-oss-120b',
  });
});

test('an unrequested stream is read, also without its header', () => {
  const body = events(chunk('Yes.', 'stop'), '[DONE]');
  expect(parse(body, { 'content-type': 'application/json' }).answer.text).toBe('Yes.');
  expect(parse(`: keep-alive\n\n${body}`, STREAM).answer.text).toBe('Yes.');
  expect(parse(body.replaceAll('\n', '\r\n'), {}).answer.text).toBe('Yes.');
});

test('a whole completion is read though a stream was requested', () => {
  const whole = { choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] };
  expect(parse(JSON.stringify(whole)).answer.text).toBe('Yes.');
});

test('TGI writes data: without a blank, and some servers close right after the last line', () => {
  const body = events(chunk('Yes.', 'stop'), '[DONE]').replaceAll('data: ', 'data:').trimEnd();
  expect(parse(body).answer.text).toBe('Yes.');
});

test.each(['</s>', '<|eot_id|>', '<end_of_turn>'])(
  'older TGI streams the token that ended the answer, %s, which is no part of it',
  (token) => {
    const streamed = (...said: unknown[]) => parse(events(...said)).answer.text;
    expect(streamed(chunk('{"a":"<b>"}'), chunk(token, 'eos_token'))).toBe('{"a":"<b>"}');
    expect(streamed(chunk('Use '), chunk(token, 'stop'), '[DONE]')).toBe(`Use ${token}`);
    expect(streamed(chunk('It ends '), chunk('here.', 'eos_token'))).toBe('It ends here.');
    expect(refusal(events(chunk(token, 'eos_token'))).kind).toBe('provider_bug');
  },
);

test('an error within a stream gets the verdict of that error; earlier tokens may be billed', () => {
  const said = (error: unknown) => refusal(events(chunk('We '), { error }));
  expect(said({ message: 'inputs tokens + max_new_tokens', http_status_code: 422 })).toMatchObject({
    kind: 'too_large',
    status: 200,
    charge: 'unknown',
  });
  expect(said({ message: 'Model is overloaded', http_status_code: 429 }).kind).toBe('rate_limited');
  expect(said({ message: 'Request failed', http_status_code: 424 }).kind).toBe('transient');
  expect(said('You have exceeded your monthly included credits').kind).toBe('billing');
  expect(said('secret words').message).not.toContain('secret');
  expect(refusal(`event: error\ndata: {"message":"Internal server error"}\n\n`).kind).toBe(
    'transient',
  );
});

test('an error before the first piece is refused, and not billed', () => {
  expect(refusal(events({ error: { message: 'x', http_status_code: 429 } }))).toMatchObject({
    kind: 'rate_limited',
    charge: 'refused',
  });
});

test('an error of null is no error', () => {
  expect(parse(events({ ...chunk('Yes.', 'stop'), error: null }, '[DONE]')).answer.text).toBe(
    'Yes.',
  );
});

test('half a body means a broken connection, and may be billed', () => {
  const whole = events(chunk('We ship '), chunk('on Friday.', 'stop'), USAGE, '[DONE]');
  const most = whole.indexOf('"finish_reason":"stop"');
  for (const length of [0, 60, 200, most].filter((one) => one > 0)) {
    expect(refusal(whole.slice(0, length))).toMatchObject({
      kind: 'transient',
      charge: 'unknown',
    });
  }
});

test('a stream without [DONE] is complete if it has a finish reason', () => {
  expect(parse(events(chunk('Yes.', 'stop'))).answer.text).toBe('Yes.');
});

test('a streamed answer that max_tokens cut off is too large', () => {
  expect(refusal(events(chunk('We', 'length'), USAGE, '[DONE]'))).toMatchObject({
    kind: 'too_large',
    charge: 'billed',
  });
});

test('what a reasoning model thought is no part of the answer', () => {
  const thought = { choices: [{ index: 0, delta: { reasoning: 'hm', content: null } }] };
  expect(parse(events(thought, chunk('Yes.', 'stop'), '[DONE]')).answer.text).toBe('Yes.');
  expect(refusal(events(thought, chunk(null, 'length'), '[DONE]')).message).toMatch(
    /used up max_tokens/,
  );
});

test('invalid data between events is a provider bug', () => {
  expect(refusal(events(chunk('We'), '{"choices', chunk('', 'stop')))).toMatchObject({
    kind: 'provider_bug',
    charge: 'billed',
  });
});

test('a text in any pieces is joined again, with one byte or four per character', () => {
  const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('会议纪要 🦊\n\ndata: x'));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
      const text = `a${pieces.join('')}`;
      const said = [chunk('a'), ...pieces.map((one) => chunk(one)), chunk(null, 'stop'), '[DONE]'];
      expect(parse(events(...said)).answer.text).toBe(text);
    }),
  );
});

test('a stream cut anywhere never gives part of an answer', () => {
  const whole = Buffer.from(
    events(chunk('会议'), chunk('纪要'), chunk(null, 'stop'), USAGE, '[DONE]'),
  );
  for (let length = 1; length < whole.length; length++) {
    const outcome = outcomeOf(() => parse(whole.subarray(0, length)).answer.text);
    expect(['会议纪要', 'transient', 'provider_bug']).toContain(
      'value' in outcome ? outcome.value : outcome.verdict,
    );
  }
});

test('any stream of events is an answer, or a verdict', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.string(), fc.constant('[DONE]'))), (said) => {
      const outcome = outcomeOf(() => parse(events(...said)).answer.text.length);
      expect('verdict' in outcome || outcome.value > 0).toBe(true);
    }),
  );
});
