import type { SigningKeys } from '../../adapters/database/signing-keys.ts';
import { KeyNotFoundError, keyView, type KeyView } from './manage-keys.ts';
import { parseKeep, parseSigning, type TypedSigning } from './typed-signing.ts';

export interface RotatedSignature {
  readonly key: KeyView;
  /** Of HMAC; null: of Ed25519. */
  readonly signingSecret: string | null;
  /** When the signing key before ends; null: there was none. */
  readonly previousEndsAt: string | null;
}

/**
 * Gives a key another signing key, or its first one. The one before goes on for a while. Throws `InvalidOptionError` and
 * `KeyNotFoundError`.
 */
export async function rotateSignature(
  open: () => Promise<SigningKeys>,
  tenant: string,
  id: string,
  { keep, ...typed }: TypedSigning & { readonly keep: string },
): Promise<RotatedSignature> {
  const keepSeconds = parseKeep(keep);
  const { verifying, secret } = parseSigning(typed);
  const rotated = await (await open()).rotate(tenant, id, verifying, keepSeconds);
  if (rotated === null) throw new KeyNotFoundError(tenant, id);
  return {
    key: keyView(rotated.row),
    signingSecret: secret,
    previousEndsAt: rotated.previousEndsAt?.toISOString() ?? null,
  };
}

/** Whether a key is taken without a signature. Throws `KeyNotFoundError` and `NoSigningKeyError`. */
export async function setSignaturePolicy(
  open: () => Promise<SigningKeys>,
  tenant: string,
  id: string,
  policy: 'optional' | 'required',
): Promise<KeyView> {
  const row = await (await open()).setPolicy(tenant, id, policy);
  if (row === null) throw new KeyNotFoundError(tenant, id);
  if (row === 'none') throw new NoSigningKeyError(id);
  return keyView(row);
}

class NoSigningKeyError extends Error {
  override readonly name = 'NoSigningKeyError';

  constructor(id: string) {
    super(`key ${id} has no signing key: give it one first, with rotate-signature`);
  }
}
