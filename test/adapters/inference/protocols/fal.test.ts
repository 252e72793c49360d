import { MockAgent } from 'undici';
import { describe, expect, test } from 'vitest';
import type {
  Reply,
  Ticket,
  Unfinished,
} from '../../../../adapters/inference/protocols/contract.ts';
import { fal } from '../../../../adapters/inference/protocols/fal.ts';
import { createTransport } from '../../../../adapters/inference/wire/send.ts';
import { SECRET, aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { INPUTS, PNG } from './inputs.ts';
import { jsonOf } from './read-request.ts';

const ROUTER = 'https://router.huggingface.co';

describe('a diarisation', () => {
  const target = aTarget({ contract: 'fal', model: 'fal-ai/whisper', role: 'diarize' });
  const { buildRequest, parseResponse } = fal.roles.diarize;
  const parse = (body: unknown) => parseResponse(anAnswer(200, body), INPUTS.diarize, target);
  const SPOKEN = { text: ' Hello.', speaker: 'SPEAKER_00', timestamp: [0.2, 3] };

  test('is a transcription with diarize, by address where the target is configured so', async () => {
    const url = 'https://objects.example.com/track.ogg?signature=a';
    const parameters = { speakers: 2 };
    const asked = { ...target, audioByUrl: true, parameters };
    expect(await jsonOf(buildRequest({ ...INPUTS.diarize, url }, asked))).toEqual({
      audio_url: url,
      task: 'transcribe',
      chunk_level: 'segment',
      diarize: true,
      num_speakers: 2,
    });
    expect(await jsonOf(buildRequest(INPUTS.diarize, target))).toMatchObject({
      audio_url: 'data:audio/ogg;base64,T2dnUwD/',
      diarize: true,
    });
  });

  test('gives the turns, and the speakers of its chunks where it has none', () => {
    const turns = [{ speaker: 'SPEAKER_01', timestamp: [1, 2.5] }];
    expect(parse({ text: '', chunks: [SPOKEN], diarization_segments: turns })).toMatchObject({
      answer: { turns: [{ start: 1, end: 2.5, speaker: 'SPEAKER_01' }] },
    });
    for (const diarization_segments of [[], undefined]) {
      expect(parse({ chunks: [SPOKEN], diarization_segments })).toMatchObject({
        answer: { turns: [{ start: 0.2, end: 3, speaker: 'SPEAKER_00' }] },
      });
    }
  });

  test('refuses chunks of which none has a speaker, and an answer without chunks', () => {
    const bug = expect.objectContaining({ kind: 'provider_bug' });
    expect(() => parse({ chunks: [{ ...SPOKEN, speaker: null }] })).toThrowError(bug);
    expect(() => parse({ text: ' Hello.' })).toThrowError(bug);
  });

  test('may wait in the queue', () => {
    expect(parse({ request_id: 'r1', status: 'IN_QUEUE' })).toMatchObject({
      ticket: { id: 'r1', phase: 'status' },
    });
  });
});

describe('a transcription', () => {
  const target = aTarget({ contract: 'fal', model: 'fal-ai/whisper' });
  const input = { ...INPUTS.transcribe, mediaType: 'audio/x-wav' } as const;
  const { buildRequest, parseResponse } = fal.roles.transcribe;
  const parse = (body: unknown) => parseResponse(anAnswer(200, body), input, target);

  test('has its parameters at the root, and the audio as a data URL of a type that fal accepts', async () => {
    const request = buildRequest(input, target);
    expect(request).toMatchObject({
      method: 'POST',
      url: `${ROUTER}/fal-ai/fal-ai/whisper`,
      headers: { 'content-type': 'application/json' },
      parameters: { task: 'transcribe', chunk_level: 'segment', language: 'en' },
    });
    expect(await jsonOf(request)).toEqual({
      audio_url: `data:audio/x-wav;base64,${Buffer.from(INPUTS.transcribe.audio as Uint8Array).toString('base64')}`,
      task: 'transcribe',
      chunk_level: 'segment',
      language: 'en',
    });
  });

  test('of audio that is not in memory is the same request', async () => {
    const audio = {
      length: 6,
      open: async function* () {
        yield new Uint8Array([0x66]);
        yield new Uint8Array([0x4c, 0x61, 0x43, 0, 255]);
      },
    };
    expect(await jsonOf(buildRequest({ ...input, audio }, target))).toEqual(
      await jsonOf(buildRequest(input, target)),
    );
  });

  test('names the address of the audio, if the target is configured so', async () => {
    const url = 'https://objects.example.com/chunk.flac?signature=a';
    const byUrl = { ...target, audioByUrl: true };
    const request = buildRequest({ ...input, url }, byUrl);
    expect(await jsonOf(request)).toMatchObject({ audio_url: url, task: 'transcribe' });
    // The signature differs every time, and the call is the same.
    expect(request.parameters).toEqual(buildRequest(input, target).parameters);
  });

  test('sends the configured prompt', async () => {
    const hinted = { ...target, parameters: { prompt: 'Hansard' } };
    expect(await jsonOf(buildRequest(input, hinted))).toMatchObject({ prompt: 'Hansard' });
  });

  test('gives its chunks as segments, and the language that fal detected', () => {
    const parsed = parse({
      text: ' Hello. Bye.',
      chunks: [
        { timestamp: [0, 9.9], text: ' Hello.', speaker: null },
        { timestamp: [9.9, null], text: ' Bye.', speaker: null },
      ],
      inferred_languages: ['en'],
      diarization_segments: [],
    });
    expect(parsed).toMatchObject({
      answer: {
        text: ' Hello. Bye.',
        language: 'en',
        segments: [
          { start: 0, end: 9.9, text: ' Hello.' },
          { start: 9.9, end: 20, text: ' Bye.' },
        ],
      },
      usage: { audioSeconds: 20 },
    });
  });

  test.each([
    [
      'a text with segments',
      {
        text: ' Hello. Bye.',
        segments: [
          { start: 0, end: 9.9, text: ' Hello.' },
          { start: 9.9, end: 20, text: ' Bye.' },
        ],
      },
    ],
    [
      'an output with segments',
      {
        output: ' Hello. Bye.',
        partial: false,
        segments: [
          { start: 0, end: 9.9, text: ' Hello.' },
          { start: 9.9, text: ' Bye.' },
        ],
      },
    ],
  ])('is read from %s', (_, body) => {
    expect(parse(body)).toMatchObject({
      answer: {
        text: ' Hello. Bye.',
        segments: [
          { start: 0, end: 9.9, text: ' Hello.' },
          { start: 9.9, end: 20, text: ' Bye.' },
        ],
      },
    });
  });

  test('is read from an output alone, and is not one without a text', () => {
    expect(parse({ output: 'Hello.', partial: false })).toMatchObject({
      answer: { text: 'Hello.', segments: [{ start: 0, end: 20 }] },
    });
    for (const body of [{}, { output: null }, { text: null, chunks: [] }, { output: 7 }])
      expect(outcomeOf(() => parse(body))).toEqual({ verdict: 'provider_bug' });
  });

  test('that is queued, on the host of its queue, is followed', () => {
    const own = { ...target, baseUrl: 'https://queue.fal.run' };
    const said = {
      request_id: 'r-1',
      status: 'IN_QUEUE',
      response_url: 'https://x/fal-ai/whisper/requests/r-1',
    };
    const { ticket } = parseResponse(anAnswer(200, said), input, own) as Unfinished;
    expect(fal.roles.transcribe.follow?.buildRequest(ticket, own).url).toBe(
      'https://queue.fal.run/fal-ai/whisper/requests/r-1/status',
    );
  });
});

describe('a picture', () => {
  const target = aTarget({ contract: 'fal', role: 'illustrate', model: 'fal-ai/flux/schnell' });
  const input = INPUTS.illustrate;
  const { buildRequest, parseResponse, follow } = fal.roles.illustrate;
  const submitted = {
    request_id: 'ab-12',
    status: 'IN_QUEUE',
    response_url: 'https://queue.fal.run/fal-ai/flux/requests/ab-12',
  };
  const submit = (body: unknown) => parseResponse(anAnswer(200, body), input, target);
  const ticket: Ticket = {
    id: 'ab-12',
    path: '/fal-ai/fal-ai/flux/requests/ab-12',
    phase: 'status',
  };
  const ask = (said: Ticket, body: unknown, headers = {}): Reply<'illustrate'> =>
    follow!.parseResponse(anAnswer(200, body, headers), said, input, target);

  test('is queued under exactly the mapped name, with parameters at the root', async () => {
    const steps = { ...target, parameters: { steps: 4 } };
    const request = buildRequest(input, steps);
    expect(request.url).toBe(`${ROUTER}/fal-ai/fal-ai/flux/schnell?_subdomain=queue`);
    expect(await jsonOf(request)).toEqual({
      prompt: 'a fox',
      image_size: { width: 1024, height: 576 },
      seed: 7,
      num_images: 1,
      negative_prompt: 'text',
      num_inference_steps: 4,
    });
  });

  test("gets a ticket with the path that fal gives, on the target's own server", () => {
    expect(submit(submitted)).toEqual({ ticket, waitMs: 1000 });
    const elsewhere = 'https://evil.example/fal-ai/flux/requests/ab-12';
    expect(submit({ ...submitted, response_url: elsewhere })).toMatchObject({ ticket });
  });

  test('gets one by its id if the address is missing or leads elsewhere', () => {
    for (const response_url of [undefined, 'https://h/a%2f..%2fb', 'nonsense', 7])
      expect(submit({ ...submitted, response_url })).toMatchObject({ ticket });
  });

  test.each(['', '../x', 'a/b', 'ä', 'x'.repeat(300)])(
    'gets none for the request_id "%s"',
    (request_id) => {
      expect(outcomeOf(() => submit({ ...submitted, request_id }))).toEqual({
        verdict: 'provider_bug',
      });
    },
  );

  test('is polled until it is done, then its result is requested', () => {
    expect(follow?.buildRequest(ticket, target)).toEqual({
      method: 'GET',
      url: `${ROUTER}/fal-ai/fal-ai/flux/requests/ab-12/status?_subdomain=queue`,
      headers: { accept: 'application/json' },
      body: null,
      parameters: {},
    });
    expect(ask(ticket, { status: 'IN_QUEUE', queue_position: 3 })).toEqual({
      ticket,
      waitMs: 3000,
    });
    expect(ask(ticket, { status: 'IN_PROGRESS', logs: null })).toEqual({ ticket, waitMs: 1000 });
    const done = { ticket: { ...ticket, phase: 'result' }, waitMs: 0 };
    expect(ask(ticket, { status: 'COMPLETED', metrics: {} })).toEqual(done);
    expect(follow?.buildRequest(done.ticket, target).url).toBe(
      `${ROUTER}/fal-ai/fal-ai/flux/requests/ab-12?_subdomain=queue`,
    );
  });

  test('is at an address, and is billed as one', () => {
    const body = {
      images: [{ url: 'https://v3.fal.media/x.png', width: 1024, height: 576 }],
      seed: 7,
      has_nsfw_concepts: [false],
      prompt: 'a fox',
    };
    const reply = ask({ ...ticket, phase: 'result' }, body, { 'x-fal-request-id': 'ab-12' });
    if (!('pictureUrl' in reply)) throw new Error('it has no address');
    expect(reply.pictureUrl).toBe('https://v3.fal.media/x.png');
    expect(reply.complete({ bytes: PNG, mediaType: 'image/png' })).toMatchObject({
      answer: { bytes: PNG, mediaType: 'image/png' },
      usage: { images: 1 },
      requestId: 'ab-12',
    });
  });

  test('that was found unsafe is refused: the provider would do so again', () => {
    const body = { images: [{ url: 'https://v3.fal.media/x.png' }], has_nsfw_concepts: [true] };
    expect(() => ask({ ...ticket, phase: 'result' }, body)).toThrowError(
      expect.objectContaining({
        kind: 'input',
        charge: 'billed',
        message: expect.stringMatching(/safety checker/) as string,
      }),
    );
  });

  test.each([
    { images: [] },
    { images: [{ url: 'file:///etc/passwd' }] },
    { images: [{ url: 'ftp://x/y' }] },
    { images: 'none' },
    {},
  ])('is no picture: %j', (body) => {
    expect(outcomeOf(() => ask({ ...ticket, phase: 'result' }, body))).toEqual({
      verdict: 'provider_bug',
    });
  });

  test('that failed is an error, and may have been billed', () => {
    expect(() => ask(ticket, { status: 'FAILED', error: 'secret words' })).toThrowError(
      expect.objectContaining({
        kind: 'transient',
        charge: 'unknown',
        message: expect.not.stringMatching(/secret/) as string,
      }),
    );
  });

  test("uses fal's own hosts, and comes at once from fal.run", () => {
    const at = (baseUrl: string) => buildRequest(input, { ...target, baseUrl }).url;
    expect(at('https://fal.run')).toBe('https://fal.run/fal-ai/flux/schnell');
    expect(at('https://queue.fal.run')).toBe('https://queue.fal.run/fal-ai/flux/schnell');
    const reply = submit({ images: [{ url: `data:image/png;base64,${PNG.toString('base64')}` }] });
    expect(reply).toMatchObject({ answer: { mediaType: 'image/png' } });
  });
});

test("a key of fal goes to fal's own host with fal's authorization scheme", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent
    .get('https://fal.run')
    .intercept({
      method: 'POST',
      path: '/fal-ai/flux/schnell',
      headers: { authorization: `Key ${SECRET}` },
    })
    .reply(200, { images: [{ url: 'https://v3.fal.media/x.png' }] });
  const transport = createTransport({ userAgent: 'hansard-test', dispatcher: agent });
  const target = aTarget({
    contract: 'fal',
    role: 'illustrate',
    model: 'fal-ai/flux/schnell',
    baseUrl: 'https://fal.run',
  });
  const request = fal.roles.illustrate.buildRequest(INPUTS.illustrate, target);
  const { signal } = new AbortController();
  const answer = await transport.send(request, target, { signal, deadlineMs: 5000 });
  expect(answer.status).toBe(200);
  agent.assertNoPendingInterceptors();
  await agent.close();
});
