import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../../adapters/inference/contract.ts';
import { hfTask } from '../../../../adapters/inference/contracts/hf-task.ts';
import { smallestInput } from '../../../../adapters/inference/smallest-request.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../outcome-of.ts';

const target = aTarget();
const bug = expect.objectContaining({ kind: 'provider_bug', billing: 'billed' });

describe('transcribe', () => {
  const input: Inputs['transcribe'] = {
    // Enough bytes that a wrapped base64 would have a line break.
    audio: new Uint8Array(200).fill(0xfb),
    mediaType: 'audio/flac',
    url: null,
    durationSeconds: 10,
    language: null,
  };
  const parse = (body: unknown) =>
    hfTask.transcribe.parseResponse(anAnswer(200, body), input, target);

  it('sends strict base64 and always parameters, without which it would be taken for a file name', () => {
    const request = hfTask.transcribe.buildRequest(input, target);
    expect(request.url).toBe(
      'https://router.huggingface.co/hf-inference/models/openai/whisper-large-v3',
    );
    expect(request.headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
    });
    const body = JSON.parse(String(request.body)) as { inputs: string; parameters: unknown };
    expect(body.inputs).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(Buffer.from(body.inputs, 'base64')).toEqual(Buffer.from(input.audio));
    expect(body.parameters).toEqual({ return_timestamps: true });
    expect(request.parameters).toEqual({ return_timestamps: true });
  });

  it('says the language where only the generation takes it', () => {
    const { parameters } = hfTask.transcribe.buildRequest({ ...input, language: 'de' }, target);
    expect(parameters).toEqual({
      return_timestamps: true,
      generation_parameters: { language: 'de', task: 'transcribe' },
    });
  });

  it('closes a last segment that is left open where the audio ends', () => {
    const chunks = [
      { text: ' Hello.', timestamp: [0, 2.36] },
      { text: ' And', timestamp: [2.36, null] },
    ];
    expect(parse({ text: ' Hello. And', chunks }).answer).toEqual({
      text: ' Hello. And',
      language: null,
      segments: [
        { start: 0, end: 2.36, text: ' Hello.' },
        { start: 2.36, end: 10, text: ' And' },
      ],
    });
  });

  it('takes a text without chunks, and silence', () => {
    expect(parse({ text: 'Hello.' }).answer.segments).toEqual([
      { start: 0, end: 10, text: 'Hello.' },
    ]);
    expect(parse({ text: '' }).answer).toEqual({ text: '', language: null, segments: [] });
  });

  it.each([
    ['a list', []],
    ['no text', { chunks: [] }],
    ['a time of one number', { text: 'a', chunks: [{ text: 'a', timestamp: [0] }] }],
    ['times of another recording', { text: 'a', chunks: [{ text: 'a', timestamp: [0, 28] }] }],
  ])('refuses %s as a bug of the provider', (_, body) => {
    expect(() => parse(body)).toThrowError(bug);
  });
});

describe('illustrate', () => {
  const input: Inputs['illustrate'] = {
    prompt: 'a quay at dawn',
    negativePrompt: 'people',
    width: 1024,
    height: 576,
    seed: 7,
  };
  const png = Buffer.from(smallestInput('moderate').image);
  const parse = (body: unknown) =>
    hfTask.illustrate.parseResponse(anAnswer(200, body), input, target);

  it('sends the prompt with its parameters and asks for a PNG', () => {
    const request = hfTask.illustrate.buildRequest(input, target);
    expect(request.headers['accept']).toBe('image/png');
    expect(JSON.parse(String(request.body))).toEqual({
      inputs: 'a quay at dawn',
      parameters: { negative_prompt: 'people', width: 1024, height: 576, seed: 7 },
    });
    const plain = hfTask.illustrate.buildRequest({ ...input, negativePrompt: '' }, target);
    expect(plain.parameters).toEqual({ width: 1024, height: 576, seed: 7 });
  });

  it('believes the bytes, not what was asked', () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]);
    expect(parse(jpeg).answer.mediaType).toBe('image/jpeg');
    expect(parse(png)).toMatchObject({ answer: { mediaType: 'image/png' }, usage: { images: 1 } });
  });

  it('unpacks a picture that comes as base64 in JSON', () => {
    const { answer } = parse({ data: [{ b64_json: png.toString('base64') }] });
    expect(Buffer.from(answer.bytes)).toEqual(png);
    expect(answer.mediaType).toBe('image/png');
  });

  it.each([
    ['text', 'no picture'],
    ['nothing', ''],
    ['a link', { output: ['https://elsewhere/x.png'] }],
    ['base64 of text', { data: [{ b64_json: 'aGVsbG8=' }] }],
  ])('refuses %s', (_, body) => {
    expect(() => parse(body)).toThrowError(bug);
  });
});

describe('moderate and classify', () => {
  const image = smallestInput('moderate');
  const parse = (body: unknown) =>
    hfTask.moderate.parseResponse(anAnswer(200, body), image, target);

  it('a picture is sent as it is, with its type', () => {
    const request = hfTask.moderate.buildRequest(
      image,
      aTarget({ model: 'Falconsai/nsfw_image_detection' }),
    );
    expect(request).toMatchObject({
      url: 'https://router.huggingface.co/hf-inference/models/Falconsai/nsfw_image_detection',
      headers: { 'content-type': 'image/png', accept: 'application/json' },
      body: image.image,
    });
  });

  it('a text is sent with the wish for all labels', () => {
    const request = hfTask.classify.buildRequest({ text: 'fine' }, target);
    expect(JSON.parse(String(request.body))).toEqual({
      inputs: 'fine',
      parameters: { top_k: 100 },
    });
  });

  it('labels come flat or nested, in any order, and a hair above 1', () => {
    const labels = [
      { label: 'normal', score: 1.00000012 },
      { label: 'nsfw', score: 0.0007 },
    ];
    const expected = [
      { label: 'normal', score: 1 },
      { label: 'nsfw', score: 0.0007 },
    ];
    expect(parse(labels).answer.labels).toEqual(expected);
    expect(parse([labels.toReversed()]).answer.labels).toEqual(expected.toReversed());
    expect(
      hfTask.classify.parseResponse(anAnswer(200, [labels]), { text: 'x' }, target).answer.labels,
    ).toEqual(expected);
  });

  it.each([
    ['no label', []],
    ['a nested nothing', [[]]],
    ['a score above 1', [{ label: 'nsfw', score: 1.2 }]],
    ['a score below 0', [{ label: 'nsfw', score: -0.1 }]],
    ['a score in words', [{ label: 'nsfw', score: '0.9' }]],
    ['a score of null, as NaN is written', [{ label: 'nsfw', score: null }]],
    ['answers to two pictures', [[{ label: 'a', score: 1 }], [{ label: 'a', score: 1 }]]],
    ['an object', { label: 'nsfw', score: 0.1 }],
  ])('refuse %s', (_, body) => {
    expect(() => parse(body)).toThrowError(bug);
  });
});

it('any body is an answer or a bug of the provider, in every role', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.string(), fc.uint8Array()),
      fc.dictionary(fc.constantFrom('x-compute-time', 'x-sha', 'x-request-id'), fc.string()),
      (body, headers) => {
        const response = anAnswer(200, body, headers);
        for (const parse of [
          () => hfTask.transcribe.parseResponse(response, smallestInput('transcribe'), target),
          () => hfTask.illustrate.parseResponse(response, smallestInput('illustrate'), target),
          () => hfTask.moderate.parseResponse(response, smallestInput('moderate'), target),
          () => hfTask.classify.parseResponse(response, smallestInput('classify'), target),
        ]) {
          const outcome = outcomeOf<object>(parse);
          expect('verdict' in outcome ? outcome.verdict : 'provider_bug').toBe('provider_bug');
        }
      },
    ),
  );
});
