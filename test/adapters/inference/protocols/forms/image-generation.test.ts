import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openai } from '../../../../../adapters/inference/protocols/openai.ts';
import { aTarget, anAnswer } from '../../a-target.ts';
import { outcomeOf } from '../../call/outcome-of.ts';
import { INPUTS, JPEG, PNG } from '../inputs.ts';
import { jsonOf } from '../read-request.ts';

const target = aTarget({
  contract: 'openai',
  role: 'illustrate',
  model: 'flux',
  baseUrl: 'http://images:8000',
});
const { buildRequest, parseResponse } = openai.roles.illustrate;
const parse = (body: unknown) => parseResponse(anAnswer(200, body), INPUTS.illustrate, target);
const b64 = (bytes: Buffer) => bytes.toString('base64');

test('a request asks for one picture of that size, as base64', async () => {
  const request = buildRequest(INPUTS.illustrate, target);
  expect(request.url).toBe('http://images:8000/v1/images/generations');
  expect(await jsonOf(request)).toEqual({
    model: 'flux',
    prompt: 'a fox',
    n: 1,
    size: '1024x576',
    response_format: 'b64_json',
  });
  expect(request.parameters).toEqual({ n: 1, size: '1024x576', response_format: 'b64_json' });
});

test.each([
  [1024, 576, '1536x1024'],
  [576, 1024, '1024x1536'],
  [512, 512, '1024x1024'],
])(
  "OpenAI's own models refuse response_format, and draw %i x %i in a size of theirs",
  async (width, height, size) => {
    const input = { ...INPUTS.illustrate, width, height };
    for (const model of ['gpt-image-1', 'chatgpt-image-latest'])
      expect(await jsonOf(buildRequest(input, { ...target, model }))).toEqual({
        model,
        prompt: 'a fox',
        n: 1,
        size,
      });
  },
);

describe('an answer', () => {
  test('has the type of its first bytes, whatever was requested or reported', () => {
    const body = { output_format: 'png', data: [{ b64_json: b64(JPEG) }] };
    expect(parse(body)).toMatchObject({ answer: { mediaType: 'image/jpeg' } });
  });

  test('may have a data: head in front of its base64, or be a data URL', () => {
    const url = `data:image/png;base64,${b64(PNG)}`;
    for (const picture of [{ b64_json: url }, { url }])
      expect(parse({ data: [picture] })).toMatchObject({
        answer: { bytes: PNG, mediaType: 'image/png' },
      });
  });

  test('may give an address though base64 was requested', () => {
    const reply = parse({ data: [{ url: 'https://cdn.example/x.png' }] });
    if (!('pictureUrl' in reply)) throw new Error('it has no address');
    expect(reply.complete({ bytes: PNG, mediaType: 'image/png' })).toMatchObject({
      answer: { bytes: PNG },
      usage: { images: 1 },
    });
  });

  test('reports tokens, for models that bill pictures by tokens', () => {
    const usage = { input_tokens: 50, output_tokens: 4160, total_tokens: 4210 };
    expect(parse({ data: [{ b64_json: b64(PNG) }], usage })).toMatchObject({
      usage: { inputTokens: 50, outputTokens: 4160, images: 1 },
    });
  });

  test.each([
    ['holds none', { data: [] }],
    ['holds an empty one', { data: [{ b64_json: '' }] }],
    ['holds neither bytes nor address', { data: [{ revised_prompt: 'x' }] }],
    ['holds a text', { data: [{ b64_json: b64(Buffer.from('secret words')) }] }],
    ['holds HTML', { data: [{ b64_json: b64(Buffer.from('<html>')) }] }],
    ['names a file', { data: [{ url: 'file:///etc/passwd' }] }],
    ['names no address', { data: [{ url: 'secret words' }] }],
    ['names one that has no end', { data: [{ url: `https://x/${'a'.repeat(9000)}` }] }],
    ['has another shape', { images: [] }],
  ])('that %s is a provider bug', (_, body) => {
    expect(() => parse(body)).toThrowError(
      expect.objectContaining({
        kind: 'provider_bug',
        charge: 'billed',
        message: expect.not.stringMatching(/secret/) as string,
      }),
    );
  });

  test('of any content is a picture, a web address, or a provider bug', () => {
    const picture = fc.record(
      {
        b64_json: fc.option(fc.base64String()),
        url: fc.option(fc.oneof(fc.webUrl(), fc.string())),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(fc.jsonValue(), fc.record({ data: fc.array(picture) }));
    fc.assert(
      fc.property(body, (said) => {
        const outcome = outcomeOf(() => parse(said));
        const seen =
          'verdict' in outcome
            ? outcome.verdict
            : 'pictureUrl' in outcome.value
              ? new URL(outcome.value.pictureUrl).protocol
              : outcome.value.answer.mediaType;
        expect(seen).toMatch(/^(?:provider_bug|https?:|image\/(?:png|jpeg|webp))$/);
      }),
    );
  });
});
