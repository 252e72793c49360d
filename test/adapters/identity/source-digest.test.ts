import { expect, test } from 'vitest';
import { sourceDigest } from '../../../adapters/identity/source-digest.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];

test('one file is known by its own digest', () => {
  expect(sourceDigest([A])).toBe(A);
});

test('several files are known by the digest that other tools compute, in their order', () => {
  // printf '%s' '{"files":["aaa…","bbb…"]}' | sha256sum
  expect(sourceDigest([A, B])).toBe(
    '0983cf8606f25b84d302633c10479db1f007aca0e5a2dd411c6298c8970f4672',
  );
  expect(sourceDigest([B, A])).toBe(
    '6702f249882272454df099eef418b7bdd1fac979688e1cfb6a37395807419d42',
  );
});

test('a file twice is another recording than the file', () => {
  expect(new Set([[A], [A, A], [A, A, A]].map(sourceDigest)).size).toBe(3);
});
