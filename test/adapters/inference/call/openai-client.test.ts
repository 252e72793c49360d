import type { IncomingMessage, ServerResponse } from 'node:http';
import OpenAI, { toFile } from 'openai';
import { describe, expect, test } from 'vitest';
import type {
  Inputs,
  Reply,
  RoleContract,
  WireContract,
} from '../../../../adapters/inference/protocols/contract.ts';
import type { WireRequest } from '../../../../adapters/inference/wire/wire-message.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import { openai } from '../../../../adapters/inference/protocols/openai.ts';
import { parseBaseUrl } from '../../../../adapters/inference/targets/server-urls.ts';
import { aTarget } from '../a-target.ts';
import { INPUTS, PNG } from '../protocols/inputs.ts';
import { bytesOf } from '../protocols/read-request.ts';
import { withServer } from '../with-server.ts';

/**
 * The official client and our contract against one server: it hears the same from both, and both understand it. The
 * answers have the client's own types: the compiler proves their shape.
 */

const MODEL = 'some/model';

const completion: OpenAI.ChatCompletion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: MODEL,
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: { role: 'assistant', content: '会议纪要 ✓', refusal: null },
    },
  ],
  usage: {
    prompt_tokens: 812,
    completion_tokens: 201,
    total_tokens: 1013,
    completion_tokens_details: { reasoning_tokens: 3 },
  },
};

const chunk = (
  choices: OpenAI.ChatCompletionChunk['choices'],
  usage: OpenAI.ChatCompletionChunk['usage'] = null,
): OpenAI.ChatCompletionChunk => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: MODEL,
  choices,
  usage,
});
const chunks: readonly OpenAI.ChatCompletionChunk[] = [
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  chunk([{ index: 0, delta: { content: '会议' }, finish_reason: null }]),
  chunk([{ index: 0, delta: { content: '纪要 ✓' }, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { prompt_tokens: 812, completion_tokens: 201, total_tokens: 1013 }),
];

const transcription: OpenAI.Audio.TranscriptionVerbose = {
  duration: 20,
  language: 'english',
  text: ' Hello there.',
  segments: [
    {
      id: 0,
      avg_logprob: -0.1,
      compression_ratio: 1.2,
      end: 2.4,
      no_speech_prob: 0.01,
      seek: 0,
      start: 0,
      temperature: 0,
      text: ' Hello there.',
      tokens: [1, 2],
    },
  ],
  usage: { type: 'duration', seconds: 20 },
};

const images: OpenAI.ImagesResponse = {
  created: 1_760_000_000,
  data: [{ b64_json: PNG.toString('base64') }],
  usage: {
    input_tokens: 10,
    output_tokens: 100,
    total_tokens: 110,
    input_tokens_details: { image_tokens: 0, text_tokens: 10 },
  },
};

const vectors: OpenAI.CreateEmbeddingResponse = {
  object: 'list',
  model: MODEL,
  data: [
    { object: 'embedding', index: 0, embedding: [1, 0] },
    { object: 'embedding', index: 1, embedding: [0, 1] },
  ],
  usage: { prompt_tokens: 2, total_tokens: 2 },
};

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers as the routes do, and keeps what it heard. */
function recordingServer(): {
  readonly heard: Heard[];
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
} {
  const heard: Heard[] = [];
  return {
    heard,
    answer: (request, response) => {
      void hear(request).then((said) => {
        heard.push(said);
        const streamed = said.body['stream'] === true;
        response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json');
        response.end(streamed ? eventsOf(chunks) : JSON.stringify(ANSWERS[said.path]));
      });
    },
  };
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/v1/chat/completions': completion,
  '/v1/audio/transcriptions': transcription,
  '/v1/images/generations': images,
  '/v1/embeddings': vectors,
};

const eventsOf = (said: readonly unknown[]): string =>
  [...said.map((one) => JSON.stringify(one)), '[DONE]'].map((one) => `data: ${one}\n\n`).join('');

async function hear(request: IncomingMessage): Promise<Heard> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  const contentType = request.headers['content-type'] ?? '';
  const body = Buffer.concat(blocks);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    contentType: contentType.split(';')[0] ?? '',
    authorization: request.headers.authorization ?? '',
    body: contentType.startsWith('multipart/')
      ? await fieldsOf(body, contentType)
      : (JSON.parse(String(body)) as Record<string, unknown>),
  };
}

async function fieldsOf(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form)
    fields[name] =
      typeof value === 'string'
        ? value
        : { name: value.name, type: value.type, bytes: Buffer.from(await value.bytes()) };
  return fields;
}

/** What both said to one server, and what each understood of its answer. */
async function bothAsk<R extends 'summarize' | 'transcribe' | 'illustrate' | 'embed', T>(
  role: R,
  input: Inputs[R],
  ask: (client: OpenAI) => Promise<T>,
  stream = false,
): Promise<{ theirs: Heard; ours: Heard; understood: T; reply: Reply<R> }> {
  const { heard, answer } = recordingServer();
  return await withServer(answer, async (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'a-key', maxRetries: 0 });
    const understood = await ask(client);
    const base = parseBaseUrl(`${url}/v1/`);
    if ('wrong' in base) throw new Error(base.wrong);
    const target = aTarget({
      contract: 'openai',
      role,
      model: MODEL,
      baseUrl: base.baseUrl,
      stream,
    });
    const contract = contractOf(role);
    const response = await send(contract.buildRequest(input, target));
    const reply = contract.parseResponse(response, input, target);
    const [theirs, ours] = heard;
    if (theirs === undefined || ours === undefined) throw new Error('one of them did not ask');
    return { theirs, ours, understood, reply };
  });
}

const contractOf = <R extends Role>(role: R): RoleContract<R> => {
  const contract = (openai.roles as WireContract['roles'])[role];
  if (contract === undefined) throw new Error(`openai cannot ${role}`);
  return contract;
};

async function send(request: WireRequest) {
  const answer = await fetch(request.url, {
    method: request.method,
    headers: { ...request.headers, authorization: 'Bearer a-key' },
    body: new Uint8Array(await bytesOf(request)),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    bytes: new Uint8Array(await answer.arrayBuffer()),
  };
}

const { summarize, transcribe, illustrate, embed } = INPUTS;
const asked = {
  model: MODEL,
  messages: summarize.messages.map((message) => ({ ...message })),
  max_tokens: 800,
  temperature: 0.2,
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'draft', strict: true, schema: { type: 'object' } },
  },
} as const satisfies OpenAI.ChatCompletionCreateParams;

describe("the official client's request and ours are the same, and both understand the answer", () => {
  test('of a chat', async () => {
    const { theirs, ours, understood, reply } = await bothAsk('summarize', summarize, (client) =>
      client.chat.completions.create({ ...asked, stream: false }),
    );
    expect(ours).toEqual(theirs);
    expect(Object.keys(ours.body)[0]).toBe('model');
    expect(reply).toMatchObject({
      answer: { text: understood.choices[0]?.message.content },
      usage: { inputTokens: 812, outputTokens: 201 },
      servedModel: MODEL,
    });
  });

  test('of a streamed chat', async () => {
    const { theirs, ours, understood, reply } = await bothAsk(
      'summarize',
      summarize,
      async (client) => {
        let text = '';
        const events = await client.chat.completions.create({
          ...asked,
          stream: true,
          stream_options: { include_usage: true },
        });
        for await (const event of events) text += event.choices[0]?.delta.content ?? '';
        return text;
      },
      true,
    );
    expect(ours).toEqual(theirs);
    expect(understood).toBe('会议纪要 ✓');
    expect(reply).toMatchObject({
      answer: { text: understood },
      usage: { inputTokens: 812, outputTokens: 201 },
    });
  });

  test('of a transcription', async () => {
    const audio = transcribe.audio as Uint8Array;
    const { theirs, ours, understood, reply } = await bothAsk(
      'transcribe',
      transcribe,
      async (client) =>
        client.audio.transcriptions.create({
          file: await toFile(audio, 'chunk.flac', { type: 'audio/flac' }),
          model: MODEL,
          response_format: 'verbose_json',
          timestamp_granularities: ['segment'],
          temperature: 0,
          language: 'en',
        }),
    );
    // The client names a list as OpenAI's specification does, and so do we.
    expect(ours).toEqual(theirs);
    expect(reply).toMatchObject({
      answer: {
        text: understood.text,
        language: 'en',
        segments: understood.segments?.map(({ start, end, text }) => ({ start, end, text })),
      },
    });
  });

  test('of a picture', async () => {
    const { theirs, ours, understood, reply } = await bothAsk('illustrate', illustrate, (client) =>
      client.images.generate({
        model: MODEL,
        prompt: illustrate.prompt,
        n: 1,
        size: '1024x576',
        response_format: 'b64_json',
      }),
    );
    expect(ours).toEqual(theirs);
    expect(reply).toMatchObject({
      answer: { bytes: Buffer.from(understood.data?.[0]?.b64_json ?? '', 'base64') },
      usage: { images: 1, outputTokens: 100 },
    });
  });

  test('of vectors', async () => {
    const { theirs, ours, understood, reply } = await bothAsk('embed', embed, (client) =>
      client.embeddings.create({ model: MODEL, input: [...embed.texts], encoding_format: 'float' }),
    );
    // It always says which encoding; OpenAI's default is this one.
    expect({ ...ours.body, encoding_format: 'float' }).toEqual(theirs.body);
    expect({ ...ours, body: null }).toEqual({ ...theirs, body: null });
    expect(reply).toMatchObject({
      answer: { vectors: understood.data.map(({ embedding }) => embedding) },
      usage: { inputTokens: 2 },
    });
  });
});

describe("every form that the client's types allow is understood, or has its verdict", () => {
  const target = aTarget({ contract: 'openai', role: 'summarize', model: MODEL });
  const read = (body: OpenAI.ChatCompletion) =>
    openai.roles.summarize.parseResponse(
      { status: 200, headers: {}, bytes: Buffer.from(JSON.stringify(body)) },
      summarize,
      target,
    );
  const said = (
    message: Partial<OpenAI.ChatCompletionMessage>,
    finish_reason: OpenAI.ChatCompletion.Choice['finish_reason'],
  ): OpenAI.ChatCompletion => ({
    ...completion,
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason,
        message: { role: 'assistant', content: null, refusal: null, ...message },
      },
    ],
  });

  test.each([
    ['refused', said({ refusal: 'No.' }, 'stop'), 'input'],
    ['stopped by a filter', said({}, 'content_filter'), 'input'],
    ['cut off', said({ content: 'We' }, 'length'), 'too_large'],
    ['thought about until max_tokens', said({}, 'length'), 'provider_bug'],
    ['the call of a tool, of which we have none', said({}, 'tool_calls'), 'provider_bug'],
    ['without a choice', { ...completion, choices: [] }, 'provider_bug'],
  ])('an answer that is %s', (_, body, kind) => {
    expect(() => read(body)).toThrowError(expect.objectContaining({ kind, charge: 'billed' }));
  });

  test('an answer without usage has none', () => {
    const { usage, ...rest } = completion;
    expect(usage).toBeDefined();
    expect(read(rest).usage).toMatchObject({ inputTokens: null, outputTokens: null });
  });

  test('a transcript in the plain form has one segment, and tokens where these are billed', () => {
    const plain: OpenAI.Audio.Transcription = {
      text: 'Hello there.',
      usage: { type: 'tokens', input_tokens: 30, output_tokens: 5, total_tokens: 35 },
    };
    const parsed = openai.roles.transcribe.parseResponse(
      { status: 200, headers: {}, bytes: Buffer.from(JSON.stringify(plain)) },
      transcribe,
      aTarget({ contract: 'openai', parameters: { timestamps: 'none' } }),
    );
    expect(parsed).toMatchObject({
      answer: { segments: [{ start: 0, end: 20, text: 'Hello there.' }] },
      usage: { inputTokens: 30, outputTokens: 5, audioSeconds: 20 },
    });
  });

  test('a picture that lies elsewhere is fetched from there', () => {
    const elsewhere: OpenAI.ImagesResponse = {
      created: 0,
      data: [{ url: 'https://cdn.example/x.png', revised_prompt: 'a red fox' }],
    };
    const reply = openai.roles.illustrate.parseResponse(
      { status: 200, headers: {}, bytes: Buffer.from(JSON.stringify(elsewhere)) },
      illustrate,
      aTarget({ contract: 'openai', role: 'illustrate' }),
    );
    expect(reply).toMatchObject({ pictureUrl: 'https://cdn.example/x.png' });
  });
});
