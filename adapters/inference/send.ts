import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Answers, Target, WireRequest, WireResponse } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { InferenceError } from './inference-error.ts';
import { toNetworkError } from './network-error.ts';

export interface SendOptions {
  /** The caller's: when it aborts, `send` rejects with its very reason. */
  readonly signal: AbortSignal;
  /** Until the last byte of the answer. */
  readonly deadlineMs: number;
  /** Which of the target's tokens goes along; null: none. Default: the first. */
  readonly token?: string | null;
  /** Joins the calls of one job on Hugging Face's bill; goes to the router only. */
  readonly sessionId?: string | null;
}

export interface Transport {
  /**
   * One attempt, whatever its outcome: no retries, no redirects. Answers of every status come back. Throws
   * `InferenceError` where no whole answer came, and `signal.reason` when the caller aborts.
   */
  readonly send: (
    request: WireRequest,
    target: Target,
    options: SendOptions,
  ) => Promise<WireResponse>;
  /** The picture that lies at the address a provider named, fetched without credentials. */
  readonly download: (
    url: string,
    target: Target,
    options: SendOptions,
  ) => Promise<Answers['illustrate']>;
  readonly exchange: Exchange;
  readonly close: () => Promise<void>;
}

export function createTransport({
  userAgent,
  connectionsPerOrigin = 50,
  dispatcher,
}: {
  readonly userAgent: string;
  readonly connectionsPerOrigin?: number;
  /** In the place of our own agent; the caller closes it. */
  readonly dispatcher?: Dispatcher;
}): Transport {
  const agent = dispatcher ?? createAgent(connectionsPerOrigin);

  return {
    send: async (request, target, { signal, deadlineMs }) => {
      signal.throwIfAborted();
      const headers = headersOf(request, target, userAgent);
      const deadline = AbortSignal.timeout(Math.max(deadlineMs, 0));
      try {
        const url = new URL(request.url);
        const answer = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers,
          body: request.body,
          signal: AbortSignal.any([signal, deadline]),
        });
        const chunks: Uint8Array[] = [];
        let bytes = 0;
        // Leaving the loop early destroys the body, and its socket with it.
        for await (const chunk of answer.body) {
          if (!(chunk instanceof Uint8Array)) continue;
          bytes += chunk.length;
          if (bytes > longestAnswer(target)) throw tooLong(target, answer.statusCode);
          chunks.push(chunk);
        }
        return {
          status: answer.statusCode,
          headers: flat(answer.headers),
          bytes: Buffer.concat(chunks),
        };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof InferenceError) throw error;
        if (deadline.aborted)
          throw new InferenceError(
            `${target.name} did not answer within our deadline of ${deadlineMs / 1000} s. It is asked again.`,
            { kind: 'transient', target: target.name, billing: 'unknown' },
          );
        throw toNetworkError(error, target);
      }
    },
    close: async () => {
      if (dispatcher === undefined) await agent.close();
    },
  };
}

const createAgent = (connections: number): Agent =>
  new Agent({
    connections,
    // The deadline of the call governs; two timers would disagree.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A host that does not take a connection in 10 s is down: that request is known to be unsent.
    connect: { timeout: 10_000 },
  });

function headersOf(
  request: WireRequest,
  target: Target,
  userAgent: string,
): Record<string, string> {
  // The secret goes to the server that it is configured for, whatever a contract builds.
  if (new URL(request.url).origin !== new URL(target.baseUrl).origin)
    throw new TypeError(
      `${target.name}: the contract ${target.contract} leaves the target's server`,
    );
  return {
    ...request.headers,
    'accept-encoding': 'identity',
    'user-agent': userAgent,
    ...(target.tokens[0] === undefined ? {} : { authorization: `Bearer ${target.tokens[0]}` }),
    ...(target.billTo === null ? {} : { 'x-hf-bill-to': target.billTo }),
  };
}

/** Far above any real answer: a 2048 x 2048 PNG has 16 MiB at most, an hour's transcript with words 5 MiB. */
const longestAnswer = (target: Target): number =>
  (target.role === 'illustrate' ? 64 : 16) * 1024 * 1024;

const tooLong = (target: Target, status: number): InferenceError =>
  new InferenceError(
    `${target.name} answered ${status} with more than ${longestAnswer(target)} bytes, which no answer has. Check its url.`,
    {
      kind: 'provider_bug',
      target: target.name,
      status,
      billing: status >= 200 && status < 300 ? 'billed' : 'refused',
    },
  );

function flat(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
