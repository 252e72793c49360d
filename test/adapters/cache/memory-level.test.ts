import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryLevel } from '../../../adapters/cache/memory-level.ts';

const entry = (bytes: number) => ({
  value: new Uint8Array(bytes),
  negative: false,
  loadedAtMs: 0,
  generation: null,
  expiresAtMs: 1,
});

/** What one entry without value counts for. */
function sizeOfEmpty(key: string): number {
  const alone = createMemoryLevel(10_000);
  alone.set(key, entry(0));
  return alone.bytes();
}

const step = fc.record({
  verb: fc.constantFrom('set', 'set', 'get', 'delete'),
  key: fc.integer({ min: 0, max: 12 }).map((number) => `key-${number}-é`),
  bytes: fc.integer({ min: 0, max: 900 }),
});

test('it never exceeds its limit and keeps the most recently used entries', () => {
  const overhead = sizeOfEmpty('key-0-é');
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 0, max: 4000 }),
      (steps, most) => {
        const memory = createMemoryLevel(most);
        // The least used first.
        let expected: { key: string; size: number }[] = [];
        for (const { verb, key, bytes } of steps) {
          const known = expected.find((one) => one.key === key);
          if (verb === 'get') {
            memory.get(key);
            if (known) expected = [...expected.filter((one) => one !== known), known];
          } else {
            expected = expected.filter((one) => one !== known);
            if (verb === 'delete') memory.delete(key);
            else {
              memory.set(key, entry(bytes));
              const size = overhead + bytes + Buffer.byteLength(key) - Buffer.byteLength('key-0-é');
              if (size <= most) expected.push({ key, size });
              while (sum(expected) > most) expected.shift();
            }
          }
          expect(memory.bytes()).toBe(sum(expected));
          expect(memory.bytes()).toBeLessThanOrEqual(most);
        }
        const kept = steps.map(({ key }) => key).filter((key) => memory.get(key) !== null);
        expect(new Set(kept)).toEqual(new Set(expected.map(({ key }) => key)));
      },
    ),
  );
});

const sum = (entries: readonly { readonly size: number }[]) =>
  entries.reduce((total, { size }) => total + size, 0);

test('it counts UTF-8 bytes, not characters, and an overhead for every entry', () => {
  expect(sizeOfEmpty('会议') - sizeOfEmpty('ab')).toBe(4);
  expect(sizeOfEmpty('a')).toBeGreaterThan(100);
});

test("a stored value does not change when the caller's buffer does", () => {
  const memory = createMemoryLevel(10_000);
  const large = new Uint8Array(5_000).fill(7);
  memory.set('a', { ...entry(0), value: large.subarray(0, 3) });
  large.fill(9);
  expect(memory.get('a')?.value).toEqual(Uint8Array.of(7, 7, 7));
  expect(memory.get('a')?.value?.buffer.byteLength).toBe(3);
});

test('deleting all entries of a prefix keeps the others', () => {
  const memory = createMemoryLevel(10_000);
  for (const id of ['acme:k', 'acme:l', 'acme-2:k', 'a:k']) memory.set(id, entry(1));
  expect(memory.deleteAll('acme:')).toBe(2);
  expect(memory.get('acme:k')).toBeNull();
  expect(memory.get('acme-2:k')).not.toBeNull();
  expect(memory.get('a:k')).not.toBeNull();
});
