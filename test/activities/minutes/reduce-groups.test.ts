import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupDrafts } from '../../../activities/minutes/reduce-groups.ts';

describe('groupDrafts', () => {
  test('one draft needs no reduction', () => {
    expect(groupDrafts([700], 8192)).toEqual([]);
    expect(groupDrafts([], 8192)).toEqual([]);
  });

  test('drafts that fit together are one group', () => {
    expect(groupDrafts([500, 500, 500, 500], 8192)).toEqual([[0, 1, 2, 3]]);
  });

  test('a last one alone is given company', () => {
    expect(groupDrafts([2000, 1500, 1500, 4000], 8192)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('every draft is in exactly one group in order, and there are fewer groups than drafts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 2, maxLength: 60 }),
        fc.constantFrom(4096, 8192, 32_768),
        (sizes, contextTokens) => {
          const groups = groupDrafts(sizes, contextTokens);
          expect(groups.flat()).toEqual([...sizes.keys()]);
          expect(groups.length).toBeLessThan(sizes.length);
          for (const group of groups.slice(0, -1)) expect(group.length).toBeGreaterThan(1);
          for (const group of groups.filter(({ length }) => length > 2)) {
            const sum = group.reduce((total, index) => total + (sizes[index] ?? 0), 0);
            expect(sum).toBeLessThan(contextTokens);
          }
        },
      ),
    );
  });
});
