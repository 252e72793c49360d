import type { DigestCheck } from '../../../adapters/signatures/content-digest.ts';

/** A signature that a request has. Nobody has verified it yet. */
export interface PresentedSignature {
  /** Of a key of the gateway. */
  readonly keyId: string;
  readonly nonce: string;
  /** Null: it does not say. */
  readonly algorithm: string | null;
  /** What was signed. */
  readonly base: string;
  readonly signature: Uint8Array;
  /** Seconds since 1970: from then on no gateway takes it. */
  readonly end: number;
  /** Compares the body with the digest that is signed; null: none is, and there is no body. */
  readonly body: DigestCheck | null;
}
