import { expect, it } from 'vitest';
import { openai } from '../../../../../adapters/inference/protocols/openai.ts';
import { responseFormat } from '../../../../../adapters/inference/targets/parameters/response-format.ts';
import { smallestInput } from '../../../../../adapters/inference/call/smallest-request.ts';
import { aTarget } from '../../a-target.ts';

const json = { type: 'object' };
const schema = { name: 'summary', json };

it.each([
  [
    'hf-chat',
    {},
    { type: 'json_schema', json_schema: { name: 'summary', strict: true, schema: json } },
  ],
  [
    'openai',
    {},
    { type: 'json_schema', json_schema: { name: 'summary', strict: true, schema: json } },
  ],
  ['together', {}, { type: 'json_schema', schema: json }],
  ['tgi', {}, { type: 'json', value: json }],
  ['openai', { responseFormat: 'fireworks' }, { type: 'json_object', schema: json }],
  ['openai', { responseFormat: 'hf-inference' }, { type: 'json_object', value: json }],
  ['openai', { responseFormat: 'together' }, { type: 'json_schema', schema: json }],
] as const)(
  'the contract %s with %o is told a schema in its dialect',
  (contract, parameters, said) => {
    expect(responseFormat(contract, schema, parameters)).toEqual(said);
  },
);

it('a chat target is asked in the dialect that its parameters name', () => {
  const target = aTarget({
    role: 'summarize',
    contract: 'openai',
    parameters: { responseFormat: 'fireworks' },
  });
  const { parameters } = openai.summarize.buildRequest(smallestInput('summarize'), target);
  expect(parameters['response_format']).toMatchObject({
    type: 'json_object',
    schema: { type: 'object' },
  });
  expect(parameters).not.toHaveProperty('responseFormat');
});
