import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SettingError } from '../../adapters/settings/environment.ts';
import type { SigningKey } from '../../adapters/signatures/signing-key.ts';

/**
 * What a file signs with: a private key of Ed25519 as PEM, or a secret of HMAC in base64. Throws a `SettingError`, which never
 * repeats anything of the file.
 */
export function readSigningKey(path: string): SigningKey {
  const text = textOf(path);
  const key = text.startsWith('-----BEGIN') ? ed25519Of(text) : hmacOf(text);
  if (key !== null) return key;
  throw new SettingError(
    'invalid',
    `HANSARD_SIGNING_KEY_FILE: ${path} has neither a private key of Ed25519 as PEM nor a secret in base64. hansard keys create --sign makes such a file.`,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SettingError(
      'invalid',
      `HANSARD_SIGNING_KEY_FILE: ${path} cannot be read (${code}). Correct it, or unset it to send the key itself.`,
    );
  }
}

function ed25519Of(text: string): SigningKey | null {
  try {
    const privateKey = createPrivateKey(text);
    return privateKey.asymmetricKeyType === 'ed25519' ? { algorithm: 'ed25519', privateKey } : null;
  } catch {
    return null;
  }
}

const hmacOf = (text: string): SigningKey | null =>
  /^[A-Za-z0-9+/]{43}=$/.test(text)
    ? { algorithm: 'hmac-sha256', secret: Buffer.from(text, 'base64') }
    : null;
