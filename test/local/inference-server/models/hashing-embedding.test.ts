import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { embed } from '../../../../local/inference-server/models/hashing-embedding.ts';

const product = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0);

describe('hashing-v1', () => {
  test('answers vectors of 64 numbers and length 1, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const vector = embed(text);
        expect(vector).toHaveLength(64);
        expect(product(vector, vector)).toBeCloseTo(1, 9);
        expect(embed(text)).toEqual(vector);
      }),
    );
  });

  test('places texts with shared words close together, whatever their case', () => {
    const boat = embed('We decided to paint the boat blue.');
    const near = product(boat, embed('they DECIDED to paint a boat'));
    const far = product(boat, embed('Invoices are due within thirty days'));
    expect(near).toBeGreaterThan(far + 0.2);
  });
});
