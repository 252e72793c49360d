import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../../identity/digest.ts';

/** Tokenizer files from the hub on the local disk. Never throws: the cache may be missing or read-only. */
export interface TokenizerCache {
  /** Null if there is none, or if the file is damaged. */
  readonly read: (key: string) => Promise<Uint8Array | null>;
  /** Atomic, also when other processes write the same file. */
  readonly write: (key: string, bytes: Uint8Array) => Promise<void>;
}

export function createTokenizerCache(directory: string): TokenizerCache {
  // A digest: keys come from the configuration and must not be used as paths.
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

/** The file begins with the hex digest of the rest. */
const DIGEST_LENGTH = 64;
