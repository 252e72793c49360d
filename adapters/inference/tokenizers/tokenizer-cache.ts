import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../../identity/digest.ts';

/** Tokenizer files from the hub on the local disk. Never throws: the cache may be missing or read-only. */
export function createTokenizerCache(directory: string) {
  // A digest: keys come from the configuration and must not be used as paths.
  const pathOf = (key: string): string => join(directory, `${sha256(key)}.tokenizer`);
  return {
    /** Null if there is none, or if the file is damaged. */
    read: async (key: string): Promise<Uint8Array | null> => {
      const file = await readFile(pathOf(key)).catch(() => null);
      const bytes = file?.subarray(DIGEST_LENGTH);
      return bytes && file?.toString('latin1', 0, DIGEST_LENGTH) === sha256(bytes) ? bytes : null;
    },
    /** Atomic, also when other processes write the same file. */
    write: async (key: string, bytes: Uint8Array): Promise<void> => {
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
