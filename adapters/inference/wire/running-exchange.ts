import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ExchangeRequest, WireResponse } from './wire-message.ts';
import type { Deadline, DeadlineClock } from './deadline-clock.ts';
import { ExchangeError } from './exchange-error.ts';
import { isByteSource } from './wire-body.ts';
import { SourceFailure, wholeBody } from './whole-body.ts';

/**
 * Takes what undici tells of one exchange, and settles once. undici's own `request` makes a stream of every answer,
 * which costs more than the rest of a small exchange.
 */
export class RunningExchange implements Dispatcher.DispatchHandler {
  /** What undici is to send. */
  readonly body: Uint8Array | string | Readable | null;
  readonly #request: ExchangeRequest;
  readonly #resolve: (response: WireResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #clock: DeadlineClock;
  readonly #deadline: Deadline;
  /** undici reads a stream's beginning before it has a connection: a source is opened only when there is one. */
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
    clock: DeadlineClock,
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
    this.#clock = clock;
    this.#deadline = {
      at: performance.now() + deadlineMs,
      onPassed: () =>
        this.#stop(this.#late(`did not answer within our deadline of ${deadlineMs / 1000} s`)),
    };
    clock.watch(this.#deadline);
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
    const { longestAnswerBytes } = this.#request;
    if (this.#bytes <= longestAnswerBytes) this.#chunks.push(chunk);
    else
      this.#stop(
        new ExchangeError(
          `answered ${this.#status} with more than ${longestAnswerBytes} bytes, which no answer has`,
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
    if (this.#settle()) this.#reject(this.#judged(error));
  }

  /** Settles first: what undici says of its broken connection afterwards is no news. */
  #stop(reason: unknown): void {
    if (!this.#settle()) return;
    this.#reject(reason);
    this.#controller?.abort(new Error('given up'));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#chunks = [];
    this.#clock.withdraw(this.#deadline);
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

  #judged(error: Error): ExchangeError {
    if (error instanceof SourceFailure)
      return new ExchangeError('was not asked: what we wanted to send could not be read', {
        reason: 'source_failed',
        cause: error.cause,
      });
    const code = codeOf(error);
    const { deadlineMs, headersMs = deadlineMs } = this.#request;
    if (code === 'UND_ERR_HEADERS_TIMEOUT')
      return this.#late(`did not begin to answer within ${headersMs / 1000} s`, code);
    if (code === 'UND_ERR_BODY_TIMEOUT')
      return this.#late('fell silent in the middle of its answer', code);
    const connecting = this.#controller === null;
    const what = connecting
      ? 'could not be reached'
      : 'broke the connection off before it had answered';
    return new ExchangeError(`${what} (${code ?? 'no code'})`, {
      reason: connecting ? 'unreachable' : 'broken_off',
      code,
      // undici's parser errors carry the bytes they failed on.
      cause: 'data' in error ? undefined : error,
    });
  }
}

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
