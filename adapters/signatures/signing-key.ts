import {
  createHmac,
  createPublicKey,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';

/** By the names of the registry of RFC 9421. */
export const SIGNATURE_ALGORITHMS = ['ed25519', 'hmac-sha256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

export const isSignatureAlgorithm = (text: string): text is SignatureAlgorithm =>
  SIGNATURE_ALGORITHMS.some((algorithm) => algorithm === text);

/** What signatures are verified with. */
export interface VerifyingKey {
  readonly algorithm: SignatureAlgorithm;
  /** Base64: the public key (SPKI, DER) of Ed25519; of HMAC the secret itself. */
  readonly material: string;
}

/** What somebody signs with. */
export type SigningKey =
  | { readonly algorithm: 'ed25519'; readonly privateKey: KeyObject }
  | { readonly algorithm: 'hmac-sha256'; readonly secret: Buffer };

/** 256 random bits, in base64. */
export const newSigningSecret = (): string => randomBytes(32).toString('base64');

export const signText = (text: string, key: SigningKey): Buffer =>
  key.algorithm === 'ed25519'
    ? sign(null, Buffer.from(text), key.privateKey)
    : hmacOf(text, key.secret);

/** In a time that does not tell where a signature is wrong. */
export function isSignedBy(
  text: string,
  signature: Uint8Array,
  { algorithm, material }: VerifyingKey,
): boolean {
  const bytes = Buffer.from(material, 'base64');
  if (algorithm === 'ed25519') {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    return verify(null, Buffer.from(text), key, signature);
  }
  const right = hmacOf(text, bytes);
  return signature.length === right.length && timingSafeEqual(signature, right);
}

const hmacOf = (text: string, secret: Buffer): Buffer =>
  createHmac('sha256', secret).update(text).digest();

/** The form in which a public key is kept. Null: the text is no public key of Ed25519 as PEM (`BEGIN PUBLIC KEY`). */
export function readPublicKey(pem: string): string | null {
  // Of a private key Node would take the public half, and the private one would have been sent.
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem)) return null;
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return key.export({ format: 'der', type: 'spki' }).toString('base64');
  } catch {
    return null;
  }
}
