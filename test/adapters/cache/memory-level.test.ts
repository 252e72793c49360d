import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryLevel } from '../../../adapters/cache/memory-level.ts';

const entry = (bytes: number, expiresAtMs = 1) => ({
  kind: 'value' as const,
  value: new Uint8Array(bytes),
  loadedAtMs: 0,
  generation: null,
  expiresAtMs,
});
const at = (nowMs: number, maxBytes: number) => createMemoryLevel({ maxBytes, now: () => nowMs });

/** What one entry without value counts for. */
function sizeOfEmpty(key: string): number {
  const alone = at(0, 10_000);
  alone.set('t', key, entry(0));
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
        const memory = at(0, most);
        // The least used first.
        let expected: { key: string; size: number }[] = [];
        for (const { verb, key, bytes } of steps) {
          const known = expected.find((one) => one.key === key);
          if (verb === 'get') {
            memory.get('t', key);
            if (known) expected = [...expected.filter((one) => one !== known), known];
          } else {
            expected = expected.filter((one) => one !== known);
            if (verb === 'delete') memory.delete('t', key);
            else {
              memory.set('t', key, entry(bytes));
              const size = overhead + bytes + Buffer.byteLength(key) - Buffer.byteLength('key-0-é');
              if (size <= most) expected.push({ key, size });
              while (sum(expected) > most) expected.shift();
            }
          }
          expect(memory.bytes()).toBe(sum(expected));
          expect(memory.bytes()).toBeLessThanOrEqual(most);
        }
        const kept = steps.map(({ key }) => key).filter((key) => memory.get('t', key) !== null);
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
  const memory = at(0, 10_000);
  const large = new Uint8Array(5_000).fill(7);
  memory.set('t', 'a', { ...entry(0), value: large.subarray(0, 3) });
  large.fill(9);
  expect(memory.get('t', 'a')?.value).toEqual(Uint8Array.of(7, 7, 7));
  expect(memory.get('t', 'a')?.value.buffer.byteLength).toBe(3);
});

test('an entry expires and frees its bytes', () => {
  let nowMs = 0;
  const memory = createMemoryLevel({ maxBytes: 10_000, now: () => nowMs });
  memory.set('t', 'a', entry(10, 100));
  nowMs = 99;
  expect(memory.get('t', 'a')).not.toBeNull();
  nowMs = 100;
  expect(memory.get('t', 'a')).toBeNull();
  expect(memory.bytes()).toBe(0);
});

test('deleting a tenant keeps tenants whose names begin with the same letters', () => {
  const memory = at(0, 10_000);
  for (const tenant of ['acme', 'acme-2', 'a']) memory.set(tenant, 'k', entry(1));
  memory.set('acme', 'l', entry(1));
  expect(memory.deleteTenant('acme')).toBe(2);
  expect(memory.get('acme', 'k')).toBeNull();
  expect(memory.get('acme-2', 'k')).not.toBeNull();
  expect(memory.get('a', 'k')).not.toBeNull();
});
