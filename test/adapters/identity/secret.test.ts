import { expect, test } from 'vitest';
import { isSameDigest, secretsOf } from '../../../adapters/identity/secret.ts';

const keys = secretsOf('hansard');

test('a secret names its id, has 256 random bits behind it, and is known by its SHA-256', () => {
  const { secret, id, sha256 } = keys.make();
  expect(secret).toMatch(/^hansard_[0-9a-f]{20}_[\w-]{43}$/);
  expect(secret.split('_')[1]).toBe(id);
  expect(Buffer.from(secret.slice('hansard_'.length + 21), 'base64url')).toHaveLength(32);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(keys.read(secret)).toEqual({ id, sha256 });
  expect(keys.make().secret).not.toBe(secret);
});

test.each([
  '',
  'hansard_',
  'hf_abc',
  `hansard_${'a'.repeat(20)}_${'b'.repeat(42)}`,
  `hansard_${'g'.repeat(20)}_${'b'.repeat(43)}`,
  `hansard_${'a'.repeat(20)}_${'b'.repeat(43)}\n`,
  secretsOf('session').make().secret,
])('%j is no key', (text) => {
  expect(keys.read(text)).toBeNull();
});

test('digests are the same when every character is', () => {
  expect(isSameDigest('abc', 'abc')).toBe(true);
  expect(isSameDigest('abc', 'abd')).toBe(false);
  expect(isSameDigest('abc', 'ab')).toBe(false);
});
