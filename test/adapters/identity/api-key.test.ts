import { expect, test } from 'vitest';
import { isSameDigest, newApiKey, readApiKey } from '../../../adapters/identity/api-key.ts';

test('a key names its id, has 256 random bits behind it, and is known by its SHA-256', () => {
  const { key, id, sha256 } = newApiKey();
  expect(key).toMatch(/^hansard_[0-9a-f]{20}_[\w-]{43}$/);
  expect(key.split('_')[1]).toBe(id);
  expect(Buffer.from(key.slice('hansard_'.length + 21), 'base64url')).toHaveLength(32);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(readApiKey(key)).toEqual({ id, sha256 });
  expect(newApiKey().key).not.toBe(key);
});

test.each([
  '',
  'hansard_',
  'hf_abc',
  `hansard_${'a'.repeat(20)}_${'b'.repeat(42)}`,
  `hansard_${'g'.repeat(20)}_${'b'.repeat(43)}`,
  `hansard_${'a'.repeat(20)}_${'b'.repeat(43)}\n`,
])('%j is no key', (text) => {
  expect(readApiKey(text)).toBeNull();
});

test('digests are the same when every character is', () => {
  expect(isSameDigest('abc', 'abc')).toBe(true);
  expect(isSameDigest('abc', 'abd')).toBe(false);
  expect(isSameDigest('abc', 'ab')).toBe(false);
});
