import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateTokens } from '../../../../adapters/inference/tokenizers/estimate-tokens.ts';

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
