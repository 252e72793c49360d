import { Agent, type Dispatcher } from 'undici';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { contractOf } from '../protocols/contract-table.ts';
import type { Target } from '../targets/target.ts';
import { errorFor, type InferenceError } from '../verdicts/inference-error.ts';
import { DEADLINES_MS } from './deadlines.ts';
import { createDownload, type Download } from './create-download.ts';
import { createExchange, ExchangeError, type Exchange } from './exchange.ts';
import type { ExchangeRequest, WireRequest, WireResponse } from './wire-message.ts';

export interface SendOptions {
  /** When it aborts, `send` rejects with its reason. */
  readonly signal: AbortSignal;
  /** Until the last byte of the answer. */
  readonly deadlineMs: number;
  /** The target's token to send; null: none. Default: the first. */
  readonly token?: string | null;
  /** Called with each piece of a successful answer, as it arrives; must not throw. */
  readonly onBytes?: ExchangeRequest['onBytes'];
  /** Groups the calls of one job on Hugging Face's bill; sent to the router only. */
  readonly sessionId?: string | null;
}

export interface Transport {
  /**
   * One attempt, whatever its outcome: no retries, no redirects. Returns answers of every status. Throws
   * `InferenceError` if no complete answer came, and `signal.reason` if the caller aborts.
   */
  readonly send: (
    request: WireRequest,
    target: Target,
    options: SendOptions,
  ) => Promise<WireResponse>;
  readonly download: Download['download'];
  readonly downloadText: Download['downloadText'];
  readonly exchange: Exchange;
  readonly close: () => Promise<void>;
}

export function createTransport({
  userAgent,
  routerUrl = 'https://router.huggingface.co',
  dispatcher,
}: {
  readonly userAgent: string;
  /** The only server that receives session ids. */
  readonly routerUrl?: string;
  /** Replaces our own agent; the caller closes it. */
  readonly dispatcher?: Dispatcher;
}): Transport {
  // One exchange per connection: a broken connection ends no other call.
  const connect = { timeout: DEADLINES_MS.connect };
  const agent = dispatcher ?? new Agent({ connections: 50, allowH2: false, connect });
  const exchange = createExchange({ agent, userAgent });
  const { download, downloadText, close } = createDownload({ userAgent });
  const router = new URL(routerUrl);
  let closed = false;

  return {
    send: async (request, target, options) => {
      const { method, url, body } = request;
      const { signal, deadlineMs } = options;
      const headers = headersOf(request, target, router, options);
      const streaming = target.stream && !('x-scale-up-timeout' in headers);
      try {
        return await exchange({
          method,
          url,
          headers,
          body,
          signal,
          deadlineMs,
          headersMs: streaming ? DEADLINES_MS.streamHeaders : deadlineMs,
          onBytes: options.onBytes,
          longestAnswerBytes: LONGEST_ANSWER_MIB[target.role] * 1024 * 1024,
        });
      } catch (error) {
        throw error instanceof ExchangeError ? toInferenceFailure(error, target) : error;
      }
    },
    download,
    downloadText,
    exchange,
    close: async () => {
      if (closed) return;
      closed = true;
      await close();
      if (dispatcher === undefined) await agent.close();
    },
  };
}

/**
 * The verdict if no complete answer came: transient, except for an answer that is too long. How far the exchange came
 * tells whether the request was sent, not the error's code: a reset may come after the model has worked.
 */
function toInferenceFailure(error: ExchangeError, target: Target): InferenceError {
  const { reason, status } = error;
  const isTooLong = reason === 'too_long';
  const succeeded = status !== null && status >= 200 && status < 300;
  return errorFor(target, null, {
    kind: isTooLong ? 'provider_bug' : 'transient',
    says: `${error.message}. ${ADVICE[reason]}`,
    status,
    charge: isTooLong ? (succeeded ? 'billed' : 'refused') : error.unsent ? 'unsent' : 'unknown',
    cause: error,
  });
}

const ADVICE: Readonly<Record<ExchangeError['reason'], string>> = {
  unreachable: 'It is retried; if this persists, check its url and the network.',
  broken_off: 'It is retried; if this persists, check its url and the network.',
  deadline: 'It is retried.',
  too_long: 'Check its url.',
  source_failed: 'It is retried; if this persists, check the object store.',
};

function headersOf(
  request: WireRequest,
  target: Target,
  router: URL,
  { token = target.apiTokens[0] ?? null, sessionId = null, deadlineMs }: SendOptions,
): Record<string, string> {
  const { origin, host } = serverOf(target);
  const { traits } = contractOf(target);
  // The token goes only to the server that it is configured for, whatever URL a contract builds.
  if (!request.url.startsWith(`${origin}/`) && new URL(request.url).origin !== origin)
    throw new TypeError(
      `${target.name}: the contract ${target.contract} leaves the target's server`,
    );
  // Ours win over those of the configuration.
  const headers: Record<string, string> = {};
  for (const [name, { value }] of Object.entries(target.headers)) headers[name] = value;
  Object.assign(headers, request.headers);
  if (token !== null) headers['authorization'] = `${traits.authorizationScheme(target)} ${token}`;
  const dedicated = traits.router === null;
  // The configuration sets it for the router only.
  if (target.billTo !== null) headers['x-hf-bill-to'] = target.billTo;
  if (sessionId !== null && !dedicated && host === router.host)
    headers['x-hf-session-id'] = printable(sessionId);
  const holdSeconds = Math.floor((deadlineMs - HOLD_MARGIN_MS) / 1000);
  if (dedicated && target.coldStart && target.endpoint === null && holdSeconds > 0)
    headers['x-scale-up-timeout'] = String(holdSeconds);
  return headers;
}

/** Parses the base URL once per target. */
function serverOf(target: Target): URL {
  const known = SERVERS.get(target);
  if (known !== undefined) return known;
  const server = new URL(target.baseUrl);
  SERVERS.set(target, server);
  return server;
}

const SERVERS = new WeakMap<Target, URL>();

/** The time left for the model if its endpoint wakes at the last moment: a warm Whisper answers a chunk in it. */
const HOLD_MARGIN_MS = 5000;

/** The router takes 256 characters. */
const printable = (sessionId: string): string =>
  sessionId.replaceAll(/[^\x21-\x7e]/g, '-').slice(0, 256);

/**
 * Far above any real answer: a 2048 x 2048 PNG has 16 MiB at most, an hour's transcript with words 5 MiB, a day's
 * turns 10 MiB, a thousand
 * vectors of 1024 numbers 20 MiB, a thousand labels 0.2 MiB, a streamed summary of 4096 tokens 2 MiB.
 */
const LONGEST_ANSWER_MIB: Readonly<Record<Role, number>> = {
  transcribe: 16,
  diarize: 32,
  summarize: 4,
  generate: 16,
  embed: 64,
  illustrate: 64,
  moderate: 2,
  classify: 2,
};
