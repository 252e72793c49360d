import {
  isSignatureAlgorithm,
  newSigningSecret,
  readPublicKey,
  SIGNATURE_ALGORITHMS,
  type VerifyingKey,
} from '../../adapters/signatures/signing-key.ts';
import { InvalidOptionError } from '../config.ts';
import { parseDuration } from '../duration.ts';

/** How requests are signed, as somebody typed it. */
export interface TypedSigning {
  readonly algorithm: string;
  /** PEM, of Ed25519 only. */
  readonly publicKey?: string | undefined;
}

/** What verifies the signatures, and the secret where the gateway makes it. Throws `InvalidOptionError`. */
export function parseSigning({ algorithm, publicKey }: TypedSigning): {
  readonly verifying: VerifyingKey;
  /** Base64; null: of Ed25519, whose private key only its owner has. */
  readonly secret: string | null;
} {
  if (!isSignatureAlgorithm(algorithm)) {
    throw new InvalidOptionError(
      `the algorithm of signatures is one of ${SIGNATURE_ALGORITHMS.join(', ')}`,
    );
  }
  if (algorithm === 'hmac-sha256') {
    if (publicKey !== undefined) {
      throw new InvalidOptionError(
        'hmac-sha256 takes no public key: both sides have the same secret, which is made here',
      );
    }
    const secret = newSigningSecret();
    return { verifying: { algorithm, material: secret }, secret };
  }
  const material = publicKey === undefined ? null : readPublicKey(publicKey);
  if (material !== null) return { verifying: { algorithm, material }, secret: null };
  throw new InvalidOptionError(
    'ed25519 takes the public key as PEM, from -----BEGIN PUBLIC KEY----- on: openssl pkey -in KEY.pem -pubout prints it',
  );
}

/** For how long the one before goes on beside the new one, in seconds; of 7 days at most. Throws `InvalidOptionError`. */
export function parseKeep(typed: string): number {
  const seconds = typed === '0' ? 0 : parseDuration(typed);
  if (seconds !== null && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidOptionError(
    'how long the signing key before is kept takes 0, or minutes, hours or days, of 7 days at most: 30m, 24h, 7d',
  );
}

const LONGEST_SECONDS = 7 * 86_400;
