import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { completePrompt } from '../local/inference-server/models/extractive.ts';
import { drawPicture } from '../local/inference-server/models/procedural/draw-picture.ts';
import { createScriptedTranscriber } from '../local/inference-server/models/scripted-transcriber.ts';
import { LATENCY_MS } from './slow-models.ts';

/**
 * Models that take a fixed time to answer and serve as many requests at once as they get, in a process of their own. It
 * speaks the wire formats of Hugging Face's router, makes up transcripts and picks sentences as the local stack does, and
 * sends its port to the parent.
 */
interface Answer {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const asJson = (value: unknown): Answer => ({
  type: 'application/json',
  body: JSON.stringify(value),
});

/** Drawn once: the machine that is measured should not be busy with it. */
const PICTURE = await drawPicture({
  prompt: 'a harbour in the morning',
  width: 1024,
  height: 576,
  seed: '1',
});

const audioSchema = z.object({ inputs: z.string() });
const chatSchema = z.object({ messages: z.array(z.object({ content: z.string() })) });

const MODELS: Readonly<Record<keyof typeof LATENCY_MS, (body: Buffer) => Promise<Answer>>> = {
  transcribe: async (body) => {
    const { inputs } = audioSchema.parse(JSON.parse(body.toString()));
    // Its own for each request: it answers one after the other.
    const { segments } = await createScriptedTranscriber({ latencyMs: 0 }).transcribe({
      audio: Buffer.from(inputs, 'base64'),
      language: null,
    });
    return asJson({
      text: segments.map(({ text }) => text).join(''),
      chunks: segments.map(({ start, end, text }) => ({ timestamp: [start, end], text })),
    });
  },
  summarize: async (body) => {
    const { messages } = chatSchema.parse(JSON.parse(body.toString()));
    const prompt = messages.map(({ content }) => content).join('\n');
    const { content } = await completePrompt(prompt, ANSWER_TOKENS, FIELDS, []);
    const message = { role: 'assistant', content };
    return asJson({
      model: 'bench/summarize',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5000, completion_tokens: 500 },
    });
  },
  illustrate: async () => ({ type: 'image/png', body: PICTURE }),
  moderate: async () =>
    asJson([
      { label: 'normal', score: 0.99 },
      { label: 'nsfw', score: 0.01 },
    ]),
};
/** So short that one call joins the summaries of an hour. */
const ANSWER_TOKENS = 250;
const FIELDS = {
  fields: ['summary', 'keyPoints', 'decisions', 'openQuestions', 'actionItems'],
  sections: [],
};

/** Null: another route. */
function roleOf({ url = '' }: IncomingMessage): keyof typeof LATENCY_MS | null {
  if (url.endsWith('/chat/completions')) return 'summarize';
  const name = /\/models\/bench\/(\w+)$/.exec(url)?.[1] ?? '';
  return name === 'transcribe' || name === 'illustrate' || name === 'moderate' ? name : null;
}

const server = createServer((request, response) => {
  void (async () => {
    const role = roleOf(request);
    const [body, begun] = [await buffer(request), performance.now()];
    const answer = role === null ? null : await MODELS[role](body);
    if (role === null || answer === null) {
      response.writeHead(404).end();
      return;
    }
    await sleep(LATENCY_MS[role] - (performance.now() - begun));
    response.writeHead(200, { 'content-type': answer.type }).end(answer.body);
  })().catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit());
