import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { ContractName } from '../../../../adapters/inference/protocols/contract-table.ts';
import {
  chatCompletion,
  OPENAI_CHAT,
} from '../../../../adapters/inference/protocols/forms/chat-completion.ts';
import { hfChat } from '../../../../adapters/inference/protocols/hf-chat.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS } from './inputs.ts';
import { jsonOf } from './read-request.ts';

/** Hugging Face's published schemas of the task, against what we send and what we read. */
const tasks = dirname(createRequire(import.meta.url).resolve('@huggingface/tasks/package.json'));
const SPECIFICATION = join(tasks, 'src/tasks/chat-completion/spec');

/** `nullable` is OpenAPI's, and stands without a type there, which no validator of JSON Schema takes. */
function published(name: 'input' | 'output'): ReturnType<Ajv['compile']> {
  const schema = JSON.parse(
    readFileSync(join(SPECIFICATION, `${name}.json`), 'utf8'),
    (key, value) => (key === 'nullable' || key === '$schema' ? undefined : (value as unknown)),
  ) as Record<string, unknown>;
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
}

const { summarize, generate } = chatCompletion({
  root: ({ baseUrl }) => baseUrl,
  places: OPENAI_CHAT,
  dialect: 'openai',
  traits: hfChat.traits,
});
const target = (contract: ContractName, stream: boolean) =>
  aTarget({
    contract,
    role: 'summarize',
    stream,
    parameters: { topP: 0.9, seed: 7, stop: ['END'], frequencyPenalty: 0.1, maxTokens: 500 },
  });

describe('a request is a chat completion as Hugging Face publishes it', () => {
  const validate = published('input');

  test.each([true, false])('to summarise (streamed: %s)', async (stream) => {
    const body = await jsonOf(summarize.buildRequest(INPUTS.summarize, target('hf-chat', stream)));
    expect([validate(body), validate.errors]).toEqual([true, null]);
  });

  test('to generate', async () => {
    const said = { ...target('hf-chat', false), role: 'generate' } as const;
    const body = await jsonOf(generate.buildRequest(INPUTS.generate, said));
    expect([validate(body), validate.errors]).toEqual([true, null]);
  });

  test('and the validator refuses something else', () => {
    expect(validate({ model: 'm', messages: 'Hi' })).toBe(false);
    expect(validate({ messages: [{ role: 'user', content: 'Hi' }], max_tokens: 'many' })).toBe(
      false,
    );
  });
});

test('an answer as Hugging Face publishes it is understood', () => {
  const validate = published('output');
  const body = {
    id: '',
    created: 1_706_270_835,
    model: 'mistralai/Mistral-7B-Instruct-v0.2',
    system_fingerprint: '3.3.5-sha',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'eos_token' },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  };
  expect([validate(body), validate.errors]).toEqual([true, null]);
  const parsed = summarize.parseResponse(
    anAnswer(200, body),
    INPUTS.summarize,
    target('hf-chat', false),
  );
  expect(parsed).toMatchObject({ answer: { text: 'Yes.' }, usage: { outputTokens: 2 } });
});
