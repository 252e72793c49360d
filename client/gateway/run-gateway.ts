import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDatabaseUrl } from '../../adapters/database/parse-database-url.ts';
import { createLog } from '../../adapters/logging/create-log.ts';
import { parseS3Settings } from '../../adapters/object-store/parse-s3-settings.ts';
import { temporalAddress } from '../../adapters/temporal/connect.ts';
import { parseGatewayConfig, readEnvironment, type Environment } from '../config.ts';
import { describeError } from '../describe-error.ts';
import { createServiceConnections } from '../service-connections.ts';
import { buildGateway } from './build-gateway.ts';

/**
 * Serves until SIGTERM or SIGINT, then answers what has begun and ends. Wrong settings end it at once; services that do
 * not answer do not: `/readyz` tells of them.
 */
export async function runGateway(): Promise<void> {
  try {
    const { env } = readEnvironment();
    await serve(env);
    process.exit(0);
  } catch (error) {
    console.error(`hansard gateway: ${describeError(error)}`);
    process.exit(1);
  }
}

async function serve(env: Environment): Promise<void> {
  const { host, port, requestsPerMinute } = parseGatewayConfig(env);
  // Missing or wrong ones are told now, not to the first client.
  parseDatabaseUrl(env);
  parseS3Settings(env);
  temporalAddress({ env });
  const log = createLog();
  const services = createServiceConnections(env, { maxDatabaseConnections: 10 });
  const { app } = await buildGateway({ env, services }, { log, requestsPerMinute });
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const url = await app.listen({ host, port }).catch(namingVariable(port));
  log.info({ gateway: url }, 'ready');
  await stopped;
  const closed = app.close();
  await Promise.race([closed, sleep(GRACE_MS, undefined, { ref: false })]);
  app.server.closeAllConnections();
  await closed;
  await services.close();
}

/** For requests that have begun. */
const GRACE_MS = 10_000;

const namingVariable =
  (port: number) =>
  (error: unknown): never => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(
      `port ${port} is taken: set HANSARD_PORT_GATEWAY to another one, or to 0 for any free one`,
      { cause: error },
    );
  };
