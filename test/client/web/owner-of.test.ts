import { expect, test } from 'vitest';
import { ownerOf } from '../../../client/web/kept/owner-of.ts';

test('what a browser keeps of one person is not of another one of the same name', () => {
  const anna = { tenant: 'main', name: 'Anna', person: 'identity:main:0123456789abcdef0123' };
  const other = { ...anna, person: 'identity:main:fedcba9876543210fedc' };
  expect(ownerOf(anna)).not.toBe(ownerOf(other));
  // Who marries keeps a recording.
  expect(ownerOf({ ...anna, name: 'Anna Berg' })).toBe(ownerOf(anna));
});

test('what a browser keeps of a key is there for the key that takes its place', () => {
  const key = { tenant: 'main', name: 'Anna', person: null };
  expect(ownerOf(key)).toBe(ownerOf({ ...key }));
  expect(ownerOf(key)).not.toBe(ownerOf({ ...key, tenant: 'other' }));
  // A name that looks like a person is none.
  const person = 'identity:main:0123456789abcdef0123';
  expect(ownerOf({ ...key, name: person })).not.toBe(ownerOf({ ...key, person }));
});
