import { createHash } from 'node:crypto';
import type { OutputOptions } from '../../workflows/contracts/job-input.ts';
import { canonicalJson } from './digest.ts';

/** Two submissions are the same job when these are equal. Title, configuration and prompt versions do not count. */
export interface JobIdentity {
  readonly kind: 'minutes';
  readonly tenant: string;
  readonly inputSha256: string;
  readonly options: OutputOptions;
  /** From `--force`; null without it. */
  readonly forceNonce: string | null;
}

/** The first 26 characters of lower-case base32 (RFC 4648) of SHA-256 over canonical JSON: 130 bits. */
export function jobId(identity: JobIdentity): string {
  return base32(createHash('sha256').update(canonicalJson(identity)).digest()).slice(0, 26);
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(buffer >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text;
}
