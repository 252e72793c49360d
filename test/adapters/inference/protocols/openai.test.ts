import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inputs } from '../../../../adapters/inference/protocols/contract.ts';
import { openai } from '../../../../adapters/inference/protocols/openai.ts';
import { transcribeAnswerSchema } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { INPUTS } from './inputs.ts';
import { formOf, jsonOf } from './read-request.ts';

const target = aTarget({ contract: 'openai', baseUrl: 'http://whisper:8000' });
const input: Inputs['transcribe'] = {
  audio: new Uint8Array([0x66, 0x4c, 0x61, 0x43, 0, 255]),
  mediaType: 'audio/flac',
  url: null,
  durationSeconds: 20,
  language: 'en',
};
const { buildRequest, parseResponse } = openai.roles.transcribe;
const SILENCE = { text: '', language: null, segments: [] };
const parse = (body: unknown) => parseResponse(anAnswer(200, body), input, target);

test('a request carries model, parameters and the audio as a form, the same bytes every time', async () => {
  const request = buildRequest(input, target);
  expect(request.url).toBe('http://whisper:8000/v1/audio/transcriptions');
  const form = await new Response(Buffer.from(request.body as Uint8Array), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file') as File;
  form.delete('file');
  expect(Object.fromEntries(form)).toEqual({
    model: 'openai/whisper-large-v3',
    response_format: 'verbose_json',
    'timestamp_granularities[]': 'segment',
    temperature: '0',
    language: 'en',
  });
  expect(request.parameters).toEqual({
    response_format: 'verbose_json',
    'timestamp_granularities[]': 'segment',
    temperature: '0',
    language: 'en',
  });
  expect(file.type).toBe('audio/flac');
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(input.audio);
  expect(buildRequest(input, target)).toEqual(request);
});

test('the engine detects the language if none is given', () => {
  const request = buildRequest({ ...input, language: null }, target);
  expect(request.parameters).not.toHaveProperty('language');
  expect(Buffer.from(request.body as Uint8Array).toString('latin1')).not.toContain('"language"');
});

test('a base URL with a version of its own keeps it', () => {
  const at = (baseUrl: string) => buildRequest(input, aTarget({ baseUrl })).url;
  expect(at('https://h/api/paas/v4')).toBe('https://h/api/paas/v4/audio/transcriptions');
  expect(at('https://api.groq.com/openai')).toBe(
    'https://api.groq.com/openai/v1/audio/transcriptions',
  );
});

test('chat goes to the same server', () => {
  const request = openai.roles.summarize.buildRequest(
    { messages: [], schema: { name: 's', json: {} }, maxTokens: 1, temperature: 0, text: '' },
    aTarget({ contract: 'openai', role: 'summarize', baseUrl: 'http://whisper:8000' }),
  );
  expect(request.url).toBe('http://whisper:8000/v1/chat/completions');
});

describe('verbose_json', () => {
  test('is refused if it holds more words than anybody can say', () => {
    const flood = Array.from({ length: 20_000 }, () => ({ start: 0, end: 1, text: 'a' }));
    for (const body of [
      { text: 'a '.repeat(20_000), language: 'en', segments: [] },
      { text: '', language: 'en', segments: flood },
    ])
      expect(outcomeOf(() => parse(body))).toEqual({ verdict: 'provider_bug' });
    // As fast as nobody speaks, but not more than a model that goes wrong may say in 20 s.
    const text = Array.from({ length: 400 }, (_, index) => index.toString(36)).join(' ');
    expect(
      parse({ text, language: 'en', segments: [{ start: 0, end: 20, text }] }).answer.segments,
    ).toHaveLength(1);
  });

  test('gives segments, the language as ISO 639-1, and the seconds that were sent', () => {
    const parsed = parse({
      text: ' Hello there. Bye.',
      language: 'english',
      duration: 20.02,
      segments: [
        {
          id: 0,
          seek: 0,
          start: 0,
          end: 2.4,
          text: ' Hello there.',
          avg_logprob: -0.1,
          compression_ratio: 1.2,
          no_speech_prob: 0.02,
        },
        { id: 1, start: 2.4, end: 20.5, text: ' Bye.', avg_logprob: 'NaN', no_speech_prob: null },
      ],
    });
    expect(parsed.answer).toEqual({
      text: ' Hello there. Bye.',
      language: 'en',
      segments: [
        {
          start: 0,
          end: 2.4,
          text: ' Hello there.',
          averageLogProbability: -0.1,
          compressionRatio: 1.2,
          noSpeechProbability: 0.02,
        },
        { start: 2.4, end: 20, text: ' Bye.' },
      ],
    });
    expect(parsed.usage.audioSeconds).toBe(20);
  });

  test('of silence is an empty text', () => {
    expect(parse({ text: '', segments: [] }).answer).toEqual({
      text: '',
      language: null,
      segments: [],
    });
  });

  test('without segments is one segment as long as the audio', () => {
    expect(parse({ text: 'Hello.' }).answer.segments).toEqual([
      { start: 0, end: 20, text: 'Hello.', isTimeEstimated: true },
    ]);
  });

  test('with slightly overlapping times is put in order', () => {
    const segments = [
      { start: -0.2, end: 5, text: 'a' },
      { start: 4.5, end: 4.4, text: 'b' },
      { start: 4, end: 9, text: 'c' },
    ];
    expect(parse({ text: 'abc', segments }).answer.segments).toEqual([
      { start: 0, end: 5, text: 'a' },
      { start: 4.5, end: 4.5, text: 'b' },
      { start: 4.5, end: 9, text: 'c' },
    ]);
  });

  test('of any content is ordered inside the audio, or a provider bug', () => {
    const time = fc.option(fc.double({ min: -3, max: 23, noNaN: true }));
    const body = fc.record({
      text: fc.string(),
      language: fc.option(fc.string()),
      segments: fc.option(fc.array(fc.record({ start: time, end: time, text: fc.string() }))),
    });
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (said) => {
        const outcome = outcomeOf(() => parse(said).answer);
        const answer = 'value' in outcome ? outcome.value : SILENCE;
        expect('verdict' in outcome ? outcome.verdict : 'provider_bug').toBe('provider_bug');
        expect(transcribeAnswerSchema.parse(answer)).toEqual(answer);
        const times = answer.segments.flatMap(({ start, end }) => [start, end]);
        expect(times.every((time) => time !== null && time >= 0 && time <= 20)).toBe(true);
        const starts = answer.segments.map(({ start }) => start ?? Number.NaN);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        for (const { start, end } of answer.segments)
          expect(end).toBeGreaterThanOrEqual(start ?? Number.NaN);
      }),
    );
  });
});

test('WAV is named WAV: servers recognise the format by the name', async () => {
  const request = buildRequest({ ...input, mediaType: 'audio/x-wav' }, target);
  const file = (await formOf(request)).get('file') as File;
  expect([file.name, file.type]).toEqual(['chunk.wav', 'audio/x-wav']);
});

test('configured parameters are fields of the form', async () => {
  const parameters = { temperature: 0.2, prompt: 'Hansard' };
  const form = await formOf(buildRequest(input, { ...target, parameters }));
  expect(form.get('temperature')).toBe('0.2');
  expect(form.get('prompt')).toBe('Hansard');
});

test('without timestamps it requests the plain form', () => {
  const request = buildRequest(input, { ...target, parameters: { timestamps: 'none' } });
  expect(request.parameters).toEqual({
    response_format: 'json',
    temperature: '0',
    language: 'en',
  });
});

test('audio that is not in memory is sent in the same form', async () => {
  const bytes = input.audio as Uint8Array;
  const audio = {
    length: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
  const file = (await formOf(buildRequest({ ...input, audio }, target))).get('file') as File;
  expect(await file.bytes()).toEqual(bytes);
});

test("Groq's own facts are read beside the transcript", () => {
  const parsed = parse({ text: 'Hi.', x_groq: { id: 'req_01' }, segments: [] });
  expect(parsed.requestId).toBe('req_01');
});

test('a server with its own dialect for schemas gets it', async () => {
  const target = aTarget({
    contract: 'openai',
    role: 'summarize',
    parameters: { responseFormat: 'fireworks' },
  });
  const body = await jsonOf(openai.roles.summarize.buildRequest(INPUTS.summarize, target));
  expect(body['response_format']).toEqual({ type: 'json_object', schema: { type: 'object' } });
  expect(body).not.toHaveProperty('responseFormat');
});

test('a model that refuses max_tokens gets max_completion_tokens, and only a configured temperature', async () => {
  const bodyWith = async (parameters: Target['parameters']) =>
    await jsonOf(
      openai.roles.generate.buildRequest(
        INPUTS.generate,
        aTarget({ contract: 'openai', role: 'generate', parameters }),
      ),
    );
  const plain = await bodyWith({ tokenLimit: 'max_completion_tokens' });
  expect(plain).toMatchObject({ max_completion_tokens: 16 });
  for (const name of ['max_tokens', 'temperature', 'tokenLimit'])
    expect(plain).not.toHaveProperty(name);
  expect(
    await bodyWith({ tokenLimit: 'max_completion_tokens', temperature: 1, maxTokens: 9 }),
  ).toMatchObject({ max_completion_tokens: 9, temperature: 1 });
  expect(await bodyWith({ tokenLimit: 'max_tokens' })).toEqual(await bodyWith({}));
});
