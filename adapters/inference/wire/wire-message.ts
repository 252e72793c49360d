interface Message {
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | ByteSource | null;
}

/** A call to a model, as its contract builds it; without authorization: `send` adds that. */
export interface WireRequest extends Message {
  readonly method: 'POST' | 'GET';
  /** Every parameter sent beside the item itself: part of the call key. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface WireResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** `user-agent` and `accept-encoding` are added to the headers. */
export interface ExchangeRequest extends Message {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** When it aborts, the exchange rejects with its very reason. */
  readonly signal: AbortSignal;
  /** Until the last byte of the answer. */
  readonly deadlineMs: number;
  /** From the last byte of the request to the end of the answer's headers; default: only the deadline governs. */
  readonly headersMs?: number;
  /** Between two pieces of the answer's body; default: a minute. */
  readonly idleMs?: number;
  /** Called with each piece of the body of an answer with 2xx, as it arrives; must not throw. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
  /** Longest body of the answer that is read. */
  readonly longestAnswerBytes: number;
}

/** Bytes that may be read from elsewhere than memory. Each `open` starts at the beginning. */
export interface ByteSource {
  /** Exact: it becomes `content-length`. */
  readonly length: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}
