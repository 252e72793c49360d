import { expect, test } from 'vitest';
import { contractFor } from '../../../../../adapters/inference/protocols/contract-table.ts';
import { openai } from '../../../../../adapters/inference/protocols/openai.ts';
import { responseFormat } from '../../../../../adapters/inference/protocols/forms/response-format.ts';
import { smallestInput } from '../../../../../adapters/inference/call/smallest-request.ts';
import { aTarget } from '../../a-target.ts';

const json = { type: 'object' };
const schema = { name: 'summary', json };

test.each([
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
] as const)('a schema in the dialect %s with %o', (dialect, parameters, said) => {
  expect(responseFormat(dialect, schema, parameters)).toEqual(said);
});

test.each([
  ['hf-chat', 'response_format', 'json_schema', 'json_schema'],
  ['openai', 'response_format', 'json_schema', 'json_schema'],
  ['together', 'response_format', 'json_schema', 'schema'],
  ['tgi', 'parameters', undefined, 'grammar'],
] as const)('%s sends a schema in its own dialect', (contract, member, type, holds) => {
  const target = aTarget({ role: 'summarize', contract });
  const request = contractFor(contract, 'summarize')?.buildRequest(
    smallestInput('summarize'),
    target,
  );
  expect(request?.parameters[member]).toHaveProperty(holds);
  expect(request?.parameters[member]).toMatchObject(type === undefined ? {} : { type });
});

test('a chat target uses the dialect in its parameters', () => {
  const target = aTarget({
    role: 'summarize',
    contract: 'openai',
    parameters: { responseFormat: 'fireworks' },
  });
  const { parameters } = openai.roles.summarize.buildRequest(smallestInput('summarize'), target);
  expect(parameters['response_format']).toMatchObject({
    type: 'json_object',
    schema: { type: 'object' },
  });
  expect(parameters).not.toHaveProperty('responseFormat');
});
