import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseDraft } from '../../../../activities/summary/parse-draft.ts';
import { SUMMARY_SCHEMA } from '../../../../activities/summary/prompts.ts';
import type { ContractName } from '../../../../adapters/inference/protocols/contract-table.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import type { Inputs, Reply } from '../../../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { WireResponse } from '../../../../adapters/inference/wire/wire-message.ts';
import { contractFor } from '../../../../adapters/inference/protocols/contract-table.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import type { RunningServer } from '../../../local/inference-server/start-server.ts';
import { startServer } from '../../../local/inference-server/start-server.ts';
import { aTarget } from '../a-target.ts';
import { INPUTS } from './inputs.ts';
import { bytesOf } from './read-request.ts';

/* Every request of Hugging Face's contracts, answered by a real server, which refuses what it does not know. */

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());

const MODELS = {
  transcribe: 'openai/whisper-base',
  diarize: 'hansard/speakers-v1',
  summarize: 'hansard/extractive-v1',
  generate: 'hansard/extractive-v1',
  illustrate: 'hansard/procedural-v1',
  moderate: 'hansard/nsfwjs-mobilenet-v2-mid',
  classify: 'hansard/lexicon-v1',
  embed: 'hansard/hashing-v1',
} as const satisfies Record<Role, string>;

const TEXT = 'We decided to paint the boat on Friday. Ines will buy the paint. The boat is old.';
const inputs: Inputs = {
  ...INPUTS,
  transcribe: { ...smallestInput('transcribe'), durationSeconds: 0.5 },
  summarize: {
    ...INPUTS.summarize,
    messages: [
      { role: 'system', content: 'You write minutes.' },
      { role: 'user', content: TEXT },
    ],
    schema: SUMMARY_SCHEMA,
    text: TEXT,
  },
  illustrate: { ...INPUTS.illustrate, width: 256, height: 256 },
  diarize: smallestInput('diarize'),
  moderate: smallestInput('moderate'),
  classify: { text: 'What a wonderful meeting.' },
};

async function ask<R extends Role>(
  name: ContractName,
  role: R,
  path: string,
  changes: Partial<Target> = {},
  input: Inputs[R] = inputs[role],
): Promise<Reply<R>> {
  const contract = contractFor(name, role);
  if (contract === null) throw new Error(`${name} cannot ${role}`);
  const target = aTarget({
    role,
    contract: name,
    model: MODELS[role],
    baseUrl: server.url + path,
    ...changes,
  });
  const request = contract.buildRequest(input, target);
  const answer = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    body: new Uint8Array(await bytesOf(request)),
  });
  const response: WireResponse = {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    bytes: new Uint8Array(await answer.arrayBuffer()),
  };
  if (response.status !== 200) throw new Error(Buffer.from(response.bytes).toString());
  return contract.parseResponse(response, input, target);
}

describe.each([
  ['hf-task', () => ''],
  ['toolkit', (role: Role) => `/toolkit/${MODELS[role]}`],
] as const)('%s', (name, pathOf) => {
  test.each([
    ['as bytes', { timestamps: 'none' }, null],
    ['with times', {}, null],
    ['with a language', {}, 'en'],
    ['with parameters of the generation', { beams: 2, temperature: 0 }, 'en'],
  ] as const)('hears %s', async (_, parameters, language) => {
    const input = { ...inputs.transcribe, language };
    const reply = await ask(name, 'transcribe', pathOf('transcribe'), { parameters }, input);
    expect(reply).toMatchObject({ answer: { text: expect.stringMatching(/\w/) as string } });
  });

  test('draws', async () => {
    const plain = await ask(name, 'illustrate', pathOf('illustrate'));
    expect(plain).toMatchObject({ answer: { mediaType: 'image/png' } });
    const parameters = { steps: 4, guidanceScale: 3.5 };
    const told = await ask(name, 'illustrate', pathOf('illustrate'), { parameters });
    expect(told).toMatchObject({ answer: { mediaType: 'image/png' } });
  });

  test.each([{}, { functionToApply: 'softmax', topK: 2 }] as const)(
    'moderates with %o',
    async (parameters) => {
      const reply = await ask(name, 'moderate', pathOf('moderate'), { parameters });
      const labels = 'answer' in reply ? reply.answer.labels : [];
      expect(labels.map(({ label }) => label).toSorted()).toEqual(['normal', 'nsfw']);
    },
  );

  test.each([{}, { functionToApply: 'softmax', topK: 1 }] as const)(
    'classifies with %o',
    async (parameters) => {
      const reply = await ask(name, 'classify', pathOf('classify'), { parameters });
      const labels = 'answer' in reply ? reply.answer.labels : [];
      expect(labels.length).toBeGreaterThan(0);
      expect(labels.length > 1).toBe(!('topK' in parameters));
    },
  );

  test('summarises into a draft of minutes', async () => {
    const reply = await ask(name, 'summarize', pathOf('summarize'));
    expect(parseDraft('answer' in reply ? reply.answer.text : '').summary).toMatch(/boat/);
  });

  test('embeds', async () => {
    const reply = await ask(name, 'embed', pathOf('embed'));
    expect('answer' in reply ? reply.answer.vectors : []).toHaveLength(2);
  });
});

describe('tgi', () => {
  test.each([false, true])('summarises to a schema, streamed: %s', async (stream) => {
    const reply = await ask('tgi', 'summarize', '/tgi', {
      stream,
      model: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
      parameters: { temperature: 0.3, topK: 40, repetitionPenalty: 1.1 },
    });
    expect(parseDraft('answer' in reply ? reply.answer.text : '').summary).toMatch(/boat/);
    expect('usage' in reply ? reply.usage.outputTokens : 0).toBeGreaterThan(0);
  });

  test('generates', async () => {
    const messages = [{ role: 'user', content: TEXT }] as const;
    const input = { messages, temperature: 0, maxTokens: 64 };
    const reply = await ask('tgi', 'generate', '/tgi', {}, input);
    expect(reply).toMatchObject({ answer: { text: expect.stringMatching(/\w/) as string } });
  });
});

test.each(['en', null])('hfendpoints hears, told the language %s', async (language) => {
  const input = { ...inputs.transcribe, language };
  const parameters = { prompt: 'Hansard' };
  const reply = await ask('hfendpoints', 'transcribe', '/hfendpoints', { parameters }, input);
  expect(reply).toMatchObject({
    answer: { text: expect.stringMatching(/\w/) as string, language: null },
  });
});
