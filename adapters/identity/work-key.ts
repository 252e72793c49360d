import type { Role } from '../../workflows/contracts/targets.ts';
import { digestOf } from './digest.ts';

/** Increase it when the members of a work key change their meaning: earlier stored results are then no longer found. */
const WORK_KEY_VERSION = 1;

/** A part of a prepared recording, in samples at 16 kHz. Not its encoded bytes: they differ between ffmpeg builds. */
interface ChunkIdentity {
  readonly sourceSha256: string;
  readonly preparationVersion: number;
  /** `mix`, or the channel's number. */
  readonly channel: string;
  readonly startSample: number;
  readonly endSample: number;
}

/** Two pieces of paid work are the same when these are equal, whichever target does them. */
export interface Work {
  readonly role: Role;
  /** SHA-256 (hex) of the text or picture; or the chunk. */
  readonly input: string | ChunkIdentity;
  /** ISO 639-1; null when not specified. */
  readonly language: string | null;
  readonly templateVersion: string | number | null;
  readonly promptVersion: string | number | null;
  /** SHA-256 (hex) of the JSON schema of the answer; null without one. */
  readonly schemaDigest: string | null;
  /** What requests another answer to the same question: a seed, "retried differently", the nonce of `--force`. */
  readonly variant: Readonly<Record<string, string | number | null>>;
}

/** SHA-256 (hex). The pointer to the accepted answer, from any target, is stored under this key. */
export function workKey(work: Work): string {
  return digestOf({ keyVersion: WORK_KEY_VERSION, ...work });
}
