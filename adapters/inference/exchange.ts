import type { ByteSource, WireResponse } from './contract.ts';

/** One HTTP exchange, of whatever purpose: no retries, no redirects. Answers of every status come back. */
export type Exchange = (request: ExchangeRequest) => Promise<WireResponse>;

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** Lower-case names. `user-agent` and `accept-encoding` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | ByteSource | null;
  /** When it aborts, the exchange rejects with its very reason. */
  readonly signal: AbortSignal;
  /** Until the last byte of the answer. */
  readonly deadlineMs: number;
  /** Longest body of the answer that is read. */
  readonly longestAnswerBytes: number;
}

/**
 * No whole answer came. `unsent` is true only where the failure belongs to making the connection. The message names
 * no URL and no secret.
 */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly reason: 'unreachable' | 'broken_off' | 'deadline' | 'too_long' | 'source_failed';
  /** `ECONNREFUSED`, `UND_ERR_SOCKET`, …; null: none is known. */
  readonly code: string | null;
  /** Of an answer that was too long; else null. */
  readonly status: number | null;

  constructor(
    message: string,
    facts: {
      readonly reason: ExchangeError['reason'];
      readonly code?: string | null;
      readonly status?: number | null;
      readonly cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.code = facts.code ?? null;
    this.status = facts.status ?? null;
  }
}
