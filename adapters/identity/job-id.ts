import type { OutputOptions } from '../../workflows/contracts/job-input.ts';
import { digestOf } from './digest.ts';

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
  const bits = BigInt(`0x${digestOf(identity)}`) >> 126n;
  // JavaScript's digits in base 32 are 0-9 and a-v.
  const digits = bits.toString(32).padStart(26, '0');
  return digits.replaceAll(/./g, (digit) => ALPHABET.charAt(Number.parseInt(digit, 32)));
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
