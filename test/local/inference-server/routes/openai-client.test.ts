import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SUMMARY_SCHEMA } from '../../../../activities/summary/prompts.ts';
import { summaryDraftSchema } from '../../../../workflows/contracts/summary-draft.ts';
import { silentWav } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* OpenAI's own client works with this server. */

let server: RunningServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber', '--require-token', 'secret');
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'secret', maxRetries: 0 });
});
afterAll(() => server.stop());

const chat = {
  model: 'hansard/extractive-v1',
  messages: [{ role: 'user' as const, content: 'We decided to paint the boat. It is blue.' }],
  max_completion_tokens: 400,
  response_format: {
    type: 'json_schema' as const,
    json_schema: { name: SUMMARY_SCHEMA.name, strict: true, schema: SUMMARY_SCHEMA.json },
  },
};

describe('the official client', () => {
  test('gets the same draft whole and streamed, with the usage at the end', async () => {
    const whole = await client.chat.completions.create(chat);
    const content = whole.choices[0]?.message.content ?? '';
    expect(summaryDraftSchema.parse(JSON.parse(content)).summary).not.toBe('');
    const stream = await client.chat.completions.create({
      ...chat,
      stream: true,
      stream_options: { include_usage: true },
    });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.length).toBeGreaterThan(5);
    expect(events.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(content);
    expect(events.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  test('ends a stream with [DONE], and sends no usage unless requested', async () => {
    const response = await client.chat.completions.create({ ...chat, stream: true }).asResponse();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = await response.text();
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(text).not.toContain('usage');
  });

  test('stops before a stop sequence', async () => {
    const plain = { model: chat.model, messages: chat.messages };
    const whole = (await client.chat.completions.create(plain)).choices[0]?.message.content ?? '';
    const word = whole.split(' ')[2] ?? '';
    const cut = await client.chat.completions.create({ ...plain, stop: [word] });
    expect(cut.choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(word)));
  });

  test('transcribes a file', async () => {
    const file = await toFile(silentWav(6), 'chunk.wav', { type: 'audio/wav' });
    const answer = await client.audio.transcriptions.create({
      file,
      model: 'openai/whisper-base',
      response_format: 'verbose_json',
      timestamp_granularities: ['segment'],
    });
    expect(
      answer.segments
        ?.map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(answer.text);
    expect(answer.duration).toBe(6);
  });

  test('gets a picture inside the answer or by address', async () => {
    const order = { model: 'hansard/procedural-v1', prompt: 'a harbour', n: 1 } as const;
    const inside = await client.images.generate({
      ...order,
      size: '256x256',
      response_format: 'b64_json',
    });
    const bytes = Buffer.from(inside.data?.[0]?.b64_json ?? '', 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 256, height: 256 });
    const outside = await client.images.generate({ ...order, size: '256x256' });
    const file = await fetch(z.url().parse(outside.data?.[0]?.url));
    expect(Buffer.compare(Buffer.from(await file.arrayBuffer()), bytes)).toBe(0);
  });

  test('embeds texts, as numbers and in its default encoding', async () => {
    const body = { model: 'hansard/hashing-v1', input: ['a boat', 'a house'] };
    const asNumbers = await client.embeddings.create({ ...body, encoding_format: 'float' });
    const standard = await client.embeddings.create(body);
    expect(standard.data[1]?.embedding).toHaveLength(64);
    for (const [place, number] of (asNumbers.data[1]?.embedding ?? []).entries()) {
      expect(standard.data[1]?.embedding[place]).toBeCloseTo(number, 6);
    }
  });

  test('understands the refusals', async () => {
    await expect(client.chat.completions.create({ ...chat, model: 'gpt-9' })).rejects.toMatchObject(
      { status: 400, code: 'model_not_supported', param: 'model' },
    );
    await expect(client.embeddings.create({ model: 'gpt-9', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await expect(
      client.images.generate({ model: 'hansard/procedural-v1', prompt: 'x', size: '100x100' }),
    ).rejects.toMatchObject({ status: 400, param: 'size.width' });
    await expect(
      client.images.generate({ model: 'hansard/procedural-v1', prompt: '' }),
    ).rejects.toMatchObject({ status: 400, param: 'prompt' });
    const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.chat.completions.create(chat)).rejects.toMatchObject({ status: 401 });
  });
});
