import { describe, expect, test } from 'vitest';
import type { Role } from '../../../../../workflows/contracts/targets.ts';
import {
  CONTRACT_NAMES,
  contractFor,
  type ContractName,
} from '../../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES } from '../../../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../../../../../adapters/inference/targets/target.ts';
import { mergeMembers } from '../../../../../adapters/inference/protocols/forms/wire-json.ts';
import { wireParameters } from '../../../../../adapters/inference/protocols/forms/wire-parameters.ts';

const wire = (
  contract: ContractName,
  role: Role,
  parameters: Readonly<Record<string, ParameterValue>>,
  asked?: { readonly maxTokens?: number; readonly temperature?: number },
) =>
  wireParameters({ contract, role, parameters }, contractFor(contract, role)?.places ?? {}, asked);

describe('each contract has its own names', () => {
  test.each<[ContractName, Role, Readonly<Record<string, ParameterValue>>, unknown]>([
    [
      'hf-chat',
      'summarize',
      { topP: 0.9, stop: ['\n\n'], reasoningEffort: 'low' },
      { top_p: 0.9, stop: ['\n\n'], reasoning_effort: 'low' },
    ],
    [
      'openai',
      'generate',
      { temperature: 0, topP: 1, topK: 40, repetitionPenalty: 1.1, seed: 7 },
      { temperature: 0, top_p: 1, top_k: 40, repetition_penalty: 1.1, seed: 7 },
    ],
    [
      'tgi',
      'summarize',
      { temperature: 0.5, typicalP: 0.9, frequencyPenalty: 0.1 },
      { parameters: { temperature: 0.5, do_sample: true, typical_p: 0.9, frequency_penalty: 0.1 } },
    ],
    [
      'hf-task',
      'summarize',
      { maxTokens: 130 },
      { parameters: { generate_parameters: { max_new_tokens: 130 } } },
    ],
    ['toolkit', 'summarize', { maxTokens: 130 }, { parameters: { max_new_tokens: 130 } }],
    [
      'toolkit',
      'transcribe',
      { beams: 5, noRepeatNgramSize: 3, timestamps: 'none' },
      {
        parameters: {
          generation_parameters: { num_beams: 5, no_repeat_ngram_size: 3 },
          return_timestamps: false,
        },
      },
    ],
    [
      'openai',
      'transcribe',
      { temperature: 0.2, prompt: 'Hansard', timestamps: 'none' },
      { temperature: 0.2, prompt: 'Hansard', response_format: 'json' },
    ],
    ['fal', 'transcribe', { timestamps: 'segment' }, { chunk_level: 'segment' }],
    ['replicate', 'transcribe', { prompt: 'Hansard' }, { input: { initial_prompt: 'Hansard' } }],
    ['together', 'illustrate', { steps: 4, guidanceScale: 3 }, { steps: 4, guidance: 3 }],
    ['hf-task', 'moderate', { topK: 2 }, { parameters: { top_k: 2 } }],
    ['hf-task', 'embed', { normalize: true }, { normalize: true }],
  ])('%s to %s: %o', (contract, role, parameters, body) => {
    expect(wire(contract, role, parameters)).toEqual(body);
  });

  test('no two parameters of a role share a place', () => {
    for (const contract of CONTRACT_NAMES)
      for (const role of ROLES) {
        const paths = Object.values(contractFor(contract, role)?.places ?? {}).flatMap((place) =>
          place === null ? [] : [typeof place === 'string' ? place : place.at],
        );
        expect(new Set(paths).size).toBe(paths.length);
      }
  });
});

describe('what an activity requests', () => {
  test('is overridden by the configuration, except that the smaller of two maxTokens is used', () => {
    const asked = { maxTokens: 800, temperature: 0.3 };
    expect(wire('hf-chat', 'summarize', {}, asked)).toEqual({ max_tokens: 800, temperature: 0.3 });
    expect(wire('hf-chat', 'summarize', { temperature: 0, maxTokens: 500 }, asked)).toEqual({
      max_tokens: 500,
      temperature: 0,
    });
    expect(wire('hf-chat', 'summarize', { maxTokens: 5000 }, asked)).toMatchObject({
      max_tokens: 800,
    });
  });

  test('has no temperature if sampling is off', () => {
    expect(wire('tgi', 'generate', { doSample: false }, { temperature: 0.3 })).toEqual({
      parameters: { do_sample: false },
    });
  });

  test('is a programming error if the contract has no place for it', () => {
    expect(() => wire('hf-task', 'transcribe', {}, { maxTokens: 9 })).toThrowError(TypeError);
  });
});

describe('where sampling has a switch of its own', () => {
  test('a temperature of 0, which is refused there, turns sampling off', () => {
    expect(wire('tgi', 'generate', {}, { temperature: 0 })).toEqual({
      parameters: { do_sample: false },
    });
    expect(wire('tgi', 'generate', { topK: 40 }, { temperature: 0 })).toEqual({
      parameters: { do_sample: false },
    });
  });

  test.each([{ temperature: 0.3 }, { topK: 40 }, { topP: 0.9 }, { typicalP: 0.9 }])(
    '%o turns it on',
    (parameters) => {
      expect(wire('tgi', 'generate', parameters)).toMatchObject({
        parameters: { do_sample: true },
      });
    },
  );

  test('a topP of 1, which means no limit and is refused there, is not sent', () => {
    expect(wire('tgi', 'generate', { topP: 1, typicalP: 1 })).toEqual({});
  });
});

test('members are merged at every depth, and the second value wins', () => {
  expect(mergeMembers({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 3 }, d: [2], e: null })).toEqual({
    a: { b: 1, c: 3 },
    d: [2],
    e: null,
  });
});
