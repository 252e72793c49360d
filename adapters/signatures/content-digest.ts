import { createHash, timingSafeEqual, type Hash } from 'node:crypto';
import { parseDictionary, serializeDictionary } from 'structured-headers';

/** The algorithms of `Content-Digest` that are taken, by Node's names. The others of the registry are broken. */
const ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;
type DigestAlgorithm = keyof typeof ALGORITHMS;

/** `Content-Digest` (RFC 9530) of a SHA-256 (hex). */
export const contentDigest = (sha256: string): string =>
  serializeDictionary({ 'sha-256': [Buffer.from(sha256, 'hex'), new Map()] });

/** Compares a body with what its `Content-Digest` says, block by block. */
export interface DigestCheck {
  readonly update: (block: Uint8Array) => void;
  /** Once, at the end: whether each digest is that of what came. */
  readonly isRight: () => boolean;
}

/**
 * Null: the value cannot be read, or has neither a SHA-256 nor a SHA-512. Other algorithms beside them are not looked at.
 */
export function digestCheck(field: string): DigestCheck | null {
  const digests = digestsIn(field);
  if (digests === null || digests.length === 0) return null;
  const known = digests.map(({ algorithm, digest }): [Hash, Buffer] => [
    createHash(ALGORITHMS[algorithm]),
    digest,
  ]);
  return {
    update: (block) => {
      for (const [hash] of known) hash.update(block);
    },
    isRight: () => known.every(([hash, digest]) => isSame(hash.digest(), digest)),
  };
}

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

function digestsIn(field: string) {
  try {
    return [...parseDictionary(field)].flatMap(([name, [value]]) => {
      if (!isKnown(name)) return [];
      if (!(value instanceof ArrayBuffer)) throw new TypeError('a digest is a sequence of bytes');
      return [{ algorithm: name, digest: Buffer.from(value) }];
    });
  } catch {
    return null;
  }
}

const isKnown = (name: string): name is DigestAlgorithm => Object.hasOwn(ALGORITHMS, name);
