import { describe, expect, test } from 'vitest';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { toolkit } from '../../../../adapters/inference/protocols/toolkit.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { INPUTS, PNG } from './inputs.ts';
import { bytesOf, jsonOf } from './read-request.ts';

const ENDPOINT = 'https://x1.us-east-1.aws.endpoints.huggingface.cloud';
const endpoint = (changes: Partial<Target> = {}): Target =>
  aTarget({ contract: 'toolkit', baseUrl: ENDPOINT, ...changes });
const bug = expect.objectContaining({ kind: 'provider_bug', charge: 'billed' });

describe('transcribe', () => {
  const input = { ...INPUTS.transcribe, language: null };

  test('sends raw bytes with the parameters in the query, which avoids base64', async () => {
    const request = toolkit.roles.transcribe.buildRequest(input, endpoint());
    expect(request.url).toBe(`${ENDPOINT}?return_timestamps=true`);
    expect(request.headers).toEqual({ 'content-type': 'audio/flac', accept: 'application/json' });
    expect(await bytesOf(request)).toEqual(Buffer.from(INPUTS.transcribe.audio as Uint8Array));
    expect(request.parameters).toEqual({ return_timestamps: true });
  });

  test('has no query if no timestamps are requested', () => {
    const request = toolkit.roles.transcribe.buildRequest(
      input,
      endpoint({ parameters: { timestamps: 'none' } }),
    );
    expect(request).toMatchObject({ url: ENDPOINT, parameters: {} });
  });

  test.each([
    ['a language', { ...input, language: 'de' }, {}, { language: 'de', task: 'transcribe' }],
    ['a parameter of the generation', input, { temperature: 0.2 }, { temperature: 0.2 }],
  ])('sends JSON for %s, which no query can hold', async (_, said, parameters, generation) => {
    const request = toolkit.roles.transcribe.buildRequest(said, endpoint({ parameters }));
    expect(request.url).toBe(ENDPOINT);
    expect(request.headers['content-type']).toBe('application/json');
    expect(await jsonOf(request)).toEqual({
      inputs: Buffer.from(INPUTS.transcribe.audio as Uint8Array).toString('base64'),
      parameters: { return_timestamps: true, generation_parameters: generation },
    });
  });

  test('reads text and times', () => {
    const body = { text: ' Hello.', chunks: [{ text: ' Hello.', timestamp: [0, 2.36] }] };
    const headers = { 'x-compute-time': '0.71', 'x-request-id': 'abc' };
    const response = anAnswer(200, body, headers);
    expect(toolkit.roles.transcribe.parseResponse(response, input, endpoint())).toMatchObject({
      answer: { text: ' Hello.', segments: [{ start: 0, end: 2.36, text: ' Hello.' }] },
      usage: { audioSeconds: 20, computeSeconds: 0.71 },
      requestId: 'abc',
    });
  });

  test.each([
    ['a list', [{ text: 'a' }]],
    ['text', 'Hello.'],
    ['a loop', { text: '谢谢观看。'.repeat(60) }],
  ])('refuses %s', (_, body) => {
    const parse = () =>
      toolkit.roles.transcribe.parseResponse(anAnswer(200, body), input, endpoint());
    expect(parse).toThrowError(bug);
  });
});

describe('diarize', () => {
  const { diarize } = toolkit.roles;
  const parse = (body: unknown) =>
    diarize.parseResponse(anAnswer(200, body), INPUTS.diarize, endpoint({ role: 'diarize' }));
  const turns = (body: unknown) => parse(body).answer.turns;

  test('sends the recording as raw bytes, with the number of speakers where it is known', async () => {
    const request = diarize.buildRequest(INPUTS.diarize, endpoint({ role: 'diarize' }));
    expect(request.url).toBe(ENDPOINT);
    expect(request.headers).toEqual({ 'content-type': 'audio/ogg', accept: 'application/json' });
    expect(await bytesOf(request)).toEqual(Buffer.from(INPUTS.diarize.audio as Uint8Array));
    const three = endpoint({ role: 'diarize', parameters: { speakers: 3 } });
    expect(diarize.buildRequest(INPUTS.diarize, three).url).toBe(`${ENDPOINT}?num_speakers=3`);
  });

  test("reads the turns of pyannote's handlers, in order and within the recording", () => {
    const reply = parse({
      diarization: [
        { label: 'SPEAKER_01', start: '3.25', stop: '25.5' },
        { label: 'SPEAKER_00', start: '-0.1', stop: 3.2 },
      ],
    });
    expect(reply.answer.turns).toEqual([
      { start: 0, end: 3.2, speaker: 'SPEAKER_00' },
      { start: 3.25, end: 20, speaker: 'SPEAKER_01' },
    ]);
    expect(reply.usage.audioSeconds).toBe(20);
  });

  test('reads segments with speakers', () => {
    const one = { start: 0.5, end: 2, speaker: 7, confidence: 0.9 };
    expect(turns({ segments: [one] })).toEqual([{ start: 0.5, end: 2, speaker: '7' }]);
  });

  test.each([
    ['without a speaker', { start: 4, stop: 5 }],
    ['without an end', { label: 'B', start: 4 }],
    ['with a time that is none', { label: 'B', start: 'NaN', stop: '5' }],
    ['with an endless time', { label: 'B', start: 4, stop: '1e999' }],
    ['after the end', { label: 'B', start: 21, stop: 22 }],
    ['that ends before it starts', { label: 'B', start: 5, stop: 4 }],
    ['that is a text', 'B'],
  ])('leaves out a turn %s', (_, wrong) => {
    const good = { label: 'A', start: 1, stop: 2 };
    expect(turns({ diarization: [wrong, good] })).toEqual([{ start: 1, end: 2, speaker: 'A' }]);
    expect(() => turns({ diarization: [wrong] })).toThrowError(bug);
  });

  test('takes no turns for silence', () => {
    expect(turns({ diarization: [] })).toEqual([]);
  });

  const many = (count: number, label: (index: number) => string) =>
    Array.from({ length: count }, (_turn, index) => ({ label: label(index), start: 1, stop: 2 }));
  test.each([
    ['a list', [{ label: 'A', start: 0, stop: 1 }]],
    ['neither form', { text: 'Hello.' }],
    ['no list', { diarization: 'SPEAKER_00' }],
    ['more turns than fit', { diarization: many(1101, () => 'A') }],
    ['a hundred and one speakers', { diarization: many(101, String) }],
  ])('refuses %s', (_, body) => {
    expect(() => turns(body)).toThrowError(bug);
  });
});

describe('moderate and classify', () => {
  const image = smallestInput('moderate');

  test('a picture is sent as raw bytes with the parameters in the query', async () => {
    const request = toolkit.roles.moderate.buildRequest(
      image,
      endpoint({ role: 'moderate', parameters: { functionToApply: 'softmax', topK: 2 } }),
    );
    expect(request.url).toBe(`${ENDPOINT}?function_to_apply=softmax&top_k=2`);
    expect(request.headers['content-type']).toBe('image/png');
    expect(await bytesOf(request)).toEqual(Buffer.from(image.image));
    expect(request.parameters).toEqual({ function_to_apply: 'softmax', top_k: 2 });
    expect(toolkit.roles.moderate.buildRequest(image, endpoint({ role: 'moderate' })).url).toBe(
      ENDPOINT,
    );
  });

  test('a text is sent as JSON', async () => {
    const request = toolkit.roles.classify.buildRequest(
      { text: 'fine' },
      endpoint({ role: 'classify' }),
    );
    expect(request.url).toBe(ENDPOINT);
    expect(await jsonOf(request)).toEqual({ inputs: 'fine', parameters: { top_k: 100 } });
  });

  test('labels are read, and anything else refused', () => {
    const labels = [
      { label: 'nsfw', score: 0.9 },
      { label: 'normal', score: 0.1 },
    ];
    const parse = (body: unknown) =>
      toolkit.roles.moderate.parseResponse(anAnswer(200, body), image, endpoint());
    expect(parse(labels)).toMatchObject({ answer: { labels }, usage: { images: 1 } });
    expect(() => parse({ labels })).toThrowError(bug);
    expect(
      toolkit.roles.classify.parseResponse(anAnswer(200, [labels]), { text: 'x' }, endpoint())
        .answer,
    ).toEqual({ labels });
  });
});

describe('illustrate', () => {
  test('accepts only PNG, and requests a square of the same number of pixels, which all releases support', async () => {
    const request = toolkit.roles.illustrate.buildRequest(
      INPUTS.illustrate,
      endpoint({ role: 'illustrate', parameters: { steps: 4 } }),
    );
    expect(request.headers).toEqual({ 'content-type': 'application/json', accept: 'image/png' });
    expect(await jsonOf(request)).toEqual({
      inputs: 'a fox',
      parameters: {
        negative_prompt: 'text',
        width: 768,
        height: 768,
        seed: 7,
        num_inference_steps: 4,
      },
    });
  });

  test('reads the picture, bare or wrapped by a handler', () => {
    const parse = (body: unknown) =>
      toolkit.roles.illustrate.parseResponse(anAnswer(200, body), INPUTS.illustrate, endpoint());
    expect(parse(PNG)).toMatchObject({ answer: { mediaType: 'image/png' } });
    expect(parse({ image: PNG.toString('base64') })).toMatchObject({ answer: { bytes: PNG } });
    expect(() => parse('"iVBORw0KGgo"')).toThrowError(bug);
  });
});

describe('summarize', () => {
  test('sends the text and, as a pipeline takes them, the parameters of the generation', async () => {
    const request = toolkit.roles.summarize.buildRequest(
      INPUTS.summarize,
      endpoint({ role: 'summarize', parameters: { maxTokens: 130 } }),
    );
    expect(request.url).toBe(ENDPOINT);
    expect(await jsonOf(request)).toEqual({
      inputs: 'Ann: we ship on Friday.',
      parameters: { max_new_tokens: 130 },
    });
  });

  test('reads a summary, and refuses anything else', () => {
    const parse = (body: unknown) =>
      toolkit.roles.summarize.parseResponse(anAnswer(200, body), INPUTS.summarize, endpoint());
    expect(parse([{ summary_text: 'They ship.' }]).answer).toEqual({
      text: '{"summary":"They ship."}',
    });
    expect(() => parse({ text: 'They ship.' })).toThrowError(bug);
  });
});

describe('embed', () => {
  const parse = (body: unknown) =>
    toolkit.roles.embed.parseResponse(anAnswer(200, body), INPUTS.embed, endpoint()).answer.vectors;

  test('sends all texts at once', async () => {
    const request = toolkit.roles.embed.buildRequest(INPUTS.embed, endpoint({ role: 'embed' }));
    expect(request.url).toBe(ENDPOINT);
    expect(await jsonOf(request)).toEqual({ inputs: ['one', 'two'] });
  });

  test('reads vectors, bare or as sentence transformers name them', () => {
    const vectors = [
      [1, 2],
      [3, 4],
    ];
    expect(parse(vectors)).toEqual(vectors);
    expect(parse({ embeddings: vectors })).toEqual(vectors);
    expect(() => parse({ embeddings: [[1, 2]] })).toThrowError(bug);
    expect(() => parse({ similarities: [1, 2] })).toThrowError(bug);
  });
});
