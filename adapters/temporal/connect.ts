import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import {
  TemporalCredentialsError,
  TemporalSettingsError,
  TemporalUnreachableError,
} from './temporal-errors.ts';
import { grpcCode, UNAUTHENTICATED, PERMISSION_DENIED } from './grpc-status.ts';

export interface TemporalOptions {
  /** Where the `TEMPORAL_*` variables are read from; the process's own environment is left alone. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default 5 s: a server that is there answers within milliseconds. */
  readonly connectTimeoutMs?: number;
}

/** Where `TEMPORAL_*` points, for messages. Throws `TemporalSettingsError`. */
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

/** The worker's connection. Loads the SDK's native part, which a client never needs. Throws as `connectClient`. */
export async function connectNative(
  options: TemporalOptions,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace } = load(options);
  // The native connection knows no connect timeout and tries for long: ask with the other one first.
  const client = await connectClient(options);
  await client.connection.close();
  const { NativeConnection } = await import('@temporalio/worker');
  return translated(connectionOptions.address, async () => ({
    connection: await NativeConnection.connect(connectionOptions),
    namespace,
  }));
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
    // Only what both kinds of connection understand in the same way.
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
