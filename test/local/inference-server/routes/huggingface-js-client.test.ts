import { InferenceClient, type InferenceProviderOrPolicy } from '@huggingface/inference';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { silentWav } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* Hugging Face's own client for JavaScript works with this server, as it is: only the hosts of its requests are changed. */

const TOKEN = 'hf_secret';
const client = new InferenceClient(TOKEN, { retry_on_error: false });
const publicFetch = globalThis.fetch;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(
    '--scripted-transcriber',
    '--require-token',
    TOKEN,
    '--queue-delay-ms',
    '0',
  );
  // The client polls and downloads with the global function, whatever function it is given.
  vi.stubGlobal('fetch', (input: string | URL, init?: RequestInit) =>
    publicFetch(
      String(input).replace(/^https:\/\/(?:router\.)?huggingface\.co(?=\/)/, server.url),
      init,
    ),
  );
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await server.stop();
});

const CHAT = {
  model: 'hansard/extractive-v1',
  messages: [{ role: 'user', content: 'We decided to paint the boat. It is blue.' }],
  max_tokens: 60,
};
const SPEECH = { model: 'openai/whisper-base' };
const PICTURE = { model: 'hansard/procedural-v1', inputs: 'a harbour' };
const TEXTS = { model: 'hansard/hashing-v1', inputs: ['a boat', 'a house'] };
const COMPLETION = {
  model: 'hansard/extractive-completion-v1',
  inputs: 'We decided to paint the boat. It is blue.',
};
const providers = (...names: InferenceProviderOrPolicy[]) => names;

const schema = {
  type: 'object',
  properties: { summary: { type: 'string' } },
  required: ['summary'],
  additionalProperties: false,
};
const isPicture = async (picture: Blob) =>
  await sharp(Buffer.from(await picture.arrayBuffer())).metadata();

describe.each(providers('auto', 'hf-inference', 'together', 'deepinfra', 'nscale'))(
  'a chat through %s',
  (provider) => {
    test('is answered whole and in pieces', async () => {
      const whole = await client.chatCompletion({ ...CHAT, provider });
      const content = z.string().min(1).parse(whole.choices[0]?.message.content);
      const pieces = [];
      for await (const { choices } of client.chatCompletionStream({ ...CHAT, provider })) {
        pieces.push(choices[0]?.delta.content ?? '');
      }
      expect(pieces.length).toBeGreaterThan(3);
      expect(pieces.join('')).toBe(content);
    });

    test('is answered in the form of a schema', async () => {
      const answer = await client.chatCompletion({
        ...CHAT,
        provider,
        max_tokens: 200,
        response_format: { type: 'json_schema', json_schema: { name: 'summary', schema } },
      });
      const content = JSON.parse(answer.choices[0]?.message.content ?? '') as unknown;
      expect(content).toEqual({ summary: expect.stringMatching(/boat|blue/) as string });
    });
  },
);

describe.each(providers('hf-inference', 'fal-ai', 'replicate', 'together', 'deepinfra'))(
  'speech through %s',
  (provider) => {
    test('is transcribed', async () => {
      const audio = new Blob([silentWav(6)], { type: 'audio/wav' });
      const { text } = await client.automaticSpeechRecognition({
        ...SPEECH,
        provider,
        inputs: audio,
      });
      expect(text).toMatch(/\w/);
    });
  },
);

describe.each(providers('hf-inference', 'nscale', 'replicate'))(
  'a picture through %s',
  (provider) => {
    test('is drawn', async () => {
      const picture = await client.textToImage({ ...PICTURE, provider }, { outputType: 'blob' });
      expect((await isPicture(picture)).format).toMatch(/^(png|jpeg)$/);
    });
  },
);

describe.each(providers('fal-ai', 'replicate', 'together'))('a picture through %s', (provider) => {
  test('is told by its address', async () => {
    const url = await client.textToImage(
      { ...PICTURE, provider, parameters: { num_inference_steps: 4, seed: 7 } },
      { outputType: 'url' },
    );
    expect((await isPicture(await (await fetch(url)).blob())).format).toMatch(/^(png|jpeg)$/);
  });
});

describe('hf-inference', () => {
  const provider = 'hf-inference';

  test('takes speech whose type nobody says', async () => {
    const inputs = new Blob([silentWav(6)]);
    const { text } = await client.automaticSpeechRecognition({ ...SPEECH, provider, inputs });
    expect(text).toMatch(/\w/);
  });

  test.each(['image/png', ''])('classifies pictures of the type "%s"', async (type) => {
    const grey = { width: 8, height: 8, channels: 3, background: '#888888' } as const;
    const png = new Uint8Array(await sharp({ create: grey }).png().toBuffer());
    const labels = await client.imageClassification({
      model: 'hansard/nsfwjs-mobilenet-v2-mid',
      provider,
      data: new Blob([png], { type }),
    });
    expect(labels[0]?.label).toBe('normal');
  });

  test('classifies texts', async () => {
    const [best] = await client.textClassification({
      model: 'hansard/lexicon-v1',
      provider,
      inputs: 'The launch was a success.',
    });
    expect(best?.label).toBe('positive');
  });
});

describe.each(providers('hf-inference', 'together', 'deepinfra'))(
  'texts through %s',
  (provider) => {
    test('are embedded', async () => {
      const vectors = await client.featureExtraction({ ...TEXTS, provider });
      expect(vectors).toHaveLength(2);
      z.array(z.array(z.number()).length(64)).parse(vectors);
    });

    test('are completed', async () => {
      const { generated_text: text } = await client.textGeneration({
        ...COMPLETION,
        provider,
        parameters: { max_new_tokens: 40 },
      });
      expect(text).toMatch(/boat|blue/);
    });
  },
);

describe('a dedicated server', () => {
  test('chats and completes at its address', async () => {
    const own = new InferenceClient(TOKEN, { endpointUrl: server.url, retry_on_error: false });
    const chat = await own.chatCompletion(CHAT);
    expect(chat.choices[0]?.message.content).toMatch(/boat|blue/);
    const { generated_text: text } = await own.textGeneration(COMPLETION);
    expect(text).toMatch(/boat|blue/);
  });
});

test('refusals are understood', async () => {
  const stranger = new InferenceClient('hf_wrong', { retry_on_error: false });
  await expect(stranger.chatCompletion(CHAT)).rejects.toMatchObject({
    httpResponse: { status: 401, body: { error: 'Invalid username or password.' } },
  });
  await expect(
    client.featureExtraction({ ...TEXTS, model: 'openai/gpt-9', provider: 'together' }),
  ).rejects.toMatchObject({ httpResponse: { status: 404 } });
});
