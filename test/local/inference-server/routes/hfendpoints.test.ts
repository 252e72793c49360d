import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { clientOf, silentWav, speechForm } from '../client.ts';
import { startServer, type RunningServer } from '../start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--scripted-transcriber');
});
afterAll(() => server.stop());
const { post, postJson, billedFor } = clientOf(() => server.url);

const PATH = '/hfendpoints/api/v1/audio/transcriptions';

describe('the Whisper image of Inference Endpoints', () => {
  test('defaults to English, and answers in three formats', async () => {
    const verbose = z
      .strictObject({
        text: z.string().min(1),
        duration: z.literal(6),
        language: z.literal('en'),
        segments: z.array(z.looseObject({ id: z.int(), start: z.number(), text: z.string() })),
      })
      .parse(await (await post(PATH, speechForm({ response_format: 'verbose_json' }))).json());
    expect(await (await post(PATH, speechForm({}))).json()).toEqual({ text: verbose.text });
    const text = await post(PATH, speechForm({ response_format: 'text', language: 'en' }));
    expect(await text.text()).toBe(`${verbose.text}\n`);
    expect(await billedFor(sha256(silentWav(6)))).toBe(3);
  });

  test('refuses in plain text, also a model field', async () => {
    const rows = [
      [speechForm({ model: 'openai/whisper-base' }), 'model'],
      [speechForm({ 'timestamp_granularities[]': 'segment' }), 'timestamp_granularities'],
      [speechForm({ language: 'xx' }), 'Unsupported language'],
      [speechForm({}, null), 'file'],
      [speechForm({}, new Uint8Array(9)), 'could not be decoded'],
    ] as const;
    const answers = [];
    for (const [form, message] of rows) answers.push([await post(PATH, form), message] as const);
    answers.push([await postJson(PATH, {}), 'multipart/form-data'] as const);
    for (const [response, message] of answers) {
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await response.text()).toContain(message);
    }
  });
});
