import type { Role } from '../../workflows/contracts/targets.ts';
import { digestOf } from './digest.ts';

/** Raised when the members of a work key change their meaning: nothing stored before is then found again. */
const WORK_KEY_VERSION = 1;

/**
 * A stretch of a prepared recording. Not the encoded bytes, which differ between ffmpeg builds. Samples at 16 kHz.
 */
interface ChunkIdentity {
  readonly sourceSha256: string;
  readonly preparationVersion: number;
  /** `mix`, or the channel's number. */
  readonly channel: string;
  readonly startSample: number;
  readonly endSample: number;
}

/** What makes two pieces of paid work the same, whoever does them: no target in it. */
export interface Work {
  readonly role: Role;
  /** SHA-256 (hex) of the text or picture, or the chunk. */
  readonly input: string | ChunkIdentity;
  /** ISO 639-1; null: not told. */
  readonly language: string | null;
  readonly templateVersion: string | number | null;
  readonly promptVersion: string | number | null;
  /** SHA-256 (hex) of the JSON schema the answer must fit; null: none is asked for. */
  readonly schemaDigest: string | null;
  /** What asks for another answer to the same question: a seed, "retried differently", the nonce of `--force`. */
  readonly variant: Readonly<Record<string, string | number | null>>;
}

/** SHA-256 (hex): under it lies the pointer to the accepted answer of any target. */
export function workKey(work: Work): string {
  return digestOf({ keyVersion: WORK_KEY_VERSION, ...work });
}
