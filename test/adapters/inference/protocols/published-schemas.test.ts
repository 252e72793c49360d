import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import type { Inputs, WireContract } from '../../../../adapters/inference/protocols/contract.ts';
import type { ParameterValue, Target } from '../../../../adapters/inference/targets/target.ts';
import type { WireRequest } from '../../../../adapters/inference/wire/wire-message.ts';
import { hfTask } from '../../../../adapters/inference/protocols/hf-task.ts';
import { tgi } from '../../../../adapters/inference/protocols/tgi.ts';
import { toolkit } from '../../../../adapters/inference/protocols/toolkit.ts';
import { resolveParameters } from '../../../../adapters/inference/targets/resolve-parameters.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS, PNG } from './inputs.ts';
import { bytesOf } from './read-request.ts';

/** The schemas that Hugging Face publishes for the tasks of its API, in `@huggingface/tasks`. */
const SPECIFICATIONS = join(
  dirname(createRequire(import.meta.url).resolve('@huggingface/tasks/package.json')),
  'src/tasks',
);

/** Of draft 6 with OpenAPI's `nullable`, also beside `allOf`, where the validator does not know it. */
const readSchema = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(SPECIFICATIONS, path), 'utf8'), (key, value: unknown) => {
    if (key === '$schema') return undefined;
    const isNullable = typeof value === 'object' && value !== null && 'nullable' in value;
    return isNullable && !('type' in value)
      ? { anyOf: [{ ...value, nullable: undefined }, { type: 'null' }] }
      : value;
  }) as Record<string, unknown>;

const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(readSchema('common-definitions.json'));

function published(task: string, side: 'input' | 'output'): ValidateFunction {
  const schema = readSchema(`${task}/spec/${side}.json`);
  return ajv.getSchema(String(schema['$id'])) ?? ajv.compile(schema);
}

const problems = (validate: ValidateFunction, instance: unknown): unknown =>
  validate(instance) ? null : validate.errors;

const TASKS = {
  transcribe: 'automatic-speech-recognition',
  summarize: 'summarization',
  illustrate: 'text-to-image',
  moderate: 'image-classification',
  classify: 'text-classification',
  embed: 'feature-extraction',
} as const;

const ALL_INPUTS: Inputs = { ...smallestInputs(), ...INPUTS };

function smallestInputs(): Inputs {
  return {
    transcribe: smallestInput('transcribe'),
    diarize: smallestInput('diarize'),
    summarize: smallestInput('summarize'),
    generate: smallestInput('generate'),
    embed: smallestInput('embed'),
    illustrate: smallestInput('illustrate'),
    moderate: smallestInput('moderate'),
    classify: smallestInput('classify'),
  };
}

/** What the schemas describe: JSON as it is; of raw bytes the object that the server makes of them and the query. */
async function describedBy(request: WireRequest): Promise<unknown> {
  const bytes = await bytesOf(request);
  if (request.headers['content-type'] === 'application/json')
    return JSON.parse(String(bytes)) as unknown;
  const query = [...new URL(request.url).searchParams].map(([name, value]) => [
    name,
    /^\d+$/.test(value) ? Number(value) : value === 'true' ? true : value,
  ]);
  return { inputs: bytes.toString('base64'), parameters: Object.fromEntries(query) as unknown };
}

async function requestOf<R extends Role>(
  contracts: WireContract,
  role: R,
  parameters: Readonly<Record<string, ParameterValue>>,
  input: Inputs[R] = ALL_INPUTS[role],
): Promise<unknown> {
  const contract = contracts.roles[role];
  if (contract === undefined) throw new Error(`no ${role}`);
  const name = contracts === hfTask ? 'hf-task' : contracts === toolkit ? 'toolkit' : 'tgi';
  const resolved = resolveParameters(role, name, { parameters });
  if ('wrong' in resolved) throw new Error(resolved.wrong);
  const target: Target = aTarget({ role, contract: name, parameters: resolved.parameters });
  return await describedBy(contract.buildRequest(input, target));
}

describe.each([
  ['hf-task', hfTask],
  ['toolkit', toolkit],
] as const)(
  'every request of %s is what Hugging Face publishes for its task',
  (name, contracts) => {
    test.each<[keyof typeof TASKS, Readonly<Record<string, ParameterValue>>]>([
      ['transcribe', {}],
      ['transcribe', { timestamps: 'none' }],
      ['transcribe', { temperature: 0.2, noRepeatNgramSize: 3 }],
      ['transcribe', { beams: 5, timestamps: 'segment' }],
      ['summarize', {}],
      ['summarize', { maxTokens: 130, temperature: 0.3, topK: 40, repetitionPenalty: 1.1 }],
      ['summarize', { doSample: false }],
      ['illustrate', {}],
      ['illustrate', { steps: 28, guidanceScale: 3.5, scheduler: 'EulerDiscreteScheduler' }],
      ['moderate', {}],
      ['moderate', { functionToApply: 'softmax', topK: 2 }],
      ['classify', {}],
      ['classify', { functionToApply: 'sigmoid', topK: 5 }],
      ['embed', {}],
      ['embed', name === 'hf-task' ? { normalize: true, truncate: false } : {}],
    ])('%s with %o', async (role, parameters) => {
      const validate = published(TASKS[role], 'input');
      expect(problems(validate, await requestOf(contracts, role, parameters))).toBeNull();
    });

    test('also without a language, and the schema refuses something else', async () => {
      const validate = published(TASKS.transcribe, 'input');
      const spoken = { ...INPUTS.transcribe, language: null };
      expect(problems(validate, await requestOf(contracts, 'transcribe', {}, spoken))).toBeNull();
      expect(problems(validate, { parameters: { return_timestamps: 'word' } })).not.toBeNull();
    });
  },
);

describe('every request of tgi is what Hugging Face publishes for text generation', () => {
  test.each<['summarize' | 'generate', Readonly<Record<string, ParameterValue>>]>([
    ['summarize', {}],
    ['generate', {}],
    ['summarize', { temperature: 0 }],
    ['summarize', { doSample: false, seed: 7 }],
    ['generate', { topP: 0.9, topK: 40, typicalP: 0.9, stop: ['END'], frequencyPenalty: 0.5 }],
    ['generate', { temperature: 0.7, topP: 1, repetitionPenalty: 1.3, maxTokens: 16 }],
  ])('%s with %o', async (role, parameters) => {
    const validate = published('text-generation', 'input');
    expect(problems(validate, await requestOf(tgi, role, parameters))).toBeNull();
  });
});

const text = fc.string({ minLength: 1, maxLength: 60 }).filter((said) => said.trim() !== '');

describe('every answer that is published is read', () => {
  test('transcriptions', () => {
    const validate = published(TASKS.transcribe, 'output');
    const input = { ...INPUTS.transcribe, durationSeconds: 20 };
    const chunk = fc.record({
      text: fc.string({ maxLength: 40 }),
      length: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    const output = fc.record(
      { text: fc.string({ maxLength: 60 }), chunks: fc.array(chunk, { maxLength: 8 }) },
      { requiredKeys: ['text'] },
    );
    fc.assert(
      fc.property(output, ({ text: said, chunks }) => {
        let at = 0;
        const timed = chunks?.map(({ text: words, length }) => {
          const start = at;
          at += length;
          return { text: words, timestamp: [start, at] };
        });
        const body = { text: said, ...(timed === undefined ? {} : { chunks: timed }) };
        expect(problems(validate, body)).toBeNull();
        for (const contracts of [hfTask.roles, toolkit.roles]) {
          const { answer } = contracts.transcribe.parseResponse(
            anAnswer(200, body),
            input,
            aTarget(),
          );
          for (const segment of answer.segments) expect(segment.end).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  test('labels', () => {
    const output = fc.array(
      fc.record({
        label: fc.string({ minLength: 1 }),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    const validate = [published(TASKS.moderate, 'output'), published(TASKS.classify, 'output')];
    fc.assert(
      fc.property(output, (labels) => {
        for (const one of validate) expect(problems(one, labels)).toBeNull();
        const response = anAnswer(200, labels);
        const expected = JSON.parse(JSON.stringify(labels)) as unknown;
        for (const { moderate, classify } of [hfTask.roles, toolkit.roles]) {
          const image = smallestInput('moderate');
          expect(moderate.parseResponse(response, image, aTarget()).answer.labels).toEqual(
            expected,
          );
          expect(classify.parseResponse(response, { text: 'x' }, aTarget()).answer.labels).toEqual(
            expected,
          );
        }
      }),
    );
  });

  test('pictures, which the schema wraps and the server does not', () => {
    const body = { image: PNG.toString('base64') };
    expect(problems(published(TASKS.illustrate, 'output'), body)).toBeNull();
    for (const { illustrate } of [hfTask.roles, toolkit.roles])
      for (const response of [anAnswer(200, body), anAnswer(200, PNG)])
        expect(illustrate.parseResponse(response, INPUTS.illustrate, aTarget())).toMatchObject({
          answer: { mediaType: 'image/png' },
        });
  });

  test('summaries', () => {
    const validate = published(TASKS.summarize, 'output');
    fc.assert(
      fc.property(text, (summary) => {
        const body = { summary_text: summary };
        expect(problems(validate, body)).toBeNull();
        for (const { summarize } of [hfTask.roles, toolkit.roles]) {
          const { answer } = summarize.parseResponse(
            anAnswer(200, body),
            INPUTS.summarize,
            aTarget(),
          );
          expect(JSON.parse(answer.text)).toEqual({ summary: summary.trim() });
        }
      }),
    );
  });

  test('vectors', () => {
    const validate = published(TASKS.embed, 'output');
    const output = fc.integer({ min: 1, max: 8 }).chain((length) => {
      const vector = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: length,
        maxLength: length,
      });
      return fc.array(vector, { minLength: 2, maxLength: 2 });
    });
    fc.assert(
      fc.property(output, (vectors) => {
        expect(problems(validate, vectors)).toBeNull();
        const expected = JSON.parse(JSON.stringify(vectors)) as unknown;
        for (const { embed } of [hfTask.roles, toolkit.roles])
          expect(
            embed.parseResponse(anAnswer(200, vectors), INPUTS.embed, aTarget()).answer.vectors,
          ).toEqual(expected);
      }),
    );
  });

  test('generated texts, with details and without', () => {
    const validate = published('text-generation', 'output');
    const count = fc.nat({ max: 5000 });
    const token = fc.record({
      id: count,
      text: fc.string(),
      logprob: fc.option(fc.double({ max: 0, noNaN: true, noDefaultInfinity: true })),
      special: fc.boolean(),
    });
    const generated = fc.record(
      {
        finish_reason: fc.constantFrom('eos_token', 'stop_sequence'),
        generated_tokens: count,
        prefill: fc.array(token, { maxLength: 2 }),
        tokens: fc.array(token, { maxLength: 2 }),
        seed: fc.option(count),
        top_tokens: fc.array(fc.array(token, { maxLength: 2 }), { maxLength: 2 }),
      },
      { requiredKeys: ['finish_reason', 'generated_tokens', 'prefill', 'tokens'] },
    );
    const output = fc.record(
      { generated_text: text, details: fc.option(generated) },
      { requiredKeys: ['generated_text'] },
    );
    fc.assert(
      fc.property(output, (body) => {
        expect(problems(validate, body)).toBeNull();
        const { answer, usage } = tgi.roles.summarize.parseResponse(
          anAnswer(200, body),
          INPUTS.summarize,
          aTarget(),
        );
        expect(answer.text).toBe(body.generated_text);
        expect(usage.outputTokens).toBe(body.details?.generated_tokens ?? null);
      }),
    );
  });
});
