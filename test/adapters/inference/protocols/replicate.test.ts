import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../../adapters/inference/protocols/contract.ts';
import { replicate } from '../../../../adapters/inference/protocols/replicate.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { INPUTS, PNG } from './inputs.ts';
import { jsonOf } from './read-request.ts';

const ROUTER = 'https://router.huggingface.co';
const prediction = (changes: Record<string, unknown>) => ({
  id: 'rrr4z',
  status: 'succeeded',
  output: null,
  error: null,
  urls: {
    get: 'https://api.replicate.com/v1/predictions/rrr4z',
    cancel: 'https://api.replicate.com/v1/predictions/rrr4z/cancel',
  },
  ...changes,
});

describe('a transcription', () => {
  const target = aTarget({ contract: 'replicate', model: 'openai/whisper:80996966' });
  const input = INPUTS.transcribe;
  const { buildRequest, parseResponse } = replicate.roles.transcribe;
  const parse = (changes: Record<string, unknown>) =>
    parseResponse(anAnswer(201, prediction(changes)), input, target) as Extract<
      Reply<'transcribe'>,
      { answer: unknown }
    >;

  test('addresses a version by its id alone, waits, and holds the audio as a data URL', async () => {
    const request = buildRequest(input, target);
    expect(request).toMatchObject({
      url: `${ROUTER}/replicate/v1/predictions`,
      headers: { prefer: 'wait', 'content-type': 'application/json' },
      parameters: { input: { language: 'en' } },
    });
    expect(await jsonOf(request)).toEqual({
      version: '80996966',
      input: {
        audio: `data:audio/flac;base64,${Buffer.from(input.audio as Uint8Array).toString('base64')}`,
        language: 'en',
      },
    });
  });

  test('puts configured parameters beside the audio, whatever their values', async () => {
    const parameters = { prompt: '"audio":"" }}', temperature: 0.2 };
    expect(
      await jsonOf(buildRequest({ ...input, language: null }, { ...target, parameters })),
    ).toMatchObject({ input: { initial_prompt: '"audio":"" }}', temperature: 0.2 } });
  });

  test('names the address of the audio, if the target is configured so', async () => {
    const url = 'https://objects.example.com/chunk.flac?signature=a';
    const request = buildRequest({ ...input, url }, { ...target, audioByUrl: true });
    expect(await jsonOf(request)).toMatchObject({ input: { audio: url, language: 'en' } });
    expect(JSON.stringify(request.parameters)).not.toContain('signature');
  });

  test.each([
    ['a text', ' Hello.', 'Hello.'],
    ['a list of one', [' Hello.'], 'Hello.'],
    ['a transcription', { transcription: ' Hello.', detected_language: 'english' }, 'Hello.'],
    ['a translation', { translation: ' Hello.', txt_file: null }, 'Hello.'],
    ['a list of one transcription', [{ transcription: ' Hello.' }], 'Hello.'],
    ['a text with chunks of another kind', { text: ' Hello.', chunks: 'x' }, 'Hello.'],
  ])('comes as %s', (_, output, text) => {
    expect(parse({ output }).answer.text.trim()).toBe(text);
    expect(parse({ output }).answer.segments).toMatchObject([{ start: 0, end: 20 }]);
  });

  test("has the version's times, its seconds of computing, and its id", () => {
    const segments = [{ id: 0, start: 0, end: 2.5, text: ' Hello.' }];
    const output = { transcription: ' Hello.', segments, detected_language: 'en' };
    expect(parse({ output, metrics: { predict_time: 3.5 } })).toMatchObject({
      answer: { language: 'en', segments: [{ start: 0, end: 2.5, text: ' Hello.' }] },
      usage: { audioSeconds: 20, computeSeconds: 3.5 },
      requestId: 'rrr4z',
    });
  });

  test('has the times of chunks, as transformers writes them', () => {
    const chunks = [
      { timestamp: [0, 2.5], text: ' Hello.' },
      { timestamp: [2.5, null], text: ' Bye.' },
    ];
    expect(parse({ output: { text: ' Hello. Bye.', chunks } }).answer).toMatchObject({
      text: ' Hello. Bye.',
      segments: [
        { start: 0, end: 2.5, text: ' Hello.' },
        { start: 2.5, end: 20, text: ' Bye.' },
      ],
    });
  });

  test('in parts is joined, and the parts without times share what is left', () => {
    const segments = [{ start: 0, end: 8, text: ' Hello.' }];
    const output = [{ transcription: ' Hello.', segments }, { transcription: ' Bye.' }];
    expect(parse({ output }).answer).toEqual({
      text: ' Hello. Bye.',
      language: null,
      segments: [
        { start: 0, end: 8, text: ' Hello.' },
        { start: 8, end: 20, text: ' Bye.', isTimeEstimated: true },
      ],
    });
  });

  test('of a prediction that is still called processing is taken if it is whole', () => {
    const output = { transcription: ' Hello.' };
    expect(parse({ status: 'processing', output }).answer.text).toBe(' Hello.');
    const ticket = { id: 'rrr4z', path: '/replicate/v1/predictions/rrr4z', phase: 'prediction' };
    // A model that writes piece by piece has a part of its list there, and others log what they do.
    for (const other of [[' Hel'], null, '', 7, {}, []])
      expect(parse({ status: 'processing', output: other })).toEqual({ ticket, waitMs: 1000 });
    expect(parse({ status: 'processing', output, error: 'x' })).toEqual({ ticket, waitMs: 1000 });
  });

  test('that is only a file is found at its address', () => {
    const output = { txt_file: 'https://replicate.delivery/x.txt', srt_file: null };
    const reply = parseResponse(anAnswer(201, prediction({ output })), input, target);
    if (!('textUrl' in reply)) throw new Error('it has no address');
    expect(reply.textUrl).toBe('https://replicate.delivery/x.txt');
    expect(reply.read(' Hello.\n').answer).toEqual({
      text: ' Hello.\n',
      language: null,
      segments: [{ start: 0, end: 20, text: ' Hello.\n', isTimeEstimated: true }],
    });
    expect(reply.read('x').usage.audioSeconds).toBe(20);
    for (const txt_file of ['file:///etc/passwd', '', `https://x/${'y'.repeat(9000)}`])
      expect(outcomeOf(() => parse({ output: { txt_file } }))).toEqual({
        verdict: 'provider_bug',
      });
  });

  test('in no known form is refused', () => {
    for (const output of [null, 7, [{}], { segments: [] }])
      expect(outcomeOf(() => parse({ output }))).toEqual({ verdict: 'provider_bug' });
  });
});

describe('a picture', () => {
  const target = aTarget({
    contract: 'replicate',
    role: 'illustrate',
    model: 'black-forest-labs/flux-dev',
    parameters: { guidanceScale: 3.5 },
  });
  const input = INPUTS.illustrate;
  const { buildRequest, parseResponse, follow } = replicate.roles.illustrate;
  const parse = (changes: Record<string, unknown>) =>
    parseResponse(anAnswer(201, prediction(changes)), input, target);
  const ticket = { id: 'rrr4z', path: '/replicate/v1/predictions/rrr4z', phase: 'prediction' };

  test('addresses a model without a version by its name', async () => {
    const request = buildRequest(input, target);
    expect(request.url).toBe(
      `${ROUTER}/replicate/v1/models/black-forest-labs/flux-dev/predictions`,
    );
    expect(await jsonOf(request)).toEqual({
      input: {
        prompt: 'a fox',
        width: 1024,
        height: 576,
        seed: 7,
        negative_prompt: 'text',
        guidance_scale: 3.5,
      },
    });
  });

  test.each([
    { output: ['https://replicate.delivery/x.webp'] },
    { output: 'https://replicate.delivery/x.webp' },
  ])('is at an address: %j', ({ output }) => {
    const reply = parse({ output });
    if (!('pictureUrl' in reply)) throw new Error('it has no address');
    expect(reply.pictureUrl).toBe('https://replicate.delivery/x.webp');
    expect(reply.complete({ bytes: PNG, mediaType: 'image/png' })).toMatchObject({
      usage: { images: 1 },
      requestId: 'rrr4z',
    });
  });

  test("that takes longer than the server waits is followed, on the target's own server", () => {
    expect(parse({ status: 'processing' })).toEqual({ ticket, waitMs: 1000 });
    expect(parse({ status: 'starting' })).toEqual({ ticket, waitMs: 3000 });
    expect(parse({ status: 'starting', urls: { get: 'https://evil.example/x' } })).toEqual({
      ticket,
      waitMs: 3000,
    });
    expect(follow?.buildRequest(ticket, target)).toMatchObject({
      method: 'GET',
      url: `${ROUTER}/replicate/v1/predictions/rrr4z`,
    });
    const done = anAnswer(200, prediction({ output: ['https://replicate.delivery/x.webp'] }));
    expect(follow?.parseResponse(done, ticket, input, target)).toMatchObject({
      pictureUrl: 'https://replicate.delivery/x.webp',
    });
  });

  test('that is there is taken, though the prediction is still called processing', () => {
    const output = ['https://replicate.delivery/x.webp'];
    expect(parse({ status: 'processing', output })).toMatchObject({ pictureUrl: output[0] });
    expect(parse({ status: 'processing', output: [] })).toEqual({ ticket, waitMs: 1000 });
  });

  const failure = (changes: Record<string, unknown>): InferenceError => {
    try {
      parse(changes);
    } catch (error) {
      if (error instanceof InferenceError) return error;
    }
    throw new Error('it was accepted');
  };

  test.each([
    ['CUDA out of memory', 'transient'],
    ['Prediction interrupted; please retry (code: PA)', 'transient'],
    ['NSFW content detected. Try running it again, or try a different prompt.', 'input'],
    ['The input or output was flagged as sensitive. (E005)', 'input'],
    ['', 'transient'],
  ])('that failed ("%s") is %s, and may have been billed', (error, kind) => {
    const refused = failure({ status: 'failed', error });
    expect(refused).toMatchObject({ kind, charge: 'unknown' });
    expect(refused.message).not.toMatch(/PA|E005|prompt\.$/);
  });

  test('may have no output field while it is not done', () => {
    const { output, ...unfinished } = prediction({ status: 'starting' });
    expect(output).toBeNull();
    expect(parseResponse(anAnswer(201, unfinished), input, target)).toMatchObject({
      ticket: { id: 'rrr4z' },
      waitMs: 3000,
    });
  });

  test('that was cancelled is retried', () => {
    expect(failure({ status: 'canceled' }).kind).toBe('transient');
  });

  test.each([
    { output: null },
    { output: [] },
    { output: { url: 'https://x/y' } },
    { status: 'dreaming' },
    { id: '../x', status: 'processing' },
    { id: null },
  ])('is no picture: %j', (changes) => {
    expect(outcomeOf(() => parse(changes))).toEqual({ verdict: 'provider_bug' });
  });
});
