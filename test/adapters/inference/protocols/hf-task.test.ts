import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inputs } from '../../../../adapters/inference/protocols/contract.ts';
import { parseDraft } from '../../../../activities/summary/parse-draft.ts';
import { hfTask } from '../../../../adapters/inference/protocols/hf-task.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { INPUTS, JPEG, PNG } from './inputs.ts';
import { bytesOf, jsonOf } from './read-request.ts';

const MODEL_URL = 'https://router.huggingface.co/hf-inference/models/openai/whisper-large-v3';
const target = aTarget();
const bug = expect.objectContaining({ kind: 'provider_bug', charge: 'billed' });

describe('transcribe', () => {
  // Enough bytes that a wrapped base64 would have a line break.
  const audio = new Uint8Array(200).fill(0xfb);
  const input: Inputs['transcribe'] = {
    audio,
    mediaType: 'audio/flac',
    url: null,
    durationSeconds: 10,
    language: null,
  };
  const parse = (body: unknown) =>
    hfTask.roles.transcribe.parseResponse(anAnswer(200, body), input, target);

  test('sends strict base64, always with parameters: without them it would be taken for a file name', async () => {
    const request = hfTask.roles.transcribe.buildRequest(input, target);
    expect(request.url).toBe(MODEL_URL);
    expect(request.headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
    });
    const body = await jsonOf(request);
    expect(body['inputs']).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(Buffer.from(String(body['inputs']), 'base64')).toEqual(Buffer.from(audio));
    expect(body['parameters']).toEqual({ return_timestamps: true });
    expect(request.parameters).toEqual({ return_timestamps: true });
  });

  test('sends audio that is not in memory in the same form', async () => {
    const source = {
      length: audio.length,
      open: async function* () {
        for (let from = 0; from < audio.length; from += 7) yield audio.subarray(from, from + 7);
      },
    };
    const request = hfTask.roles.transcribe.buildRequest({ ...input, audio: source }, target);
    const whole = hfTask.roles.transcribe.buildRequest(input, target);
    expect(await bytesOf(request)).toEqual(await bytesOf(whole));
  });

  test('sends raw bytes with their type if there are no parameters', async () => {
    const request = hfTask.roles.transcribe.buildRequest(
      input,
      aTarget({ parameters: { timestamps: 'none' } }),
    );
    expect(request).toMatchObject({ method: 'POST', url: MODEL_URL, parameters: {} });
    expect(request.headers).toEqual({ 'content-type': 'audio/flac', accept: 'application/json' });
    expect(await bytesOf(request)).toEqual(Buffer.from(audio));
  });

  test('sends the language as a generation parameter, beside the configured ones', () => {
    const configured = aTarget({ parameters: { beams: 5, timestamps: 'none' } });
    expect(
      hfTask.roles.transcribe.buildRequest({ ...input, language: 'de' }, configured),
    ).toMatchObject({
      headers: { 'content-type': 'application/json' },
      parameters: { generation_parameters: { language: 'de', task: 'transcribe', num_beams: 5 } },
    });
    expect(
      hfTask.roles.transcribe.buildRequest({ ...input, language: 'de' }, target).parameters,
    ).toEqual({
      return_timestamps: true,
      generation_parameters: { language: 'de', task: 'transcribe' },
    });
  });

  test('sends no language to English-only models, which refuse it', () => {
    const small = aTarget({ model: 'openai/whisper-small.en' });
    expect(
      hfTask.roles.transcribe.buildRequest({ ...input, language: 'en' }, small).parameters,
    ).toEqual({
      return_timestamps: true,
    });
  });

  test('closes an open last segment at the end of the audio', () => {
    const chunks = [
      { text: ' Hello.', timestamp: [0, 2.36] },
      { text: ' And', timestamp: [2.36, null] },
    ];
    expect(parse({ text: ' Hello. And', chunks }).answer).toEqual({
      text: ' Hello. And',
      language: null,
      segments: [
        { start: 0, end: 2.36, text: ' Hello.' },
        { start: 2.36, end: 10, text: ' And', isTimeEstimated: true },
      ],
    });
  });

  test('takes a text without chunks, and silence', () => {
    expect(parse({ text: 'Hello.' }).answer.segments).toEqual([
      { start: 0, end: 10, text: 'Hello.', isTimeEstimated: true },
    ]);
    expect(parse({ text: '' }).answer).toEqual({ text: '', language: null, segments: [] });
  });

  test.each([[[0]], [[0, 28]], [['0', '4']], [null]])(
    'keeps the words of a chunk with the times %j',
    (timestamp) => {
      expect(parse({ text: 'a', chunks: [{ text: 'a', timestamp }] }).answer.segments).toEqual([
        { start: 0, end: 10, text: 'a', isTimeEstimated: true },
      ]);
    },
  );

  test.each([
    ['a list', []],
    ['no text', { chunks: [] }],
    ['a loop', { text: ' I will see you next time.'.repeat(30) }],
    [
      'a loop in segments only',
      {
        text: '',
        chunks: Array.from({ length: 9 }, (_, at) => ({
          text: ' See you next time.',
          timestamp: [at, at + 1],
        })),
      },
    ],
  ])('refuses %s as a provider bug', (_, body) => {
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
  const parse = (body: unknown) =>
    hfTask.roles.illustrate.parseResponse(anAnswer(200, body), input, target);

  test('sends the prompt with its parameters and asks for a PNG', async () => {
    const request = hfTask.roles.illustrate.buildRequest(input, target);
    expect(request.headers['accept']).toBe('image/png');
    expect(await jsonOf(request)).toEqual({
      inputs: 'a quay at dawn',
      parameters: { negative_prompt: 'people', width: 1024, height: 576, seed: 7 },
    });
    const plain = hfTask.roles.illustrate.buildRequest({ ...input, negativePrompt: '' }, target);
    expect(plain.parameters).toEqual({ width: 1024, height: 576, seed: 7 });
  });

  test('adds the configured parameters', () => {
    const configured = aTarget({
      role: 'illustrate',
      parameters: { steps: 28, guidanceScale: 3.5, scheduler: 'EulerDiscreteScheduler' },
    });
    expect(hfTask.roles.illustrate.buildRequest(input, configured).parameters).toMatchObject({
      num_inference_steps: 28,
      guidance_scale: 3.5,
      scheduler: 'EulerDiscreteScheduler',
      width: 1024,
    });
  });

  test('trusts the bytes, not the requested type', () => {
    expect(parse(JPEG)).toMatchObject({ answer: { mediaType: 'image/jpeg' } });
    expect(parse(PNG)).toMatchObject({ answer: { mediaType: 'image/png' }, usage: { images: 1 } });
  });

  test.each([
    ['data', { data: [{ b64_json: PNG.toString('base64') }] }],
    ['image, as the task is published', { image: PNG.toString('base64') }],
    ['a data URL', { output: [`data:image/png;base64,${PNG.toString('base64')}`] }],
  ])('unpacks a picture that comes as base64 in JSON: %s', (_, body) => {
    expect(parse(body)).toMatchObject({ answer: { bytes: PNG, mediaType: 'image/png' } });
  });

  test.each([
    ['a list', { output: ['https://cdn.example/x.png'] }],
    ['one', { output: 'https://cdn.example/x.png' }],
    ['data', { data: [{ url: 'https://cdn.example/x.png' }] }],
  ])('gives the address of a picture: %s', (_, body) => {
    expect(parse(body)).toMatchObject({ pictureUrl: 'https://cdn.example/x.png' });
  });

  test.each([
    ['text', 'no picture'],
    ['nothing', ''],
    ['an empty object', {}],
    ['a path', { output: ['/etc/passwd'] }],
    ['base64 of text', { data: [{ b64_json: 'aGVsbG8=' }] }],
  ])('refuses %s', (_, body) => {
    expect(() => parse(body)).toThrowError(bug);
  });
});

describe('summarize', () => {
  const bart = aTarget({ role: 'summarize', model: 'facebook/bart-large-cnn' });
  const input: Inputs['summarize'] = { ...INPUTS.summarize, text: 'Ann: we ship on Friday.' };
  const parse = (body: unknown) =>
    hfTask.roles.summarize.parseResponse(anAnswer(200, body), input, bart).answer.text;

  test('sends only the text and the configured parameters', async () => {
    const request = hfTask.roles.summarize.buildRequest(input, bart);
    expect(request.url).toBe(
      'https://router.huggingface.co/hf-inference/models/facebook/bart-large-cnn',
    );
    expect(await jsonOf(request)).toEqual({ inputs: 'Ann: we ship on Friday.', parameters: {} });
    const configured = { ...bart, parameters: { maxTokens: 130, temperature: 0.3 } };
    expect(await jsonOf(hfTask.roles.summarize.buildRequest(input, configured))).toEqual({
      inputs: 'Ann: we ship on Friday.',
      parameters: {
        generate_parameters: { max_new_tokens: 130, temperature: 0.3, do_sample: true },
      },
    });
  });

  test('turns every form of summary into a draft of minutes', () => {
    const draft = { summary: 'They ship on "Friday".' };
    expect(JSON.parse(parse([{ summary_text: ' They ship on "Friday". ' }]))).toEqual(draft);
    expect(JSON.parse(parse({ summary_text: 'They ship on "Friday".' }))).toEqual(draft);
    expect(JSON.parse(parse([{ generated_text: 'They ship on "Friday".' }]))).toEqual(draft);
    expect(parseDraft(parse([{ summary_text: 'They ship.' }]))).toMatchObject({
      summary: 'They ship.',
      decisions: [],
    });
  });

  test('keeps a draft that the model already wrote', () => {
    const draft = JSON.stringify({ summary: 'They ship.', decisions: [] });
    expect(parse([{ generated_text: draft }])).toBe(draft);
  });

  test("refuses a text that may exceed the model's positions, so that the section is divided", () => {
    const build = (text: string, changes = {}) =>
      outcomeOf(() =>
        hfTask.roles.summarize.buildRequest({ ...input, text }, { ...bart, ...changes }),
      );
    const tooLarge = { verdict: 'too_large' };
    expect(build('word '.repeat(600))).not.toEqual(tooLarge);
    expect(build('word '.repeat(620))).toEqual(tooLarge);
    expect(build('会议'.repeat(200))).toEqual(tooLarge);
    expect(build('word '.repeat(620), { contextTokens: 16_384 })).not.toEqual(tooLarge);
  });

  test.each([
    ['an empty summary', [{ summary_text: ' ' }]],
    ['an empty list', []],
    ['two summaries', [{ summary_text: 'a' }, { summary_text: 'b' }]],
    ['a translation', [{ translation_text: 'a' }]],
    ['a number', [{ summary_text: 3 }]],
  ])('refuses %s', (_, body) => {
    expect(() => parse(body)).toThrowError(bug);
  });
});

describe('embed', () => {
  const model = aTarget({ role: 'embed', model: 'intfloat/e5-large' });
  const vectors = (body: unknown, texts: readonly string[] = ['a', 'b']) =>
    hfTask.roles.embed.parseResponse(anAnswer(200, body), { texts }, model).answer.vectors;

  test('requests feature extraction by name, with parameters beside the texts', async () => {
    const request = hfTask.roles.embed.buildRequest(
      { texts: ['a', 'b'] },
      { ...model, parameters: { normalize: true, truncate: true } },
    );
    expect(request.url).toBe(
      'https://router.huggingface.co/hf-inference/models/intfloat/e5-large/pipeline/feature-extraction',
    );
    expect(await jsonOf(request)).toEqual({ inputs: ['a', 'b'], normalize: true, truncate: true });
    expect(request.parameters).toEqual({ normalize: true, truncate: true });
  });

  test('reads one vector per text', () => {
    expect(
      vectors([
        [0.1, 2e-5],
        [3, -4],
      ]),
    ).toEqual([
      [0.1, 2e-5],
      [3, -4],
    ]);
    expect(vectors([0.1, 0.2], ['a'])).toEqual([[0.1, 0.2]]);
  });

  test.each([
    ['a vector too few', [[1, 2]]],
    ['vectors of different lengths', [[1, 2], [3]]],
    ['empty vectors', [[], []]],
    [
      'a vector a token',
      [
        [
          [1, 2],
          [3, 4],
        ],
        [[5, 6]],
      ],
    ],
    ['a vector a token, one level deeper', [[[[1, 2]]], [[[3, 4]]]]],
    ['no numbers', [['1'], ['2']]],
    ['NaN, as it is written', [[null], [1]]],
  ])('refuses %s', (_, body) => {
    expect(() => vectors(body)).toThrowError(bug);
  });

  test('tells why one vector per token is refused', () => {
    expect(() => vectors([[[1, 2]], [[3, 4]]])).toThrowError(/one vector per token/);
  });
});

describe('moderate and classify', () => {
  const image = smallestInput('moderate');
  const parse = (body: unknown) =>
    hfTask.roles.moderate.parseResponse(anAnswer(200, body), image, target);

  test('a picture is sent as raw bytes with its type', () => {
    const request = hfTask.roles.moderate.buildRequest(
      image,
      aTarget({ model: 'Falconsai/nsfw_image_detection' }),
    );
    expect(request).toMatchObject({
      url: 'https://router.huggingface.co/hf-inference/models/Falconsai/nsfw_image_detection',
      headers: { 'content-type': 'image/png', accept: 'application/json' },
      body: image.image,
    });
  });

  test('a picture is sent as base64 if parameters are configured', async () => {
    const request = hfTask.roles.moderate.buildRequest(
      image,
      aTarget({ role: 'moderate', parameters: { functionToApply: 'softmax', topK: 2 } }),
    );
    expect(await jsonOf(request)).toEqual({
      inputs: Buffer.from(image.image).toString('base64'),
      parameters: { function_to_apply: 'softmax', top_k: 2 },
    });
  });

  test('a text is sent with a request for all labels, unless configured otherwise', async () => {
    expect(await jsonOf(hfTask.roles.classify.buildRequest({ text: 'fine' }, target))).toEqual({
      inputs: 'fine',
      parameters: { top_k: 100 },
    });
    const configured = aTarget({
      role: 'classify',
      parameters: { functionToApply: 'sigmoid', topK: 5 },
    });
    expect(hfTask.roles.classify.buildRequest({ text: 'fine' }, configured).parameters).toEqual({
      function_to_apply: 'sigmoid',
      top_k: 5,
    });
  });

  test('labels may be flat or nested, in any order, and slightly above 1', () => {
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
      hfTask.roles.classify.parseResponse(anAnswer(200, [labels]), { text: 'x' }, target).answer
        .labels,
    ).toEqual(expected);
  });

  test.each([
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

test('any body is an answer or a provider bug, in every role', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.string(), fc.uint8Array()),
      fc.dictionary(fc.constantFrom('x-compute-time', 'x-sha', 'x-request-id'), fc.string()),
      (body, headers) => {
        const response = anAnswer(200, body, headers);
        for (const parse of [
          () =>
            hfTask.roles.transcribe.parseResponse(response, smallestInput('transcribe'), target),
          () =>
            hfTask.roles.illustrate.parseResponse(response, smallestInput('illustrate'), target),
          () => hfTask.roles.moderate.parseResponse(response, smallestInput('moderate'), target),
          () => hfTask.roles.classify.parseResponse(response, smallestInput('classify'), target),
          () => hfTask.roles.summarize.parseResponse(response, smallestInput('summarize'), target),
          () => hfTask.roles.embed.parseResponse(response, smallestInput('embed'), target),
        ]) {
          const outcome = outcomeOf<object>(parse);
          expect('verdict' in outcome ? outcome.verdict : 'provider_bug').toBe('provider_bug');
        }
      },
    ),
  );
});
