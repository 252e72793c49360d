import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Finds a secret that somebody sent, and says whether it is that one. */
export interface PresentedSecret {
  readonly id: string;
  /** What is stored of it: lower-case hex. */
  readonly sha256: string;
}

/**
 * Secrets of one kind: 256 random bits behind an id of 80, so that nobody needs a slow hash to keep them from being
 * guessed. They look like `{kind}_0123456789abcdef0123_…`.
 */
export function secretsOf(kind: string) {
  const form = new RegExp(`^${kind}_([0-9a-f]{20})_[\\w-]{43}$`);
  return {
    make: (): PresentedSecret & { readonly secret: string } => {
      const id = randomBytes(10).toString('hex');
      const secret = `${kind}_${id}_${randomBytes(32).toString('base64url')}`;
      return { secret, id, sha256: sha256Of(secret) };
    },
    /** Null: none of this kind has this form. */
    read: (sent: string): PresentedSecret | null => {
      const id = form.exec(sent)?.[1];
      return id === undefined ? null : { id, sha256: sha256Of(sent) };
    },
  };
}

/** What is none is not looked for: Postgres takes no text with U+0000. */
export const isSecretId = (text: string): boolean => /^[0-9a-f]{20}$/.test(text);

/** Compares two digests in a time that does not tell where they differ. */
export const isSameDigest = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
