import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContractName } from '../../../../adapters/inference/protocols/contract-table.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import { CONTRACT_NAMES } from '../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES } from '../../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../../../../adapters/inference/targets/target.ts';
import { contractFor } from '../../../../adapters/inference/protocols/contract-table.ts';
import { PARAMETERS } from '../../../../adapters/inference/targets/parameter-schema.ts';
import { PRESET_NAMES } from '../../../../adapters/inference/targets/parameter-schema.ts';
import { resolveParameters } from '../../../../adapters/inference/targets/resolve-parameters.ts';

const wrongOf = (
  role: Role,
  contract: ContractName,
  parameters: Readonly<Record<string, ParameterValue>>,
): string => {
  const resolved = resolveParameters(role, contract, { parameters });
  return 'wrong' in resolved ? resolved.wrong : 'nothing is wrong';
};

describe('a parameter without effect is refused by name', () => {
  test.each<[Role, ContractName, string, ParameterValue, string]>([
    [
      'classify',
      'hf-task',
      'temperature',
      0.3,
      'hold temperature, which has no effect on a classifier, which writes no text. Known here: functionToApply, topK',
    ],
    [
      'embed',
      'hf-task',
      'topP',
      0.9,
      'hold topP, which has no effect on vectors: no text is written. Known here: normalize, truncate',
    ],
    [
      'illustrate',
      'hf-task',
      'maxTokens',
      9,
      'hold maxTokens, which has no effect on a picture. Known here: steps, guidanceScale, scheduler',
    ],
    [
      'summarize',
      'hf-chat',
      'topK',
      40,
      'hold topK, which the contract hf-chat does not support. Known here: temperature, topP, frequencyPenalty, presencePenalty, seed, stop, reasoningEffort, maxTokens',
    ],
    [
      'transcribe',
      'openai',
      'beams',
      5,
      'hold beams, which the contract openai does not support. Known here: temperature, prompt, timestamps',
    ],
    [
      'summarize',
      'hf-chat',
      'temprature',
      1,
      'hold temprature, which is not known. Known here: temperature, topP, frequencyPenalty, presencePenalty, seed, stop, reasoningEffort, maxTokens',
    ],
    [
      'illustrate',
      'openai',
      'steps',
      4,
      'hold steps, which the contract openai does not support. Known here: none',
    ],
    [
      'summarize',
      'hf-chat',
      'constructor',
      1,
      'hold constructor, which is not known. Known here: temperature, topP, frequencyPenalty, presencePenalty, seed, stop, reasoningEffort, maxTokens',
    ],
  ])('%s by %s: %s', (role, contract, name, value, sentence) => {
    expect(wrongOf(role, contract, { [name]: value })).toBe(sentence);
  });
});

describe('a value out of range is refused and not repeated', () => {
  test.each<[Role, string, ParameterValue, string]>([
    ['summarize', 'temperature', 2.1, 'must be a number from 0 to 2'],
    ['summarize', 'temperature', '0.3', 'must be a number from 0 to 2'],
    ['summarize', 'temperature', Number.NaN, 'must be a number from 0 to 2'],
    ['summarize', 'topP', 0, 'must be a number above 0 and up to 1'],
    ['summarize', 'topK', 40.5, 'must be a whole number from 1 to 1000'],
    ['summarize', 'repetitionPenalty', 0, 'must be a number from 0.1 to 2'],
    ['summarize', 'stop', ['a', 'b', 'c', 'd', 'e'], 'must be a list of 1 to 4 texts'],
    ['summarize', 'stop', 'a', 'must be a list of 1 to 4 texts'],
    ['summarize', 'doSample', 1, 'must be true or false'],
    ['transcribe', 'timestamps', 'word', 'must be segment or none'],
    ['moderate', 'functionToApply', 'none', 'must be sigmoid or softmax'],
    ['moderate', 'topK', 1, 'must be a whole number from 2 to 1000'],
    ['embed', 'normalize', 'yes', 'must be true or false'],
  ])('%s: %s', (role, name, value, sentence) => {
    const contract = role === 'summarize' ? 'tgi' : 'hf-task';
    expect(wrongOf(role, contract, { [name]: value })).toBe(`hold ${name}, which ${sentence}`);
  });
});

describe('sampling that contradicts itself is refused', () => {
  test.each<[Readonly<Record<string, ParameterValue>>]>([
    [{ doSample: false, temperature: 0.5 }],
    [{ doSample: false, topK: 40 }],
    [{ doSample: false, topP: 0.9 }],
    [{ doSample: false, typicalP: 0.9 }],
    [{ temperature: 0, doSample: true }],
    [{ temperature: 0, topK: 40 }],
    [{ temperature: 0, topP: 0.9 }],
  ])('%o', (parameters) => {
    expect(wrongOf('summarize', 'tgi', parameters)).toMatch(
      /^hold .*turns sampling off.*\. Remove one of them$/,
    );
  });

  test.each<[Readonly<Record<string, ParameterValue>>]>([
    [{ doSample: false, temperature: 0 }],
    [{ doSample: false, topP: 1 }],
    [{ temperature: 0, topP: 1, seed: 7, repetitionPenalty: 1.1 }],
    [{ doSample: true, temperature: 0.7, topK: 50, topP: 0.9 }],
  ])('and %o is not', (parameters) => {
    expect(resolveParameters('summarize', 'tgi', { parameters })).toEqual({ parameters });
  });

  test('beams search for the likeliest text, a temperature samples', () => {
    expect(wrongOf('transcribe', 'toolkit', { beams: 5, temperature: 0.2 })).toMatch(/beams/);
    expect(wrongOf('transcribe', 'toolkit', { beams: 5, temperature: 0 })).toBe('nothing is wrong');
  });
});

describe('a preset', () => {
  test('sets the parameters that the contract supports', () => {
    expect(resolveParameters('summarize', 'tgi', { preset: 'faithful' })).toEqual({
      parameters: { temperature: 0.3, topK: 40, repetitionPenalty: 1.1 },
    });
    expect(resolveParameters('generate', 'hf-chat', { preset: 'creative' })).toEqual({
      parameters: { temperature: 0.7, topP: 0.95 },
    });
  });

  test('is overridden by a configured parameter', () => {
    expect(
      resolveParameters('summarize', 'openai', { preset: 'balanced', parameters: { topK: 10 } }),
    ).toEqual({ parameters: { temperature: 0.5, topK: 10, repetitionPenalty: 1.2 } });
  });

  test('is included in the check for contradictions', () => {
    expect(
      resolveParameters('summarize', 'tgi', {
        preset: 'faithful',
        parameters: { doSample: false },
      }),
    ).toEqual({
      field: 'parameters',
      wrong:
        'hold doSample false, which turns sampling off, and a temperature above 0 (with the preset). Remove one of them',
    });
  });

  test.each(ROLES.filter((role) => role !== 'summarize' && role !== 'generate'))(
    'is refused for %s, which does not write',
    (role) => {
      expect(resolveParameters(role, 'hf-task', { preset: 'faithful' })).toEqual({
        field: 'preset',
        wrong: `is for roles that write text, and not for ${role}. Remove it`,
      });
    },
  );

  test.each(PRESET_NAMES)('%s is valid, within the ranges, wherever a model writes', (preset) => {
    for (const contract of CONTRACT_NAMES)
      for (const role of ['summarize', 'generate'] as const) {
        const resolved = resolveParameters(role, contract, { preset });
        const parameters = 'wrong' in resolved ? null : resolved.parameters;
        expect(parameters).not.toBeNull();
        expect(resolveParameters(role, contract, { parameters: parameters ?? {} })).toEqual({
          parameters,
        });
      }
  });
});

test('a contract has places only for the roles that it has', () => {
  const strayed = CONTRACT_NAMES.flatMap((contract) =>
    ROLES.filter(
      (role) =>
        contractFor(contract, role) === null &&
        Object.keys(contractFor(contract, role)?.places ?? {}).length > 0,
    ).map((role) => `${contract} ${role}`),
  );
  expect(strayed).toEqual([]);
});

test('every place of a contract is for a parameter that its role knows', () => {
  for (const contract of CONTRACT_NAMES)
    for (const role of ROLES)
      expect(Object.keys(PARAMETERS[role])).toEqual(
        expect.arrayContaining(Object.keys(contractFor(contract, role)?.places ?? {})),
      );
});

test('anything written is taken whole or refused with a sentence, without the value in it', () => {
  const names = fc.constantFrom(
    ...new Set(Object.values(PARAMETERS).flatMap((schemas) => Object.keys(schemas))),
    '__proto__',
    'toString',
  );
  const values = fc.oneof(
    fc.double(),
    fc.boolean(),
    fc.constant('value-that-must-not-be-repeated'),
    fc.array(fc.string(), { maxLength: 6 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...ROLES),
      fc.constantFrom(...CONTRACT_NAMES),
      fc.dictionary(names, values, { maxKeys: 4 }),
      (role, contract, parameters) => {
        const resolved = resolveParameters(role, contract, { parameters });
        expect('wrong' in resolved ? resolved.wrong : '').not.toContain('must-not-be-repeated');
        const expected = 'wrong' in resolved ? resolved : { parameters: { ...parameters } };
        expect(resolved).toEqual(expected);
      },
    ),
  );
});
