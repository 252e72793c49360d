import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCacheCipher, parseCacheCipher } from '../../../adapters/cache/cache-cipher.ts';

const SECRET = 'a'.repeat(43);
const HERE = { tenant: 'acme', key: 'one' };

test('what is sealed is opened again, and two seals of the same are different', async () => {
  const { seal, open } = createCacheCipher(SECRET);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plain) => {
      const [one, other] = [await seal(plain, HERE), await seal(plain, HERE)];
      expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
      expect(Buffer.from(await open(one, HERE))).toEqual(Buffer.from(plain));
    }),
  );
});

test('nothing of the answer is in what is stored, and nothing else opens it', async () => {
  const { seal, open } = createCacheCipher(SECRET);
  const sealed = Buffer.from(await seal(Buffer.from('a painter is hired'), HERE));
  expect(sealed.includes('painter')).toBe(false);
  const opened = async (bytes: Uint8Array, place = HERE, secret = SECRET) =>
    await createCacheCipher(secret)
      .open(bytes, place)
      .then(
        () => 'opened',
        () => 'closed',
      );
  expect(await opened(sealed)).toBe('opened');
  expect(await opened(sealed, { ...HERE, tenant: 'other' })).toBe('closed');
  expect(await opened(sealed, { ...HERE, key: 'two' })).toBe('closed');
  expect(await opened(sealed, { tenant: 'acme","one', key: '' })).toBe('closed');
  expect(await opened(sealed, HERE, 'b'.repeat(43))).toBe('closed');
  expect(await opened(sealed.subarray(0, 20))).toBe('closed');
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect([at, await opened(changed)]).toEqual([at, 'closed']);
  }
  expect(Buffer.from(await open(sealed, HERE)).toString()).toBe('a painter is hired');
});

test('without a secret nothing is sealed, and one that can be guessed is refused', () => {
  expect(parseCacheCipher({})).toBeNull();
  expect(parseCacheCipher({ HANSARD_CACHE_SECRET: SECRET })).not.toBeNull();
  expect(() => parseCacheCipher({ HANSARD_CACHE_SECRET: 'a'.repeat(42) })).toThrow(
    /^HANSARD_CACHE_SECRET takes at least 43 characters/,
  );
});
