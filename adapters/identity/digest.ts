import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import canonicalize from 'canonicalize';

/** SHA-256 in lower-case hex. */
export const sha256 = (data: Uint8Array | string): string => hash('sha256', data);

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of a value; the order of members does not matter. */
export function digestOf(value: object): string {
  const json = canonicalize(value);
  if (json === undefined) throw new TypeError('a value without a JSON form has no digest');
  return sha256(json);
}

/** SHA-256 (hex) and size of a file, read as a stream. Throws the file system's errors. */
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
