import { describe, expect, test } from 'vitest';
import { deepinfra } from '../../../../adapters/inference/protocols/deepinfra.ts';
import { nscale } from '../../../../adapters/inference/protocols/nscale.ts';
import { together } from '../../../../adapters/inference/protocols/together.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS, JPEG } from './inputs.ts';
import { formOf, jsonOf } from './read-request.ts';

const ROUTER = 'https://router.huggingface.co';
const FORM = {
  model: 'openai/whisper-large-v3',
  response_format: 'verbose_json',
  'timestamp_granularities[]': 'segment',
  temperature: '0',
  language: 'en',
};
const SEGMENTS = { text: 'Hi.', segments: [{ id: 0, start: 0, end: 1, text: 'Hi.' }] };
const CHAT = { choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] };
const VECTORS = {
  data: [
    { index: 1, embedding: [0, 1] },
    { index: 0, embedding: [1, 0] },
  ],
};

describe('together', () => {
  const target = aTarget({ contract: 'together' });
  const chat = { ...target, role: 'summarize', model: 'openai/gpt-oss-20b' } as const;

  test('transcribes with a form; a retry-after with a 200 is ignored', async () => {
    const request = together.roles.transcribe.buildRequest(INPUTS.transcribe, target);
    expect(request.url).toBe(`${ROUTER}/together/v1/audio/transcriptions`);
    const form = await formOf(request);
    expect((form.get('file') as File).name).toBe('chunk.flac');
    form.delete('file');
    expect(Object.fromEntries(form)).toEqual(FORM);
    const parsed = together.roles.transcribe.parseResponse(
      // With a 200 this means nothing.
      anAnswer(200, SEGMENTS, { 'retry-after': '2' }),
      INPUTS.transcribe,
      target,
    );
    expect(parsed.answer.segments).toEqual([{ start: 0, end: 1, text: 'Hi.' }]);
  });

  test('gets the address of the audio instead of a file', async () => {
    const url = 'https://objects.example.com/chunk.flac?signature=a';
    const input = { ...INPUTS.transcribe, url };
    const request = together.roles.transcribe.buildRequest(input, { ...target, audioByUrl: true });
    expect((await formOf(request)).get('file')).toBe(url);
    expect(JSON.stringify(request.parameters)).not.toContain('signature');
  });

  test('takes a flat schema, also called json_schema', async () => {
    const request = together.roles.summarize.buildRequest(INPUTS.summarize, chat);
    expect(request.url).toBe(`${ROUTER}/together/v1/chat/completions`);
    expect(await jsonOf(request)).toMatchObject({
      model: 'openai/gpt-oss-20b',
      response_format: { type: 'json_schema', schema: { type: 'object' } },
    });
    expect(
      together.roles.summarize.parseResponse(anAnswer(200, CHAT), INPUTS.summarize, chat).answer,
    ).toEqual({ text: 'Yes.' });
  });

  test('generates without a schema', async () => {
    const generate = { ...chat, role: 'generate' } as const;
    const body = await jsonOf(together.roles.generate.buildRequest(INPUTS.generate, generate));
    expect(body).not.toHaveProperty('response_format');
    expect(body).toMatchObject({ max_tokens: 16, temperature: 0.7 });
    expect(
      together.roles.generate.parseResponse(anAnswer(200, CHAT), INPUTS.generate, generate).answer,
    ).toEqual({ text: 'Yes.' });
  });

  test('draws, and has its own name for base64', async () => {
    const draw = { ...target, role: 'illustrate', parameters: { steps: 4 } } as const;
    const request = together.roles.illustrate.buildRequest(INPUTS.illustrate, draw);
    expect(request.url).toBe(`${ROUTER}/together/v1/images/generations`);
    expect(await jsonOf(request)).toEqual({
      model: target.model,
      prompt: 'a fox',
      n: 1,
      width: 1024,
      height: 576,
      seed: 7,
      negative_prompt: 'text',
      response_format: 'base64',
      steps: 4,
    });
    const answer = anAnswer(200, { data: [{ index: 0, b64_json: JPEG.toString('base64') }] });
    expect(together.roles.illustrate.parseResponse(answer, INPUTS.illustrate, draw)).toMatchObject({
      answer: { mediaType: 'image/jpeg' },
      usage: { images: 1 },
    });
  });

  test('embeds', async () => {
    const embed = { ...target, role: 'embed' } as const;
    const request = together.roles.embed.buildRequest(INPUTS.embed, embed);
    expect(request.url).toBe(`${ROUTER}/together/v1/embeddings`);
    expect(await jsonOf(request)).toEqual({ model: target.model, input: ['one', 'two'] });
    const answer = anAnswer(200, VECTORS);
    expect(together.roles.embed.parseResponse(answer, INPUTS.embed, embed).answer.vectors).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('deepinfra', () => {
  const target = aTarget({ contract: 'deepinfra' });
  const BASE = `${ROUTER}/deepinfra/v1/openai`;

  test('transcribes with a form', async () => {
    const request = deepinfra.roles.transcribe.buildRequest(INPUTS.transcribe, target);
    expect(request.url).toBe(`${BASE}/audio/transcriptions`);
    const form = await formOf(request);
    form.delete('file');
    expect(Object.fromEntries(form)).toEqual(FORM);
    const parsed = deepinfra.roles.transcribe.parseResponse(
      anAnswer(200, { ...SEGMENTS, inference_status: { cost: 0.0001 } }),
      INPUTS.transcribe,
      target,
    );
    expect(parsed.answer.text).toBe('Hi.');
  });

  test.each(['summarize', 'generate'] as const)('chats to %s', async (role) => {
    const chat = { ...target, role };
    const request = deepinfra.roles[role].buildRequest(INPUTS.summarize, chat);
    expect(request.url).toBe(`${BASE}/chat/completions`);
    expect(await jsonOf(request)).toMatchObject({ model: target.model, max_tokens: 800 });
    const parsed = deepinfra.roles[role].parseResponse(anAnswer(200, CHAT), INPUTS.summarize, chat);
    expect(parsed.answer).toEqual({ text: 'Yes.' });
  });

  test('embeds', () => {
    const embed = { ...target, role: 'embed' } as const;
    expect(deepinfra.roles.embed.buildRequest(INPUTS.embed, embed).url).toBe(`${BASE}/embeddings`);
    const answer = anAnswer(200, VECTORS);
    expect(
      deepinfra.roles.embed.parseResponse(answer, INPUTS.embed, embed).answer.vectors,
    ).toHaveLength(2);
  });
});

describe('nscale', () => {
  const target = aTarget({ contract: 'nscale', role: 'illustrate', model: 'owner/FLUX' });

  test('draws in one request', async () => {
    const request = nscale.roles.illustrate.buildRequest(INPUTS.illustrate, target);
    expect(request.url).toBe(`${ROUTER}/nscale/v1/images/generations`);
    expect(await jsonOf(request)).toEqual({
      model: 'owner/FLUX',
      prompt: 'a fox',
      n: 1,
      size: '1024x576',
      response_format: 'b64_json',
    });
    const answer = anAnswer(200, { data: [{ b64_json: JPEG.toString('base64') }] });
    expect(nscale.roles.illustrate.parseResponse(answer, INPUTS.illustrate, target)).toMatchObject({
      answer: { mediaType: 'image/jpeg' },
    });
  });

  test.each(['summarize', 'generate'] as const)('chats to %s', (role) => {
    const chat = { ...target, role };
    const request = nscale.roles[role].buildRequest(INPUTS.summarize, chat);
    expect(request.url).toBe(`${ROUTER}/nscale/v1/chat/completions`);
    const parsed = nscale.roles[role].parseResponse(anAnswer(200, CHAT), INPUTS.summarize, chat);
    expect(parsed.answer).toEqual({ text: 'Yes.' });
  });
});
