import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentencesOf } from '../../../../../adapters/inference/protocols/reading/sentences-of.ts';

const words = (text: string, from = 0) =>
  text.split(/(?= )/).map((word, index) => ({
    text: word,
    start: from + index,
    end: from + index + 0.5,
  }));

test('a sentence ends with its mark, or before a pause', () => {
  expect(sentencesOf([...words(' We start. Yes'), ...words(' and no?', 10)])).toEqual([
    { text: ' We start.', start: 0, end: 1.5 },
    { text: ' Yes', start: 2, end: 2.5 },
    { text: ' and no?', start: 10, end: 11.5 },
  ]);
});

test('no word is lost, and none moves', () => {
  const word = fc.record({
    text: fc.constantFrom(' a', ' b.', ' c?', '。', ''),
    start: fc.option(fc.integer({ min: 0, max: 99 }), { nil: null }),
    end: fc.option(fc.integer({ min: 0, max: 99 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(word), (all) => {
      const joined = (pieces: readonly { readonly text: string }[]) =>
        pieces.map(({ text }) => text).join('');
      expect(joined(sentencesOf(all))).toBe(joined(all));
    }),
  );
});
