import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export type AnswerSeal = ReturnType<typeof createAnswerSeal>;

/**
 * Digests and encrypts what is kept of somebody's requests, under their own key of the gateway. It is stored nowhere, so
 * nobody reads an answer who could not have asked for it.
 *
 * @param key as it is sent: 256 random bits in text; or, of who only signs, something with the name of the request in it
 */
export function createAnswerSeal(key: string) {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'hansard idempotency 1', 64));
  const [macKey, cipherKey] = [derived.subarray(0, 32), derived.subarray(32)];
  return {
    /** In hex. */
    digest: (text: string): string => createHmac('sha256', macKey).update(text).digest('hex'),

    /** @param place where it is kept: it opens nowhere else */
    close: (text: string, place: string): Buffer => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },

    /** Throws for what was closed elsewhere, or changed. */
    open: (sealed: Buffer, place: string): string => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce, {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(place))
        .setAuthTag(tag);
      const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    },
  };
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
