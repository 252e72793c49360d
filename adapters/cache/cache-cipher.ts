import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { optional, SettingError, type Environment } from '../settings/environment.ts';
import type { CacheCipher, EntryPlace } from './redis-level.ts';

/**
 * What seals the answers that go to Redis, with the secret of `HANSARD_CACHE_SECRET`, which all gateways share; null: it is
 * not set, and they lie there as they are. Throws `SettingError`.
 */
export function parseCacheCipher(env: Environment): CacheCipher | null {
  const secret = optional(env, 'HANSARD_CACHE_SECRET');
  if (secret === undefined) return null;
  if (secret.length >= SHORTEST_SECRET) return createCacheCipher(secret);
  throw new SettingError(
    'invalid',
    `HANSARD_CACHE_SECRET takes at least ${SHORTEST_SECRET} characters that nobody can guess, such as those of: openssl rand -base64 32. Correct it.`,
  );
}

/** Of 256 random bits in base64url. */
const SHORTEST_SECRET = 43;

/** AES-256-GCM. What was sealed opens only for the tenant and the key that it was sealed for. */
export function createCacheCipher(secret: string): CacheCipher {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hansard cache 1', 32));
  return {
    seal: async (plain, place) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(nameOf(place));
      const sealed = [cipher.update(plain), cipher.final()];
      return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
    },
    open: async (sealed, place) => {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(nameOf(place))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]);
    },
  };
}

const nameOf = ({ tenant, key }: EntryPlace): Buffer => Buffer.from(JSON.stringify([tenant, key]));

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
