import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTokens } from '../../../activities/minutes/count-tokens.ts';

describe('countTokens', () => {
  // Counted once with the tokenizers of Mistral 7B, cl100k and o200k; the largest of the three.
  test.each([
    ['Good morning everyone, thanks for joining the planning meeting.', 11],
    ['Hyvää huomenta kaikille, päätimme siirtää sovelluksen julkaisun.', 30],
    ['我们决定把移动应用的发布推迟到三月二十日。', 22],
    ['[s12 00:01:04] Yes.\n[s13 00:01:05] We agreed on v2.3.1 at 14:30, USD 12,500.00.\n', 61],
    ['HANSARD ASR WCAG OKR KPI FLUX.1-schnell API-Gateway gRPC k8s XJ-900Q zxqvwk bcdfgh', 45],
    [
      'Siobhan Krzysztof Nguyen Oluwaseun Bjork Xochitl Aoife Tchaikovsky Wojciechowski Ramanujan',
      40,
    ],
  ])('%s is not underestimated', (text, tokens) => {
    expect(countTokens(text)).toBeGreaterThanOrEqual(tokens);
  });

  test('English is not overestimated beyond three times', () => {
    const text = 'We decided to move the launch of the mobile app to the end of March.';
    expect(countTokens(text)).toBeLessThanOrEqual(3 * 16);
  });

  test('a longer text never counts less, and parts never count less than the whole', () => {
    const anyText = fc.string({
      unit: fc.oneof(
        fc.constantFrom(' ', 'a', 'b', 'Z', '1', '我', '.'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const whole = countTokens(a + b);
        expect(whole).toBeGreaterThanOrEqual(Math.max(countTokens(a), countTokens(b)));
        expect(whole).toBeLessThanOrEqual(countTokens(a) + countTokens(b));
      }),
    );
  });
});
