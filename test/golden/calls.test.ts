import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { callKey } from '../../adapters/identity/call-key.ts';
import type { Inputs } from '../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import type { WireRequest } from '../../adapters/inference/wire/wire-message.ts';
import { contractFor } from '../../adapters/inference/protocols/contract-table.ts';
import { prepareCall } from '../../adapters/inference/call/prepare-call.ts';
import {
  CONTRACT_NAMES,
  type ContractName,
} from '../../adapters/inference/protocols/contract-table.ts';
import { ROLES, type Role } from '../../workflows/contracts/targets.ts';
import { aTarget } from '../adapters/inference/a-target.ts';
import { readGolden } from './read-golden.ts';

/** What is sent in every contract for every role, byte for byte, and the call key that it is paid under. */

const INPUTS: Inputs = {
  transcribe: {
    audio: new Uint8Array([0x66, 0x4c, 0x61, 0x43, 0, 255]),
    mediaType: 'audio/flac',
    url: 'https://s3.example/chunk.flac?X-Sig=a1',
    durationSeconds: 20,
    language: 'en',
  },
  diarize: {
    audio: new Uint8Array([0x4f, 0x67, 0x67, 0x53, 0, 255]),
    mediaType: 'audio/ogg',
    url: 'https://s3.example/track.ogg?X-Sig=a1',
    durationSeconds: 20,
  },
  summarize: {
    messages: [
      { role: 'system', content: 'You write minutes.' },
      { role: 'user', content: 'Ann: we ship on Friday. 我们周五发布。' },
    ],
    schema: {
      name: 'draft',
      json: {
        type: 'object',
        properties: { summary: { type: 'string' } },
        required: ['summary'],
        additionalProperties: false,
      },
    },
    maxTokens: 800,
    temperature: 0.2,
    text: 'Ann: we ship on Friday. 我们周五发布。',
  },
  generate: {
    messages: [{ role: 'user', content: 'Name a colour.' }],
    maxTokens: 16,
    temperature: 0.7,
  },
  embed: { texts: ['one', 'two'] },
  illustrate: { prompt: 'a fox', negativePrompt: 'text', width: 1024, height: 576, seed: 7 },
  moderate: { image: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255]), mediaType: 'image/png' },
  classify: { text: 'What a fine day.' },
};

const PARAMETERS: Target['parameters'] = {
  speakers: 3,
  temperature: 0.41,
  topP: 0.83,
  topK: 37,
  typicalP: 0.91,
  repetitionPenalty: 1.17,
  frequencyPenalty: 0.23,
  presencePenalty: 0.29,
  seed: 4711,
  stop: ['THE END'],
  doSample: false,
  reasoningEffort: 'low',
  maxTokens: 7,
  responseFormat: 'fireworks',
  beams: 3,
  timestamps: 'none',
  prompt: 'Hansard',
  noRepeatNgramSize: 3,
  steps: 19,
  guidanceScale: 6.5,
  scheduler: 'EulerDiscreteScheduler',
  functionToApply: 'sigmoid',
  normalize: true,
  truncate: true,
};

const variantsOf = (
  contract: ContractName,
  role: Role,
): Readonly<Record<string, Partial<Target>>> => ({
  plain: {},
  streamed: { stream: true },
  withParameters: {
    parameters: Object.fromEntries(
      Object.entries(PARAMETERS).filter(
        ([name]) => name in (contractFor(contract, role)?.places ?? {}),
      ),
    ),
  },
  byUrl: { audioByUrl: true, billTo: 'acme', revision: 'main' },
  elsewhere: { baseUrl: 'https://models.example/v1' },
});

/** Work that waits in a provider's queue. */
const TICKET = { id: 't1', path: '/fal-ai/flux/requests/t1' };
const PHASES = ['status', 'result', 'prediction'];

async function goldenCall(contract: ContractName, role: Role, changes: Partial<Target>) {
  const target = aTarget({ contract, role, model: 'owner/name', ...changes });
  const { request, follow } = prepareCall<Role>(target, role, INPUTS[role]);
  const { method, url, headers, parameters } = request;
  return {
    method,
    url,
    headers,
    bodySha256: createHash('sha256')
      .update(await bytesOf(request))
      .digest('hex'),
    parameters,
    ...(follow !== null && {
      followed: PHASES.map((phase) => follow.request({ ...TICKET, phase })),
    }),
    callKey: callKey({
      workKey: 'f'.repeat(64),
      contract,
      baseUrl: target.baseUrl,
      model: target.model,
      revision: target.revision,
      parameters,
    }),
  };
}

async function bytesOf({ body }: WireRequest): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const PAIRS = CONTRACT_NAMES.flatMap((contract) =>
  ROLES.filter((role) => contractFor(contract, role) !== null).map(
    (role) => [contract, role] as const,
  ),
);

test('requests and call keys', async () => {
  const plain: Record<string, unknown> = {};
  const variants: Record<string, Record<string, string>> = {};
  for (const [contract, role] of PAIRS) {
    const pair = `${contract} ${role}`;
    plain[pair] = await goldenCall(contract, role, {});
    variants[pair] = {};
    for (const [name, changes] of Object.entries(variantsOf(contract, role))) {
      const call = await goldenCall(contract, role, changes);
      const accept = call.headers['accept'];
      variants[pair][name] = `${call.callKey} ${call.bodySha256} ${accept} ${call.url}`;
    }
  }
  expect(plain).toEqual(readGolden('calls.json'));
  expect(variants).toEqual(readGolden('call-variants.json'));
});
