import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
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
  return { address: connectionOptions.address ?? DEFAULT_ADDRESS, namespace };
}

/** A client of the configured namespace; the caller closes `client.connection`. Throws the errors of `temporal-errors.ts`. */
export async function connectClient(options: TemporalOptions): Promise<Client> {
  const { connectionOptions, namespace } = load(options);
  return translated(connectionOptions.address, async () => {
    const connection = await Connection.connect({
      ...connectionOptions,
      connectTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    });
    return new Client({ connection, namespace });
  });
}

/**
 * A worker's native connection, and a client beside it; the caller closes both. Loads the SDK's native part, which a
 * client alone does not need. Throws the same errors as `connectClient`.
 */
export async function connectWorker(options: TemporalOptions): Promise<{
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
}> {
  const { connectionOptions, namespace } = load(options);
  // The client goes first: the native connection has no connect timeout and would retry for long.
  const client = await connectClient(options);
  try {
    const { NativeConnection } = await import('@temporalio/worker');
    return await translated(connectionOptions.address, async () => ({
      client,
      connection: await NativeConnection.connect(connectionOptions),
      namespace,
    }));
  } catch (error) {
    await client.connection.close();
    throw error;
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_ADDRESS = 'localhost:7233';

function load(options: TemporalOptions) {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(options.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    const { address, tls, apiKey, metadata } = connectionOptions;
    // Only the options that both kinds of connection share.
    const shared = {
      address: address ?? DEFAULT_ADDRESS,
      ...(tls !== undefined && { tls }),
      ...(apiKey !== undefined && { apiKey }),
      ...(metadata !== undefined && { metadata }),
    } satisfies ConnectionOptions;
    return { connectionOptions: shared, namespace: namespace ?? 'default' };
  } catch (error) {
    throw new TemporalSettingsError(error);
  }
}

async function translated<T>(address: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    const code = grpcCode(error);
    throw code === UNAUTHENTICATED || code === PERMISSION_DENIED
      ? new TemporalCredentialsError(address, error)
      : new TemporalUnreachableError(address, error);
  }
}
