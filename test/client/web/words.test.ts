import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differentWords } from '../../../client/web/compare/words.ts';

test('a changed word is struck out and written anew, and the words around it stay', () => {
  expect(differentWords('The launch is in March.', 'The launch is in April.')).toEqual([
    { kind: 'same', text: 'The launch is in ' },
    { kind: 'gone', text: 'March' },
    { kind: 'new', text: 'April' },
    { kind: 'same', text: '.' },
  ]);
});

test('two changed words beside each other are one change', () => {
  expect(differentWords('a big house', 'a small flat')).toEqual([
    { kind: 'same', text: 'a ' },
    { kind: 'gone', text: 'big house' },
    { kind: 'new', text: 'small flat' },
  ]);
});

test('Chinese is compared word by word, although it has no spaces', () => {
  expect(differentWords('预算是两万欧元。', '预算是三万欧元。')).toEqual([
    { kind: 'same', text: '预算是' },
    { kind: 'gone', text: '两万' },
    { kind: 'new', text: '三万' },
    { kind: 'same', text: '欧元。' },
  ]);
});

test('what is the same and gone makes the earlier text, what is the same and new the later one', () => {
  const words = fc
    .array(fc.constantFrom('one', 'two', ' ', ', ', '预算', '\n', '<b>'), { maxLength: 30 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(words, words, (was, is) => {
      const stretches = differentWords(was, is);
      const without = (kind: 'gone' | 'new') =>
        stretches
          .filter((one) => one.kind !== kind)
          .map(({ text }) => text)
          .join('');
      expect([without('new'), without('gone')]).toEqual([was, is]);
    }),
  );
});
