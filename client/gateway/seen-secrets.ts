import { sha256 } from '../../adapters/identity/digest.ts';

export type SeenSecrets = ReturnType<typeof createSeenSecrets>;

/**
 * Keys and sessions that were live when they were seen: those are looked up however many others there are not. Only their
 * digests are kept, and of very many, the oldest are forgotten.
 */
export function createSeenSecrets() {
  const seen = new Set<string>();
  return {
    has: (secret: string): boolean => seen.has(sha256(secret)),
    add: (secret: string): void => {
      seen.add(sha256(secret));
      const [oldest] = seen;
      if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
    },
  };
}

const MOST_SEEN = 10_000;
