import { describe, expect, test } from 'vitest';
import { hfendpoints } from '../../../../adapters/inference/protocols/hfendpoints.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS } from './inputs.ts';
import { bytesOf, formOf } from './read-request.ts';

const target = aTarget({
  contract: 'hfendpoints',
  baseUrl: 'https://x1.endpoints.huggingface.cloud',
});
const input = INPUTS.transcribe;
const { buildRequest, parseResponse } = hfendpoints.roles.transcribe;
const parse = (body: unknown) => parseResponse(anAnswer(200, body), input, target);

/** The fields its form has; any other one is answered with 400. */
const FIELDS = ['file', 'language', 'prompt', 'temperature', 'response_format'];

describe('request', () => {
  test("is a form with only the server's fields, without a model", async () => {
    const request = buildRequest(input, target);
    expect(request.url).toBe('https://x1.endpoints.huggingface.cloud/api/v1/audio/transcriptions');
    expect(request.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const form = await formOf(request);
    expect(FIELDS).toEqual(expect.arrayContaining([...form.keys()]));
    expect(form.get('language')).toBe('en');
    expect(form.get('response_format')).toBe('verbose_json');
    expect(form.get('temperature')).toBe('0');
    const file = form.get('file') as File;
    expect(file.name).toBe('chunk.flac');
    expect(file.type).toBe('audio/flac');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(input.audio as Uint8Array));
    expect(request.parameters).toEqual({
      language: 'en',
      response_format: 'verbose_json',
      temperature: '0',
    });
  });

  test('sends the language, or English if none is known, which the server would assume', async () => {
    expect((await formOf(buildRequest({ ...input, language: 'de' }, target))).get('language')).toBe(
      'de',
    );
    const unknown = buildRequest({ ...input, language: null }, target);
    expect((await formOf(unknown)).get('language')).toBe('en');
    expect(unknown.parameters).toMatchObject({ language: 'en' });
  });

  test('sends the configured parameters that the server has fields for', async () => {
    const configured = {
      ...target,
      parameters: { temperature: 0.2, prompt: 'Hansard, Temporal', timestamps: 'none' },
    };
    const form = await formOf(buildRequest(input, configured));
    expect(FIELDS).toEqual(expect.arrayContaining([...form.keys()]));
    expect(form.get('temperature')).toBe('0.2');
    expect(form.get('prompt')).toBe('Hansard, Temporal');
    expect(form.get('response_format')).toBe('json');
  });

  test('streams audio that is not in memory', async () => {
    const audio = {
      length: 4,
      open: async function* () {
        yield Buffer.from('fL');
        yield Buffer.from('aC');
      },
    };
    const request = buildRequest({ ...input, audio }, target);
    const body = await bytesOf(request);
    expect(request.body).toMatchObject({ length: body.length });
    expect(body.includes('fLaC')).toBe(true);
  });
});

describe('answer', () => {
  const segment = {
    id: 0,
    start: 0,
    end: 2.4,
    seek: 0,
    temperature: 0,
    text: ' Guten Morgen.',
    tokens: [1],
    avg_logprob: -0.2,
    compression_ratio: 0.8,
    no_speech_prob: 0.01,
  };

  test('is text and segments; its language is ignored, because it was only assumed', () => {
    const body = { text: ' Guten Morgen.', duration: 20, language: 'en', segments: [segment] };
    expect(parse(body)).toMatchObject({
      answer: {
        text: ' Guten Morgen.',
        language: null,
        segments: [{ start: 0, end: 2.4, text: ' Guten Morgen.' }],
      },
      usage: { audioSeconds: 20 },
    });
  });

  test('may be the text alone', () => {
    expect(parse({ text: 'Hello.' }).answer.segments).toEqual([
      { start: 0, end: 20, text: 'Hello.', isTimeEstimated: true },
    ]);
    expect(parse({ text: '' }).answer.segments).toEqual([]);
  });

  test.each([
    ['plain text', 'Hello.'],
    ['no text', { segments: [segment] }],
    ['a loop', { text: 'Thank you for watching. '.repeat(20) }],
  ])('of %s is refused', (_, body) => {
    expect(() => parse(body)).toThrowError(
      expect.objectContaining({ kind: 'provider_bug', charge: 'billed' }),
    );
  });
});
