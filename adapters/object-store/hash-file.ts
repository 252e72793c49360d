import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 (hex) and size of a file, read as a stream. Throws what the file system throws. */
export async function hashFile(
  path: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of createReadStream(path, signal ? { signal } : {})) {
    if (!(part instanceof Uint8Array)) throw new TypeError('the file was not read as bytes');
    hash.update(part);
    bytes += part.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes };
}
