import { expect, it } from 'vitest';
import { responseFormat } from '../../../../adapters/inference/parameters/response-format.ts';

const json = { type: 'object' };
const schema = { name: 'summary', json };

it.each([
  ['hf-chat', {}, { type: 'json_schema', json_schema: { name: 'summary', strict: true, schema: json } }],
  ['openai', {}, { type: 'json_schema', json_schema: { name: 'summary', strict: true, schema: json } }],
  ['together', {}, { type: 'json_schema', schema: json }],
  ['tgi', {}, { type: 'json', value: json }],
  ['openai', { responseFormat: 'fireworks' }, { type: 'json_object', schema: json }],
  ['openai', { responseFormat: 'hf-inference' }, { type: 'json_object', value: json }],
  ['openai', { responseFormat: 'together' }, { type: 'json_schema', schema: json }],
] as const)('the contract %s with %o is told a schema in its dialect', (contract, parameters, said) => {
  expect(responseFormat(contract, schema, parameters)).toEqual(said);
});
