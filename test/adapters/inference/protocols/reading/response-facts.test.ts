import { describe, expect, test } from 'vitest';
import { replyFacts } from '../../../../../adapters/inference/protocols/reading/response-facts.ts';
import { anAnswer } from '../../a-target.ts';

const facts = (headers: Record<string, string>) => replyFacts(anAnswer(200, '', headers));
const usage = (headers: Record<string, string>, audioSeconds: number | null = null) =>
  replyFacts(anAnswer(200, '', headers), { audioSeconds }).usage;

test.each(['x-request-id', 'x-inference-id', 'inference-id', 'x-fal-request-id'])(
  '%s names the request',
  (name) => {
    expect(facts({ [name]: 'Root=1-ab;cd' }).requestId).toBe('Root=1-ab;cd');
  },
);

test('headers that are not one word, or too long, are ignored', () => {
  for (const said of ['', 'two words', 'a'.repeat(201), 'é'])
    expect(
      facts({ 'x-request-id': said, 'x-inference-provider': said, 'x-sha': said }),
    ).toMatchObject({
      provider: null,
      revision: null,
      requestId: null,
    });
});

describe('usage', () => {
  test('is read from headers that are numbers', () => {
    const headers = {
      'x-compute-time': '1.25',
      'x-prompt-tokens': '812',
      'x-generated-tokens': '201',
      'x-compute-type': 'cpu',
      'x-fal-billable-units': '1',
    };
    expect(usage(headers)).toEqual({
      inputTokens: 812,
      outputTokens: 201,
      audioSeconds: null,
      images: null,
      computeSeconds: 1.25,
    });
    expect(usage({ 'x-compute-time': '-1', 'x-prompt-tokens': '1e9' })).toMatchObject({
      inputTokens: null,
      computeSeconds: null,
    });
  });

  test('has times as Python and Rust write them', () => {
    const seconds = (said: string) => usage({ 'x-compute-time': said }).computeSeconds;
    expect(seconds('0.8505828380584717')).toBe(0.8505828380584717);
    expect(seconds('12.345678901234567')).toBe(12.345678901234567);
    expect(seconds('4.1007995605469e-05')).toBe(4.1007995605469e-5);
    for (const said of ['1e400', '1e9', 'NaN', '0x10', '1.', `0.${'0'.repeat(40)}1`])
      expect(seconds(said)).toBeNull();
  });

  test('has the seconds of audio that the server counted, if they are near what was sent', () => {
    const counted = (header: string, sent: number | null) =>
      usage({ 'x-compute-audio-length': header }, sent).audioSeconds;
    expect(counted('20.02', 20)).toBe(20.02);
    expect(counted('60', 5)).toBe(60);
    expect(counted('86400', 20)).toBe(20);
    expect(counted('0', 20)).toBe(20);
    expect(counted('much', 20)).toBe(20);
    expect(counted('20', null)).toBeNull();
  });
});
