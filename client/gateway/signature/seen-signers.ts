import { isSignedBy, type VerifyingKey } from '../../../adapters/signatures/signing-key.ts';
import type { PresentedSignature } from './signature-facts.ts';

export type SeenSigners = ReturnType<typeof createSeenSigners>;

/**
 * What verified signatures before: those who can sign are looked up however many others cannot. Of very many keys, the
 * oldest are forgotten.
 */
export function createSeenSigners() {
  const seen = new Map<string, readonly VerifyingKey[]>();
  return {
    knows: (presented: PresentedSignature): boolean =>
      isVerified(presented, seen.get(presented.keyId) ?? []),
    add: (keyId: string, verifying: readonly VerifyingKey[]): void => {
      // As the latest.
      seen.delete(keyId);
      seen.set(keyId, verifying);
      const [oldest] = seen.keys();
      if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
    },
  };
}

const MOST_SEEN = 10_000;

/** Whether one of these made a signature. */
export const isVerified = (
  { algorithm, base, signature }: PresentedSignature,
  verifying: readonly VerifyingKey[],
): boolean =>
  verifying.some(
    (key) =>
      (algorithm === null || algorithm === key.algorithm) && isSignedBy(base, signature, key),
  );
