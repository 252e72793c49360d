/** No whole answer came. The message names no URL and no secret, and reads on after the server's name. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly reason: 'unreachable' | 'broken_off' | 'deadline' | 'too_long' | 'source_failed';
  /** `ECONNREFUSED`, `UND_ERR_SOCKET`, …; null: none is known. */
  readonly code: string | null;
  /** Of an answer that was too long; else null. */
  readonly status: number | null;
  /** No whole request can have reached the server: there was no connection yet, or its body never ended. */
  readonly unsent: boolean;

  constructor(
    message: string,
    facts: {
      readonly reason: ExchangeError['reason'];
      readonly code?: string | null;
      readonly status?: number | null;
      readonly unsent?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.code = facts.code ?? null;
    this.status = facts.status ?? null;
    this.unsent =
      facts.unsent ?? (facts.reason === 'unreachable' || facts.reason === 'source_failed');
  }
}
