import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairLists } from '../../../client/web/compare/pair-lists.ts';

const texts = { contentOf: (text: string) => text, wordsOf: (text: string) => text };
const paired = (was: readonly string[], is: readonly string[]) =>
  pairLists(was, is, texts).map(({ kind, was, is }) => [kind, was, is]);

const [BUDGET, LAUNCH, VENUE] = [
  'The budget is 20,000 euros.',
  'The launch is in April.',
  'Nobody knows the venue.',
];

test('a reworded statement is beside what it was, a new one and a removed one stand alone', () => {
  expect(paired([BUDGET, LAUNCH], ['The budget is 30,000 euros.', VENUE])).toEqual([
    ['changed', BUDGET, 'The budget is 30,000 euros.'],
    ['removed', LAUNCH, null],
    ['added', null, VENUE],
  ]);
});

test('a statement that stands elsewhere is moved, and the others are as they were', () => {
  expect(paired([BUDGET, LAUNCH, VENUE], [VENUE, BUDGET, LAUNCH])).toEqual([
    ['moved', VENUE, VENUE],
    ['same', BUDGET, BUDGET],
    ['same', LAUNCH, LAUNCH],
  ]);
});

test('a removed statement stands behind the one that was before it', () => {
  expect(paired([BUDGET, LAUNCH, VENUE], [BUDGET, VENUE])).toEqual([
    ['same', BUDGET, BUDGET],
    ['removed', LAUNCH, null],
    ['same', VENUE, VENUE],
  ]);
});

test('every member of both lists is there once, and the later one is in its order', () => {
  const list = fc.array(fc.constantFrom('a b', 'a c', 'b', 'c d e', 'd e f', ''), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(list, list, (was, is) => {
      const rows = pairLists(was, is, texts);
      const [before, after] = [rows.map((row) => row.was), rows.map((row) => row.is)].map((side) =>
        side.filter((text) => text !== null),
      );
      expect(before?.toSorted()).toEqual(was.toSorted());
      expect(after).toEqual(is);
      for (const row of rows) {
        expect(row.kind === 'same' || row.kind === 'moved').toBe(row.was === row.is);
      }
    }),
  );
});
