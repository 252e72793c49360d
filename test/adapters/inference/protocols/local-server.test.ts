import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inputs, Ticket } from '../../../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { ContractName } from '../../../../adapters/inference/protocols/contract-table.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import { infer } from '../../../../adapters/inference/call/infer.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { prepareCall } from '../../../../adapters/inference/call/prepare-call.ts';
import { createTransport } from '../../../../adapters/inference/wire/send.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { replicateVersion } from '../../../../local/inference-server/models/catalogue.ts';
import {
  readStatistics,
  startServer,
  type RunningServer,
} from '../../../local/inference-server/start-server.ts';
import { aTarget } from '../a-target.ts';
import { withServer } from '../with-server.ts';
import { INPUTS } from './inputs.ts';

/** Our requests against the local server, which was written from the reference by itself: each refuses what it does not know. */

let server: RunningServer;
const transport = createTransport({ userAgent: 'hansard-test' });
beforeAll(async () => {
  server = await startServer('--scripted-transcriber', '--queue-delay-ms', '300');
});
afterAll(async () => {
  await transport.close();
  await server.stop();
});

const MODELS: { readonly [R in Role]?: string } = {
  transcribe: 'openai/whisper-base',
  summarize: 'hansard/extractive-v1',
  generate: 'hansard/extractive-v1',
  illustrate: 'hansard/procedural-v1',
  embed: 'hansard/hashing-v1',
};

const targetFor = (contract: ContractName, role: Role, changes: Partial<Target> = {}): Target =>
  aTarget({
    contract,
    role,
    model: MODELS[role] ?? '',
    baseUrl: server.url,
    apiTokens: [],
    privateDownloads: true,
    ...changes,
  });

const OPTIONS = { signal: new AbortController().signal, deadlineMs: 20_000 };
const ask = <R extends Role>(
  contract: ContractName,
  role: R,
  input: Inputs[R],
  changes: Partial<Target> = {},
) => infer(transport, prepareCall(targetFor(contract, role, changes), role, input), OPTIONS);

const flac = { ...smallestInput('transcribe'), language: 'en' };
/** Half a second of silence: 16 kHz, mono, 16 bits. */
const wav = { ...flac, mediaType: 'audio/x-wav', audio: waveOf(8000) } as const;

function waveOf(samples: number): Uint8Array {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples * 2, 40);
  return Buffer.concat([head, Buffer.alloc(samples * 2)]);
}

const version = `openai/whisper:${replicateVersion('openai/whisper-base')}`;

describe('a transcription', () => {
  test.each([
    ['openai', flac, {}],
    ['openai', wav, {}],
    ['together', flac, {}],
    ['deepinfra', flac, {}],
    ['deepinfra', flac, { parameters: { temperature: 0.2, prompt: 'Hansard' } }],
    ['fal', wav, {}],
    ['replicate', flac, { model: version }],
  ] as const)('by %s is heard', async (contract, input, changes) => {
    const { answer, usage } = await ask(contract, 'transcribe', input, changes);
    expect(answer.segments.length).toBeGreaterThan(0);
    expect(answer.text).not.toBe('');
    expect(usage.audioSeconds).toBeCloseTo(0.5, 1);
  });

  test.each([
    ['together', {}],
    ['fal', {}],
    ['replicate', { model: version }],
  ] as const)('by %s is fetched from an address', async (contract, changes) => {
    await withServer(
      (_, response) => response.end(flac.audio),
      async (url) => {
        const input = { ...flac, url: `${url}/chunk.flac?signature=a` };
        const byUrl = { ...changes, audioByUrl: true };
        const { answer } = await ask(contract, 'transcribe', input, byUrl);
        expect(answer.text).not.toBe('');
      },
    );
  });

  test('in FLAC is refused by fal as wrong input', async () => {
    await expect(ask('fal', 'transcribe', flac)).rejects.toMatchObject({
      kind: 'input',
      charge: 'refused',
    });
  });
});

const SCHEMA = {
  name: 'summary',
  json: {
    type: 'object',
    properties: { summary: { type: 'string' } },
    required: ['summary'],
    additionalProperties: false,
  },
};

test('a prediction that fails is an answer of its own: it may be billed, and is retried', async () => {
  const noise = { ...flac, audio: Buffer.from('this is no audio') };
  await expect(ask('replicate', 'transcribe', noise, { model: version })).rejects.toMatchObject({
    kind: 'transient',
    status: 201,
    charge: 'unknown',
  });
});

describe('a chat', () => {
  test.each(['hf-chat', 'openai', 'together', 'deepinfra', 'nscale'] as const)(
    'by %s answers to a schema, streamed or not',
    async (contract) => {
      const input = { ...INPUTS.summarize, schema: SCHEMA };
      const whole = await ask(contract, 'summarize', input);
      expect(JSON.parse(whole.answer.text)).toHaveProperty('summary');
      expect(whole.usage.inputTokens).toBeGreaterThan(0);
      const streamed = await ask(contract, 'summarize', input, { stream: true });
      expect(streamed).toMatchObject({ answer: whole.answer, usage: whole.usage });
    },
  );

  test.each(['hf-chat', 'openai', 'together', 'deepinfra', 'nscale'] as const)(
    'by %s answers without a schema',
    async (contract) => {
      const input = { ...INPUTS.generate, messages: INPUTS.summarize.messages };
      expect((await ask(contract, 'generate', input)).answer.text).not.toBe('');
    },
  );
});

describe('a picture', () => {
  test.each([
    ['openai', {}],
    ['nscale', {}],
    ['together', { parameters: { steps: 4, guidanceScale: 3.5 } }],
    ['fal', { parameters: { steps: 4 } }],
    ['replicate', {}],
  ] as const)('by %s is drawn', async (contract, changes) => {
    const { answer, usage } = await ask(contract, 'illustrate', INPUTS.illustrate, changes);
    // JPEG comes from together, whatever anybody wishes.
    expect(answer.mediaType).toBe(contract === 'together' ? 'image/jpeg' : 'image/png');
    expect(usage.images).toBe(1);
  });

  test('in a queue is found by its ticket, and billed once', async () => {
    const input = { ...INPUTS.illustrate, prompt: 'a picture that outlives a worker' };
    const prepared = prepareCall(targetFor('fal', 'illustrate'), 'illustrate', input);
    const before = await readStatistics(server.url);
    const kept: Ticket[] = [];
    const first = infer(transport, prepared, {
      ...OPTIONS,
      // Over before fal is done.
      deadlineMs: 900,
      keepTicket: async (ticket) => void kept.push(ticket),
    });
    await expect(first).rejects.toSatisfy(
      (error) => error instanceof InferenceError && error.charge === 'pending',
    );
    const [ticket] = kept;
    const { answer } = await infer(transport, prepared, { ...OPTIONS, ticket: ticket ?? null });
    expect(answer.mediaType).toBe('image/png');
    const after = await readStatistics(server.url);
    expect((after.billed['illustrate'] ?? 0) - (before.billed['illustrate'] ?? 0)).toBe(1);
  });
});

describe('embeddings', () => {
  test.each(['openai', 'together', 'deepinfra'] as const)(
    'by %s are as many as texts',
    async (contract) => {
      const { answer } = await ask(contract, 'embed', INPUTS.embed);
      expect(answer.vectors).toHaveLength(2);
    },
  );
});

test.each(['together', 'deepinfra', 'nscale', 'fal', 'replicate'] as const)(
  'a model that %s does not serve is not served',
  async (contract) => {
    const role = contract === 'deepinfra' ? 'embed' : 'illustrate';
    await expect(
      ask(contract, role, INPUTS[role], { model: 'somebody/something' }),
    ).rejects.toMatchObject({ kind: 'not_served', charge: 'refused' });
  },
);

describe("OpenAI's own client gets the same answer from this server as we do", () => {
  const client = () => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'a-key', maxRetries: 0 });

  test('to a chat', async () => {
    const { messages, maxTokens, temperature } = INPUTS.summarize;
    const theirs = await client().chat.completions.create({
      model: 'hansard/extractive-v1',
      messages: messages.map((message) => ({ ...message })),
      max_tokens: maxTokens,
      temperature,
      response_format: {
        type: 'json_schema',
        json_schema: { name: SCHEMA.name, strict: true, schema: SCHEMA.json },
      },
    });
    const ours = await ask('openai', 'summarize', { ...INPUTS.summarize, schema: SCHEMA });
    expect(ours.answer.text).toBe(theirs.choices[0]?.message.content);
    expect(ours.usage.inputTokens).toBe(theirs.usage?.prompt_tokens);
  });

  test('to a transcription', async () => {
    const theirs = await client().audio.transcriptions.create({
      file: await toFile(flac.audio as Uint8Array, 'chunk.flac', { type: 'audio/flac' }),
      model: 'openai/whisper-base',
      response_format: 'verbose_json',
      timestamp_granularities: ['segment'],
      language: 'en',
    });
    const { answer } = await ask('openai', 'transcribe', flac);
    expect(answer.text).toBe(theirs.text);
    expect(answer.segments).toHaveLength(theirs.segments?.length ?? -1);
  });

  test('to a picture', async () => {
    const theirs = await client().images.generate({
      model: 'hansard/procedural-v1',
      prompt: 'a fox',
      size: '1024x576',
      response_format: 'b64_json',
    });
    const { answer } = await ask('openai', 'illustrate', INPUTS.illustrate);
    expect(answer.bytes).toEqual(Buffer.from(theirs.data?.[0]?.b64_json ?? '', 'base64'));
  });

  test('to embeddings, which it requests in base64', async () => {
    const theirs = await client().embeddings.create({
      model: 'hansard/hashing-v1',
      input: [...INPUTS.embed.texts],
    });
    const { answer } = await ask('openai', 'embed', INPUTS.embed);
    const rounded = answer.vectors.map((vector) => [...Float32Array.from(vector)]);
    expect(theirs.data.map(({ embedding }) => [...Float32Array.from(embedding)])).toEqual(rounded);
  });
});
