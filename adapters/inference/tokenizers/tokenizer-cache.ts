import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../../identity/digest.ts';

/** Files of the hub on our disk, for as long as nobody deletes them. Nothing here throws: a cache may be away. */
export interface TokenizerCache {
  /** Null where there is none, or where it is not what was written. */
  readonly read: (key: string) => Promise<Uint8Array | null>;
  /** As a whole or not at all, whoever else writes the same. */
  readonly write: (key: string, bytes: Uint8Array) => Promise<void>;
}

export function createTokenizerCache(directory: string): TokenizerCache {
  // A digest, because keys come from configuration and must name no path.
  const pathOf = (key: string): string => join(directory, `${sha256(key)}.tokenizer`);
  return {
    read: async (key) => {
      const file = await readFile(pathOf(key)).catch(() => null);
      if (file === null) return null;
      const bytes = file.subarray(DIGEST_LENGTH);
      return file.toString('latin1', 0, DIGEST_LENGTH) === sha256(bytes) ? bytes : null;
    },
    write: async (key, bytes) => {
      const draft = `${pathOf(key)}.${randomUUID()}`;
      try {
        await mkdir(directory, { recursive: true });
        await writeFile(draft, [Buffer.from(sha256(bytes)), bytes]);
        await rename(draft, pathOf(key));
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** The file begins with the digest of the rest, in hex. */
const DIGEST_LENGTH = 64;
