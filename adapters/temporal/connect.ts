import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import type { Environment } from '../settings/environment.ts';
import {
  TemporalCredentialsError,
  TemporalSettingsError,
  TemporalUnreachableError,
} from './temporal-errors.ts';
import { CANCELLED, grpcCode, UNAUTHENTICATED, PERMISSION_DENIED } from './grpc-status.ts';

export interface TemporalOptions {
  /** Holds the `TEMPORAL_*` variables; the process's own environment is not read. */
  readonly env: Environment;
  /** Default 5 s: a running server answers within milliseconds. */
  readonly connectTimeoutMs?: number;
  /** For a call of the client, retries included. Default 30 s: a server answers within a second, a busy one within ten. */
  readonly callTimeoutMs?: number;
  /**
   * How often the client asks whether a connection still works, and for how long it waits for the answer. Default 30 s and
   * 15 s, as the worker's native connection: servers close connections that ask more often than every 10 s.
   */
  readonly keepAlive?: { readonly everyMs: number; readonly answerMs: number };
}

/** The address and namespace that `TEMPORAL_*` name, for messages. Throws `TemporalSettingsError`. */
export function temporalAddress(options: TemporalOptions): { address: string; namespace: string } {
  const { connectionOptions, namespace } = load(options);
  return { address: connectionOptions.address, namespace };
}

/** A client of the configured namespace; the caller closes `client.connection`. Throws the errors of `temporal-errors.ts`. */
export async function connectClient(options: TemporalOptions): Promise<Client> {
  const { connectionOptions, namespace } = load(options);
  const { connectTimeoutMs: connectTimeout = CONNECT_TIMEOUT_MS } = options;
  const { everyMs, answerMs } = options.keepAlive ?? { everyMs: 30_000, answerMs: 15_000 };
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout,
    channelArgs: {
      // gRPC's own limit is 4 MB; a history may have more. The SDK's default misses the prefix and has no effect.
      'grpc.max_receive_message_length': -1,
      'grpc.keepalive_time_ms': everyMs,
      'grpc.keepalive_timeout_ms': answerMs,
    },
    interceptors: [withinDeadline(options.callTimeoutMs ?? CALL_TIMEOUT_MS)],
  }).catch(translated(connectionOptions.address));
  return new Client({ connection, namespace });
}

/**
 * A worker's native connection, and a client beside it; the caller closes both. Loads the SDK's native part, which a
 * client alone does not need. Throws the same errors as `connectClient`.
 */
export async function connectWorker(options: TemporalOptions) {
  const { connectionOptions, namespace } = load(options);
  // The client goes first: where nobody answers it gives up sooner.
  const client = await connectClient(options);
  try {
    const { NativeConnection } = await import('@temporalio/worker');
    const connection = await withinTimeout(
      NativeConnection.connect(connectionOptions),
      options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    ).catch(translated(connectionOptions.address));
    return { client, connection, namespace };
  } catch (error) {
    await client.connection.close();
    throw error;
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 30_000;
/** The server answers a long poll after 20 s even when it has nothing to say; the SDK's native part waits as long. */
const LONG_POLL_TIMEOUT_MS = 70_000;
const LONG_POLL =
  /\/(GetWorkflowExecutionHistory|PollWorkflowExecutionUpdate|UpdateWorkflowExecution)$/;

/** The SDK's client waits for ever unless each call says otherwise. Its own retries count as one call. */
function withinDeadline(callTimeoutMs: number): Interceptor {
  const retrying = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());
  return (call, next) => {
    const isLongPoll = LONG_POLL.test(call.method_definition.path);
    const deadline = Date.now() + (isLongPoll ? LONG_POLL_TIMEOUT_MS : callTimeoutMs);
    return retrying({ ...call, deadline: call.deadline ?? deadline }, endingWhenClosed(next));
  };
}

/**
 * Starts a call, or one that ends at once where the channel was closed. The SDK starts the next try from a timer: gRPC's
 * error for a closed channel would there be nobody's, and end the process.
 */
const endingWhenClosed =
  (next: NextCall): NextCall =>
  (options) => {
    try {
      return next(options);
    } catch {
      const nothing = (): void => undefined;
      return {
        start: (metadata, listener) => {
          // Errors have metadata; that of the request has the API key.
          const none = metadata.clone();
          for (const name of Object.keys(none.getMap())) none.remove(name);
          listener?.onReceiveMessage?.(null);
          listener?.onReceiveStatus?.({ code: CANCELLED, details: CLOSED, metadata: none });
        },
        sendMessage: nothing,
        sendMessageWithContext: nothing,
        startRead: nothing,
        halfClose: nothing,
        cancelWithStatus: nothing,
        getPeer: () => '',
        getAuthContext: () => null,
      };
    }
  };

const CLOSED = 'the connection to Temporal was closed';

type NextCall = Parameters<Interceptor>[1];
type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/** The native connection has no timeout of its own and would retry for long. One that comes too late is closed. */
async function withinTimeout(
  connecting: Promise<NativeConnection>,
  timeoutMs: number,
): Promise<NativeConnection> {
  const waited = new AbortController();
  const tooLate = sleep(timeoutMs, null, { signal: waited.signal }).catch(() => null);
  const connection = await Promise.race([connecting, tooLate]).finally(() => waited.abort());
  if (connection !== null) return connection;
  void connecting.then((late) => late.close()).catch(() => undefined);
  throw new Error(`no answer within ${timeoutMs} ms`);
}

function load({ env }: TemporalOptions) {
  const overrideEnvVars: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) overrideEnvVars[name] = value;
  }
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    const { address, tls, apiKey, metadata } = connectionOptions;
    // Only the options that both kinds of connection share.
    const shared = {
      address: address ?? 'localhost:7233',
      ...(tls !== undefined && { tls }),
      ...(apiKey !== undefined && { apiKey }),
      ...(metadata !== undefined && { metadata }),
    } satisfies ConnectionOptions;
    return { connectionOptions: shared, namespace: namespace ?? 'default' };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TemporalSettingsError(`the TEMPORAL_* settings cannot be read: ${reason}`, { cause });
  }
}

const translated =
  (address: string) =>
  (cause: unknown): never => {
    const code = grpcCode(cause);
    if (code === UNAUTHENTICATED || code === PERMISSION_DENIED) {
      throw new TemporalCredentialsError(
        `the Temporal server at ${address} refuses the credentials: check TEMPORAL_API_KEY and TEMPORAL_TLS_*`,
        { cause },
      );
    }
    throw new TemporalUnreachableError(
      `no Temporal server answers at ${address}: start one (npm run local), or set TEMPORAL_ADDRESS`,
      { cause },
    );
  };
