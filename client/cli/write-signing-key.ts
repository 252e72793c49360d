import { generateKeyPairSync } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { InvalidOptionError } from '../config.ts';
import type { TypedSigning } from '../keys/typed-signing.ts';

/**
 * Makes what requests are signed with, has the installation told of it, and writes it to a new file that nobody but its owner
 * reads. Of Ed25519, the private key is made here and goes nowhere else; the secret of HMAC comes from the installation.
 * Without an algorithm that there is, the installation says so. Throws `InvalidOptionError` for a file that is there already.
 *
 * @param tell answers with the secret of HMAC, if there is one
 */
export async function writeSigningKey<T extends { readonly secret: string | null }>(
  path: string,
  algorithm: string,
  tell: (signing: TypedSigning) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw unusableFile(path, error);
  });
  try {
    const pair = algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : null;
    // Before the installation knows it: what cannot be kept must not be needed.
    await file.write(pair?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '');
    const publicKey = pair?.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const told = await tell({ algorithm, publicKey });
    if (told.secret !== null) await file.write(`${told.secret}\n`);
    return told;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function unusableFile(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EEXIST') {
    return new InvalidOptionError(
      `${path} is there already: name a file that is not, for --signing-key-file`,
    );
  }
  if (code === 'ENOENT') {
    return new InvalidOptionError(`the folder of ${path} does not exist: make it first`);
  }
  return error;
}
