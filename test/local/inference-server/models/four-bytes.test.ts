import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateTokens } from '../../../../local/inference-server/models/extractive.ts';
import {
  lastFourBytes,
  splitFourBytes,
} from '../../../../local/inference-server/models/four-bytes.ts';

const anyText = fc.string({ unit: 'grapheme' });

describe('splitFourBytes', () => {
  test('cuts a text into as many tokens as estimateTokens counts, without a gap', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = splitFourBytes(text);
        expect(tokens).toHaveLength(estimateTokens(text));
        expect(tokens.map((token) => token.text).join('')).toBe(text);
        expect(
          tokens.map(({ start, stop }) => Array.from(text).slice(start, stop).join('')),
        ).toEqual(tokens.map((token) => token.text));
      }),
    );
  });
});

describe('lastFourBytes', () => {
  test('keeps as many whole characters from the end as fit', () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, count) => {
        const end = lastFourBytes(text, count);
        expect(text.endsWith(end)).toBe(true);
        expect(estimateTokens(end)).toBeLessThanOrEqual(count);
        // A character has four bytes at most.
        expect(Buffer.byteLength(end)).toBeGreaterThan(
          Math.min(Buffer.byteLength(text), count * 4) - 4,
        );
      }),
    );
  });
});
