import { expect, test } from 'vitest';
import type { Parsed } from '../../../../adapters/inference/protocols/contract.ts';
import {
  contractFor,
  type ContractName,
} from '../../../../adapters/inference/protocols/contract-table.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS } from './inputs.ts';

/**
 * The forms of answers in the recordings that Hugging Face's own clients are tested with, as each provider writes them:
 * its members, their order and their gaps, around words of our own.
 */
const STREAM = 'text/event-stream; charset=utf-8; charset=utf-8';
const events = (...said: object[]): string =>
  said.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const DONE = 'data: [DONE]\n\n';
const chunk = (...choices: object[]) => ({ id: '', object: 'chat.completion.chunk', choices });
const piece = (content: string, finish: string | null = null) => ({
  index: 0,
  delta: { role: 'assistant', content },
  logprobs: null,
  finish_reason: finish,
});
const usage = (prompt: number, completion: number) => ({
  usage: {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  },
});

type Chat = readonly [
  who: string,
  contract: ContractName,
  status: number,
  body: string,
  outputTokens: number | null,
];

const STREAMS: readonly Chat[] = [
  [
    'together: the text twice, its own reason, usage in the last piece',
    'together',
    200,
    events(
      { ...chunk({ ...piece('We '), text: 'We ', seed: null }), usage: null },
      { ...chunk({ ...piece('ship.', 'eos'), text: 'ship.', seed: 9e18 }), ...usage(48, 2) },
    ) + DONE,
    2,
  ],
  [
    'SambaNova: empty pieces around the text, no usage',
    'openai',
    200,
    events(chunk(piece('')), chunk(piece('We ship.')), chunk(piece('')), chunk(piece('', 'stop'))) +
      DONE,
    null,
  ],
  [
    'Fireworks: a role alone, an empty end',
    'hf-chat',
    200,
    events(
      { ...chunk({ index: 0, delta: { role: 'assistant' }, finish_reason: null }), usage: null },
      chunk({ index: 0, delta: { content: 'We ship.' }, finish_reason: null }),
      { ...chunk({ index: 0, delta: {}, finish_reason: 'stop' }), ...usage(46, 20) },
    ) + DONE,
    20,
  ],
  [
    'Cerebras: no reason before the last piece, and no mark of the end',
    'hf-chat',
    200,
    events(
      chunk({ delta: { role: 'assistant' }, index: 0 }),
      chunk({ delta: { content: 'We ship.' }, index: 0 }),
      { ...chunk({ delta: {}, finish_reason: 'stop', index: 0 }), ...usage(46, 3) },
    ),
    3,
  ],
  [
    'Novita: what its filters found, in every piece',
    'hf-chat',
    200,
    events(
      chunk({ index: 0, delta: {}, content_filter_results: { hate: { filtered: false } } }),
      chunk({
        ...piece('We ship.', 'stop'),
        content_filter_results: { hate: { filtered: false } },
      }),
    ) + DONE,
    null,
  ],
  [
    'Hyperbolic: the usage so far, in every piece',
    'openai',
    200,
    events(
      { ...chunk(piece('We ')), ...usage(48, 1) },
      { ...chunk(piece('ship.')), ...usage(48, 2) },
      { ...chunk(piece('', 'stop')), ...usage(48, 3) },
    ) + DONE,
    3,
  ],
  [
    'Nscale: 201, no role, usage after the end and no mark of it',
    'nscale',
    201,
    events(
      {
        ...chunk({ ...piece('We ship.'), delta: { content: 'We ship.', role: null } }),
        usage: null,
      },
      { ...chunk(piece('', 'stop')), usage: null },
      { ...chunk(), ...usage(42, 6) },
    ),
    6,
  ],
  [
    'Groq: an id at both ends',
    'openai',
    200,
    events(
      { ...chunk(piece('')), x_groq: { id: 'req_1' } },
      chunk({ index: 0, delta: { content: 'We ship.' }, logprobs: null, finish_reason: null }),
      { ...chunk({ index: 0, delta: {}, finish_reason: 'stop' }), x_groq: { id: 'req_1' } },
    ) + DONE,
    null,
  ],
  [
    'TGI 2: no blank, an older name of the object, the token of the end',
    'hf-chat',
    200,
    events(
      { ...chunk(piece('We ship.')), object: 'text_completion' },
      { ...chunk(piece('</s>', 'eos_token')), object: 'text_completion' },
    ).replaceAll('data: ', 'data:'),
    null,
  ],
];

test.each(STREAMS)('a stream of %s', (_, contract, status, body, outputTokens) => {
  const target = aTarget({ role: 'generate', contract, model: 'a/b', stream: true });
  const response = anAnswer(status, body, { 'content-type': STREAM });
  const parsed = contractFor(contract, 'generate')?.parseResponse(
    response,
    INPUTS.generate,
    target,
  );
  expect(parsed).toMatchObject({ answer: { text: 'We ship.' }, usage: { outputTokens } });
});

const whole = (message: object, finish: string) => ({
  ...chunk(),
  ...usage(46, 4),
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
});

test.each<[string, ContractName, unknown]>([
  ['together', 'together', { ...whole({ content: 'Yes.', tool_calls: [] }, 'eos'), prompt: [] }],
  ['TGI', 'hf-chat', whole({ content: 'Yes.' }, 'eos_token')],
  ['Nebius', 'hf-chat', whole({ content: 'Yes.', refusal: null, audio: null }, 'stop')],
  ['CentML', 'openai', whole({ content: 'Yes.', reasoning_content: null }, 'stop')],
  [
    'Novita, with blank lines after it',
    'hf-chat',
    `${JSON.stringify(whole({ content: 'Yes.' }, 'stop'))}\n\n`,
  ],
])('a whole answer of %s', (_, contract, body) => {
  const target = aTarget({ role: 'generate', contract, model: 'a/b' });
  const parsed = contractFor(contract, 'generate')?.parseResponse(
    anAnswer(200, body),
    INPUTS.generate,
    target,
  );
  expect(parsed).toMatchObject({ answer: { text: 'Yes.' }, usage: { outputTokens: 4 } });
});

test.each([
  ['wizper', { text: 'We ship.', chunks: [{ timestamp: [0.36, 9.62], text: 'We ship.' }] }, null],
  [
    'whisper',
    {
      text: ' We ship.',
      chunks: [{ timestamp: [0.36, 9.62], text: ' We ship.', speaker: null }],
      inferred_languages: ['en'],
      diarization_segments: [],
    },
    'en',
  ],
])("fal's %s", (_, body, language) => {
  const target = aTarget({ contract: 'fal', model: 'fal-ai/whisper' });
  const parsed = contractFor('fal', 'transcribe')?.parseResponse(
    anAnswer(200, body),
    INPUTS.transcribe,
    target,
  ) as Parsed<'transcribe'>;
  expect(parsed.answer).toMatchObject({
    text: body.text,
    language,
    segments: [{ start: 0.36, end: 9.62, text: body.text }],
  });
});
