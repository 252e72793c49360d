import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as it is sent, its id, and what is stored of it. */
export interface PresentedKey {
  readonly id: string;
  readonly sha256: string;
}

/** A new key: 256 random bits behind an id of 80, so that nobody needs a slow hash to keep it from being guessed. */
export function newApiKey(): PresentedKey & { readonly key: string } {
  const id = randomBytes(10).toString('hex');
  const key = `hansard_${id}_${randomBytes(32).toString('base64url')}`;
  return { key, id, sha256: sha256Of(key) };
}

/** Null: no key has this form. */
export function readApiKey(key: string): PresentedKey | null {
  const id = KEY.exec(key)?.[1];
  return id === undefined ? null : { id, sha256: sha256Of(key) };
}

/** Compares two digests in a time that does not tell where they differ. */
export const isSameDigest = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** What is none is not looked for: Postgres takes no text with U+0000. */
export const isApiKeyId = (text: string): boolean => /^[0-9a-f]{20}$/.test(text);

const KEY = /^hansard_([0-9a-f]{20})_[\w-]{43}$/;

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
