import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../../../../adapters/inference/tokenizers/bundled-tokenizers.ts';
import {
  estimateTokens,
  loadEstimateCounter,
} from '../../../../adapters/inference/tokenizers/estimate-tokens.ts';
import type { TokenCounter } from '../../../../adapters/inference/tokenizers/token-counter.ts';
import { SENTENCES } from './sentences.ts';

let exact: readonly TokenCounter[];
let estimate: TokenCounter;
beforeAll(async () => {
  exact = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));
  estimate = await loadEstimateCounter();
});

const most = (text: string): number => Math.max(...exact.map(({ count }) => count(text)));

describe.each(Object.entries(SENTENCES))('%s', (_, sentences) => {
  test('is underestimated by neither estimate, a sentence alone or all together', () => {
    for (const text of [...sentences, sentences.join('\n'), sentences.join(' ').repeat(7)]) {
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(most(text));
      expect(estimate.count(text)).toBeGreaterThanOrEqual(most(text));
    }
  });

  test('is not overestimated beyond what a section can bear', () => {
    const text = sentences.join(' ');
    // Against the hungriest of them; Hindi and Thai are counted by their bytes.
    expect(estimate.count(text)).toBeLessThanOrEqual(3.2 * most(text) + 2);
  });
});

test('tokenizers that took no part in the calibration are not underestimated either', async () => {
  const heldOut = await Promise.all([
    import('gpt-tokenizer/encoding/cl100k_base'),
    import('gpt-tokenizer/encoding/p50k_base'),
  ]);
  // Of 2021 and made for English: they take up to three tokens for a letter of another script.
  const [cl100k, p50k] = heldOut;
  for (const [language, sentences] of Object.entries(SENTENCES)) {
    const text = sentences.join(' ');
    expect([language, estimate.count(text) >= cl100k.countTokens(text)]).toEqual([language, true]);
  }
  for (const language of ['English', 'German', 'French', 'Spanish', 'Code', 'Numbers']) {
    const text = (SENTENCES[language] ?? []).join(' ');
    expect([language, estimate.count(text) >= p50k.countTokens(text)]).toEqual([language, true]);
  }
});

const letters = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCodePoint(code));
const small = letters(0x61, 0x7a);

test.each<[string, fc.Arbitrary<string>]>([
  ['any string of Unicode', fc.string({ unit: 'binary' })],
  ['any string of what is read as characters', fc.string({ unit: 'grapheme' })],
  ['any string of ASCII', fc.string()],
  ['small letters without sense', fc.string({ unit: small, maxLength: 60 })],
  ['words without sense', fc.string({ unit: fc.oneof(small, fc.constant(' ')) })],
  ['ideographs without sense', fc.string({ unit: letters(0x3400, 0x9fff) })],
  ['Cyrillic without sense', fc.string({ unit: letters(0x400, 0x52f) })],
  ['Latin without sense', fc.string({ unit: letters(0x20, 0x24f) })],
  ['scripts of all kinds', fc.string({ unit: letters(0x370, 0x1fff) })],
  ['hangul', fc.string({ unit: letters(0xac00, 0xd7a3) })],
  [
    'marks, blanks and breaks',
    fc.string({
      unit: fc.constantFrom(' ', '  ', '\n', '\t', '{', '}', '=>', "'s", '<|end|>', '"'),
    }),
  ],
])('%s is not underestimated', (_, text) => {
  fc.assert(
    fc.property(text, (any) => {
      expect(estimate.count(any)).toBeGreaterThanOrEqual(most(any));
    }),
    { numRuns: 400 },
  );
});

describe('estimateTokens', () => {
  test('English is not overestimated beyond twice', () => {
    const text = 'We decided to move the launch of the mobile app to the end of March.';
    expect(estimateTokens(text)).toBeLessThanOrEqual(2 * 16);
  });

  test('a longer text never counts less, and parts never count less than the whole', () => {
    const anyText = fc.string({
      unit: fc.oneof(
        fc.constantFrom(' ', 'a', 'b', 'Z', '1', '我', 'я', '.'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const whole = estimateTokens(a + b);
        expect(whole).toBeGreaterThanOrEqual(Math.max(estimateTokens(a), estimateTokens(b)));
        expect(whole).toBeLessThanOrEqual(estimateTokens(a) + estimateTokens(b));
      }),
    );
  });
});
