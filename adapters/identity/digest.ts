import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 in lower-case hex. */
export const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of a value: the same for every order of its members. */
export function digestOf(value: object): string {
  return sha256(canonicalJson(value));
}

export function canonicalJson(value: object): string {
  const json = canonicalize(value);
  if (json === undefined) throw new TypeError('a value without a JSON form has no digest');
  return json;
}
