import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Environment } from '../settings/environment.ts';
import {
  TemporalCredentialsError,
  TemporalSettingsError,
  TemporalUnreachableError,
} from './temporal-errors.ts';
import { grpcCode, UNAUTHENTICATED, PERMISSION_DENIED } from './grpc-status.ts';

export interface TemporalOptions {
  /** Holds the `TEMPORAL_*` variables; the process's own environment is not read. */
  readonly env: Environment;
  /** Default 5 s: a running server answers within milliseconds. */
  readonly connectTimeoutMs?: number;
}

/** The address and namespace that `TEMPORAL_*` name, for messages. Throws `TemporalSettingsError`. */
export function temporalAddress(options: TemporalOptions): { address: string; namespace: string } {
  const { connectionOptions, namespace } = load(options);
  return { address: connectionOptions.address, namespace };
}

/** A client of the configured namespace; the caller closes `client.connection`. Throws the errors of `temporal-errors.ts`. */
export async function connectClient(options: TemporalOptions): Promise<Client> {
  const { connectionOptions, namespace } = load(options);
  const connectTimeout = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout,
    // gRPC's own limit is 4 MB; a history may have more. The SDK's default misses the prefix and has no effect.
    channelArgs: { 'grpc.max_receive_message_length': -1 },
  }).catch(translated(connectionOptions.address));
  return new Client({ connection, namespace });
}

/**
 * A worker's native connection, and a client beside it; the caller closes both. Loads the SDK's native part, which a
 * client alone does not need. Throws the same errors as `connectClient`.
 */
export async function connectWorker(options: TemporalOptions) {
  const { connectionOptions, namespace } = load(options);
  // The client goes first: the native connection has no connect timeout and would retry for long.
  const client = await connectClient(options);
  try {
    const { NativeConnection } = await import('@temporalio/worker');
    const connection = await NativeConnection.connect(connectionOptions).catch(
      translated(connectionOptions.address),
    );
    return { client, connection, namespace };
  } catch (error) {
    await client.connection.close();
    throw error;
  }
}

const CONNECT_TIMEOUT_MS = 5_000;

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
