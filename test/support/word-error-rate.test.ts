import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spokenWords } from './spoken-words.ts';
import { wordErrorRate } from './word-error-rate.ts';

describe('the same words, however written', () => {
  test.each([
    ['The budget is 25,000.', 'the budget is twenty-five thousand'],
    ['March 6', 'March sixth'],
    ['March 6th,', 'march the sixth'],
    ['the 6th of March', 'March 6'],
    ['6 March', 'the sixth of March'],
    ['December 21st', 'december twenty first'],
    ['$1.5 million', 'one point five million dollars'],
    ['$900', 'nine hundred dollars'],
    ['$25,000', 'twenty five thousand dollars'],
    ['$1', 'one dollar'],
    ['at 2:30', 'at two thirty'],
    ['at 10:00 a.m.', 'at ten am'],
    ['at 9:05pm', 'at nine o five p.m.'],
    ["10 o'clock", 'ten o’clock'],
    ['10%', 'ten percent'],
    ['12.5 per cent', 'twelve point five percent'],
    ['Q3', 'Q three'],
    ['105', 'one hundred and five'],
    ['6,000 visitors', 'six thousand visitors'],
    ['1,250,000', 'one million two hundred fifty thousand'],
    ['in 2026', 'in twenty twenty-six'],
    ['in 1987', 'in nineteen eighty-seven'],
    ['in 2005', 'in two thousand five'],
    ['the 3rd test', 'the third test'],
    ['Friday, March 6.', 'Friday March 6'],
    ["Don't stop: it's fine — okay?", 'dont stop its fine ok'],
  ])('%s = %s', (written, spoken) => {
    expect(spokenWords(written)).toEqual(spokenWords(spoken));
    expect(wordErrorRate(written, spoken).rate).toBe(0);
  });
});

test('different words stay different', () => {
  expect(spokenWords('March 6')).not.toEqual(spokenWords('March 7'));
  expect(spokenWords('You may 5 times')).toContain('may');
  expect(spokenWords('bread and two apples')).toContain('and');
  expect(spokenWords('15')).not.toEqual(spokenWords('50'));
});

test('each kind of error is counted', () => {
  const said = 'one red apple fell on the ground near us today because of wind';
  const heard = 'one green apple fell down on the ground near us today because wind';
  expect(wordErrorRate(said, heard)).toEqual({
    rate: 3 / 13,
    substitutions: 1,
    insertions: 1,
    deletions: 1,
    words: 13,
  });
});

test('an empty transcript counts as deletions only, an empty reference as insertions only', () => {
  expect(wordErrorRate('one two three', '')).toMatchObject({ rate: 1, deletions: 3 });
  expect(wordErrorRate('', 'hello there')).toMatchObject({ rate: 1, insertions: 2, words: 0 });
  expect(wordErrorRate('', '').rate).toBe(0);
});

const text = fc.array(fc.constantFrom('red', 'green', 'blue', 'six', '6', 'may'), {
  maxLength: 12,
});

test('a text has no errors against itself, and lengths add up', () => {
  fc.assert(
    fc.property(text, text, (said, heard) => {
      const { substitutions, insertions, deletions, words } = wordErrorRate(
        said.join(' '),
        heard.join(' '),
      );
      expect(wordErrorRate(said.join(' '), said.join(' ')).rate).toBe(0);
      expect(words + insertions - deletions).toBe(spokenWords(heard.join(' ')).length);
      expect(substitutions + deletions).toBeLessThanOrEqual(words);
    }),
  );
});

test('the number of errors is the same in both directions', () => {
  fc.assert(
    fc.property(text, text, (said, heard) => {
      const errors = (one: string[], other: string[]): number => {
        const counted = wordErrorRate(one.join(' '), other.join(' '));
        return counted.substitutions + counted.insertions + counted.deletions;
      };
      expect(errors(said, heard)).toBe(errors(heard, said));
    }),
  );
});
