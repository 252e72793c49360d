import { expect, it } from 'vitest';
import { foldSystemMessage } from '../../../../../adapters/inference/protocols/forms/fold-system-message.ts';
import { openai } from '../../../../../adapters/inference/protocols/openai.ts';
import { aTarget } from '../../a-target.ts';
import { INPUTS } from '../inputs.ts';
import { jsonOf } from '../read-request.ts';

const { messages } = INPUTS.summarize;
const FOLDED = [{ role: 'user', content: 'You write minutes.\n\nAnn: we ship on Friday.' }];

it.each([
  'mistralai/Mixtral-8x7B-Instruct-v0.1',
  'mistralai/Mixtral-8x7B-Instruct-v0.1:together',
  'mistralai/mistral-7b-instruct-v0.2',
])('%s has no system role: the first message of the user takes it up', (model) => {
  expect(foldSystemMessage(messages, model)).toEqual(FOLDED);
});

it('every other model keeps its system message', () => {
  for (const model of ['openai/gpt-oss-120b:cheapest', 'mistralai/Mistral-7B-Instruct-v0.3'])
    expect(foldSystemMessage(messages, model)).toEqual(messages);
});

it('messages without a system role stay, and one alone becomes the question', () => {
  const model = 'mistralai/Mistral-7B-Instruct-v0.1';
  expect(foldSystemMessage(messages.slice(1), model)).toEqual(messages.slice(1));
  expect(foldSystemMessage(messages.slice(0, 1), model)).toEqual([
    { role: 'user', content: 'You write minutes.' },
  ]);
});

it('is what goes over the wire', async () => {
  const target = aTarget({
    contract: 'openai',
    role: 'summarize',
    model: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
  });
  const body = await jsonOf(openai.summarize.buildRequest(INPUTS.summarize, target));
  expect(body['messages']).toEqual(FOLDED);
});
