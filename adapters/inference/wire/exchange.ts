import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { createDeadlineWatch, DEADLINES_MS, type DeadlineWatch } from './deadlines.ts';
import { isByteSource, SourceFailure, wholeBody } from './wire-body.ts';
import type { ExchangeRequest, WireResponse } from './wire-message.ts';

/** One HTTP exchange for any purpose: no retries, no redirects. Returns answers of every status. */
export type Exchange = (request: ExchangeRequest) => Promise<WireResponse>;

/** No complete answer came. The message contains no URL and no secret, and continues a sentence about the server. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly reason: 'unreachable' | 'broken_off' | 'deadline' | 'too_long' | 'source_failed';
  /** `ECONNREFUSED`, `UND_ERR_SOCKET`, …; null: not known. */
  readonly code: string | null;
  /** The status of an answer that was too long; otherwise null. */
  readonly status: number | null;
  /** The server cannot have received a complete request: there was no connection yet, or the body never ended. */
  readonly unsent: boolean;

  constructor(
    message: string,
    facts: Pick<ExchangeError, 'reason'> &
      Partial<Pick<ExchangeError, 'code' | 'status' | 'unsent' | 'cause'>>,
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.code = facts.code ?? null;
    this.status = facts.status ?? null;
    this.unsent =
      facts.unsent ?? (facts.reason === 'unreachable' || facts.reason === 'source_failed');
  }
}

/**
 * Makes exchanges over the sockets of `agent`. A socket whose answer was read completely is used again; any other is
 * closed. An exchange throws `ExchangeError`, or the caller's reason to abort.
 */
export function createExchange({
  agent,
  userAgent,
}: {
  readonly agent: Dispatcher;
  readonly userAgent: string;
}): Exchange {
  const addresses = new Map<string, Address>();
  const deadlines = createDeadlineWatch();
  // Returns the promise itself: an async function would add one more to each call.
  return (request) =>
    new Promise<WireResponse>((resolve, reject) => {
      request.signal.throwIfAborted();
      const { origin, path } = addressOf(request.url, addresses);
      const { body, deadlineMs, headersMs = deadlineMs, idleMs = DEADLINES_MS.idle } = request;
      const headers: Record<string, string> = {
        ...request.headers,
        'accept-encoding': 'identity',
        'user-agent': userAgent,
      };
      if (isByteSource(body)) headers['content-length'] = String(body.length);
      const running = new RunningExchange(request, deadlines, resolve, reject);
      agent.dispatch(
        {
          origin,
          path,
          method: request.method,
          headers,
          body: running.body,
          // 0 turns a timeout off: leave out the ones that the deadline precedes.
          headersTimeout: headersMs < deadlineMs ? headersMs : 0,
          bodyTimeout: idleMs < deadlineMs ? idleMs : 0,
        },
        running,
      );
    });
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Most calls go to an address of an earlier call; `bench/inference.ts` measures 4 % per call for parsing it again. */
function addressOf(text: string, known: Map<string, Address>): Address {
  const found = known.get(text);
  if (found !== undefined) return found;
  const { origin, pathname, search } = new URL(text);
  const address = { origin, path: pathname + search };
  // The addresses of queued work are new each time.
  if (known.size >= MOST_ADDRESSES) known.clear();
  known.set(text, address);
  return address;
}

/** A few for each target of a large configuration. */
const MOST_ADDRESSES = 64;

/**
 * Handles undici's events of one exchange, and settles once. undici's own `request` makes a stream of every answer,
 * which costs more than everything else in a small exchange.
 */
class RunningExchange implements Dispatcher.DispatchHandler {
  /** What undici sends. */
  readonly body: Uint8Array | string | Readable | null;
  readonly #request: ExchangeRequest;
  readonly #resolve: (response: WireResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #forgetDeadline: () => void;
  /** Opens the source once there is a connection; undici reads the beginning of a stream before that. */
  #begin: (() => void) | null = null;
  readonly #onAbort = (): void => this.#stop(this.#request.signal.reason);
  /** Null until the request is written to a connection. */
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    request: ExchangeRequest,
    deadlines: DeadlineWatch,
    resolve: (response: WireResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    const { body, deadlineMs, signal } = request;
    if (isByteSource(body)) {
      const begun = Promise.withResolvers<void>();
      this.#begin = begun.resolve;
      this.body = wholeBody(body, begun.promise);
    } else this.body = body;
    this.#forgetDeadline = deadlines.add(deadlineMs, () =>
      this.#stop(this.#late(`did not answer within our deadline of ${deadlineMs / 1000} s`)),
    );
    signal.addEventListener('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection: undici writes nothing of it.
    if (this.#settled) controller.abort(new Error('given up'));
    else this.#begin?.();
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = flat(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#settled) return;
    this.#bytes += chunk.length;
    const { longestAnswerBytes, onBytes } = this.#request;
    if (this.#bytes <= longestAnswerBytes) {
      this.#chunks.push(chunk);
      if (this.#status < 300) onBytes?.(chunk);
    } else
      this.#stop(
        new ExchangeError(
          `answered ${this.#status} with more than ${longestAnswerBytes} bytes, the limit for an answer`,
          { reason: 'too_long', status: this.#status },
        ),
      );
  }

  onResponseEnd(): void {
    const [first = new Uint8Array(), ...rest] = this.#chunks;
    const bytes = rest.length === 0 ? first : Buffer.concat(this.#chunks);
    if (this.#settle()) this.#resolve({ status: this.#status, headers: this.#headers, bytes });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#settle()) this.#reject(this.#toExchangeError(error));
  }

  /** Settles before it aborts, so that undici's error about the closed connection is ignored. */
  #stop(reason: unknown): void {
    if (!this.#settle()) return;
    this.#reject(reason);
    this.#controller?.abort(new Error('given up'));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#chunks = [];
    this.#forgetDeadline();
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    return true;
  }

  #late(message: string, code: string | null = null): ExchangeError {
    return new ExchangeError(message, {
      reason: 'deadline',
      code,
      unsent: this.#controller === null,
    });
  }

  #toExchangeError(error: Error): ExchangeError {
    if (error instanceof SourceFailure)
      return new ExchangeError('was not called: the data to send could not be read', {
        reason: 'source_failed',
        cause: error.cause,
      });
    const code = codeOf(error);
    const { deadlineMs, headersMs = deadlineMs } = this.#request;
    if (code === 'UND_ERR_HEADERS_TIMEOUT')
      return this.#late(`did not begin to answer within ${headersMs / 1000} s`, code);
    if (code === 'UND_ERR_BODY_TIMEOUT')
      return this.#late('stopped sending in the middle of its answer', code);
    const connecting = this.#controller === null;
    const what = connecting
      ? 'could not be reached'
      : error.message === UNASKED_CONTINUE
        ? 'sent 100 Continue without being asked, which ends the connection although the request arrived'
        : 'closed the connection before its answer was complete';
    return new ExchangeError(`${what} (${code ?? 'no code'})`, {
      reason: connecting ? 'unreachable' : 'broken_off',
      code,
      // undici's parser errors contain the bytes that they failed on.
      cause: 'data' in error ? undefined : error,
    });
  }
}

/** What undici says of an answer of 100; it never asks for one (8.12, `onHeadersComplete` of its HTTP/1 client). */
const UNASKED_CONTINUE = 'bad response';

function flat(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flattened: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined)
      flattened[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flattened;
}

function codeOf(error: Error): string | null {
  if (error instanceof AggregateError && error.errors[0] instanceof Error)
    return codeOf(error.errors[0]);
  const code = 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : null;
}
