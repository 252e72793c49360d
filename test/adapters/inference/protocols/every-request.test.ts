import { describe, expect, test } from 'vitest';
import type { RoleContract, Inputs } from '../../../../adapters/inference/protocols/contract.ts';
import type { ParameterValue, Target } from '../../../../adapters/inference/targets/target.ts';
import type { WireRequest } from '../../../../adapters/inference/wire/wire-message.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import {
  CONTRACT_NAMES,
  CONTRACTS,
  contractFor,
  type ContractName,
} from '../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES, type Role } from '../../../../workflows/contracts/targets.ts';
import { aTarget, SECRET } from '../a-target.ts';
import { bytesOf } from './read-request.ts';

/** Laws for whatever is sent to whomever. `parameters` are the part of it that names the call in the ledger. */

const PAIRS = CONTRACT_NAMES.flatMap((contract) =>
  ROLES.filter((role) => role in CONTRACTS[contract].roles).map(
    (role) => [contract, role] as const,
  ),
);

const build = (
  contract: ContractName,
  role: Role,
  changes: Partial<Target> = {},
  input: object = {},
): WireRequest =>
  // That a role's input and its contract fit together, the table's types have proved.
  (contractFor(contract, role) as RoleContract<'transcribe'>).buildRequest(
    { ...smallestInput(role, { contract }), ...input } as Inputs['transcribe'],
    aTarget({ contract, role, model: 'owner/name', ...changes }),
  );

/** A value for each of Hansard's names. */
const VALUES: Readonly<Record<string, ParameterValue>> = {
  speakers: 2,
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
  tokenLimit: 'max_completion_tokens',
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

/** What is the item itself, or how it is told, by role. */
const ITEMS: Readonly<Record<Role, object>> = {
  transcribe: { audio: Buffer.from('another recording'), url: null },
  diarize: { audio: Buffer.from('another recording'), url: null },
  summarize: { messages: [{ role: 'user', content: 'other words' }], text: 'other words' },
  generate: { messages: [{ role: 'user', content: 'other words' }] },
  embed: { texts: ['other words'] },
  illustrate: { prompt: 'another picture' },
  moderate: { image: Buffer.from('another picture') },
  classify: { text: 'other words' },
};

describe.each(PAIRS)('%s to %s', (contract, role) => {
  test('is the same call for the same item, and its parameters hold nothing of the item', async () => {
    const [one, again, other] = [
      build(contract, role),
      build(contract, role),
      build(contract, role, {}, ITEMS[role]),
    ];
    expect(again).toEqual(one);
    expect(other.parameters).toEqual(one.parameters);
    expect((await bytesOf(other)).equals(await bytesOf(one))).toBe(false);
    expect(JSON.stringify(one) + String(await bytesOf(one))).not.toContain(SECRET);
  });

  test('has one plain content type and accepts one', () => {
    for (const stream of [false, true]) {
      const { headers, method } = build(contract, role, { stream });
      const type = headers['content-type'] ?? '';
      expect(method).toBe('POST');
      expect(
        ['application/json', 'audio/flac', 'audio/ogg', 'audio/x-wav', 'image/png'].includes(
          type,
        ) || /^multipart\/form-data; boundary=hansard-[0-9a-f]{40}$/.test(type),
      ).toBe(true);
      expect(headers['accept']).toMatch(/^[a-z]+\/[a-z-]+$/);
    }
  });

  test('every configured parameter changes the request and the call', async () => {
    for (const name of Object.keys(contractFor(contract, role)?.places ?? {})) {
      const value = VALUES[name];
      if (value === undefined) throw new Error(`no value for ${name}`);
      const asked =
        role === 'summarize' || role === 'generate' ? { maxTokens: 9, temperature: 0.3 } : {};
      const before = build(contract, role, {}, asked);
      const after = build(contract, role, { parameters: { [name]: value } }, asked);
      expect(after.parameters).not.toEqual(before.parameters);
      expect((await bytesOf(after)).equals(await bytesOf(before)) && after.url === before.url).toBe(
        false,
      );
    }
  });
});

/** What was cut at a length, or what a model answered, may end in half a character. */
const HALVED: { readonly [R in Role]?: object } = {
  summarize: { messages: [{ role: 'user', content: 'cut \ud83d' }], text: 'cut \ud83d' },
  generate: { messages: [{ role: 'user', content: 'cut \ud83d' }] },
  embed: { texts: ['whole \u{1f600}', 'cut \ud83d'] },
  illustrate: { prompt: 'cut \ud83d' },
  classify: { text: 'cut \ud83d' },
};

test.each(PAIRS.filter(([, role]) => role in HALVED))(
  '%s to %s holds no half characters, which strict servers refuse',
  async (contract, role) => {
    const body = String(await bytesOf(build(contract, role, {}, HALVED[role])));
    expect(body).toContain('cut \ufffd');
    expect(body).not.toContain('\\ud');
  },
);

const CHATS = PAIRS.filter(([, role]) => role === 'generate').filter(([name]) => name !== 'tgi');

test.each(CHATS)(
  '%s names the model first: the router reads it from the first bytes',
  (contract) => {
    for (const stream of [false, true])
      expect(build(contract, 'generate', { stream }).body).toMatch(/^\{"model":"owner\/name",/);
  },
);

test.each(['together', 'deepinfra', 'openai'] as const)(
  '%s names the model first in a form, too',
  async (contract) => {
    const body = String(await bytesOf(build(contract, 'transcribe')));
    expect(body).toMatch(
      /^--\S+\r\ncontent-disposition: form-data; name="model"\r\n\r\nowner\/name/i,
    );
  },
);

test.each(['fal', 'replicate', 'together'] as const)(
  '%s: an address that is signed anew is the same call',
  async (contract) => {
    const at = (url: string) => build(contract, 'transcribe', { audioByUrl: true }, { url });
    const [one, other] = [at('https://s3.example/c?X-Sig=a1'), at('https://s3.example/c?X-Sig=b2')];
    expect(String(await bytesOf(one))).toContain('X-Sig=a1');
    expect(other.parameters).toEqual(one.parameters);
    expect(JSON.stringify([one.parameters, one.headers, one.url])).not.toContain('X-Sig');
  },
);
