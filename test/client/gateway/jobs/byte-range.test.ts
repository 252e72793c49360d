import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteRange } from '../../../../client/gateway/jobs/byte-range.ts';

test.each([
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-1000', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=20-10', null],
  ['bytes=-', null],
  ['bytes=0-1,5-6', null],
  ['bytes=a-b', null],
  ['seconds=0-1', null],
  [undefined, null],
])('of 100 bytes, %s is %j', (header, expected) => {
  expect(byteRange(header, 100)).toEqual(expected);
});

test('whatever is asked for, what is sent lies within what there is', () => {
  const part = fc.option(fc.nat(200), { nil: '' });
  fc.assert(
    fc.property(part, part, fc.nat(120), (from, to, bytes) => {
      const range = byteRange(`bytes=${from}-${to}`, bytes);
      if (range === null || range === 'unsatisfiable') return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThanOrEqual(range.start);
      expect(range.end).toBeLessThan(bytes);
    }),
  );
});
