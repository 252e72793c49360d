import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../adapters/logging/create-log.ts';
import { temporalAddress } from '../../adapters/temporal/connect.ts';
import type { Environment, GatewayConfig } from '../config.ts';
import { createServiceConnections } from '../service-connections.ts';
import { buildGateway } from './build-gateway.ts';
import { PAGE_FOLDER } from './page/page-folder.ts';

/** Listens until SIGTERM or SIGINT; resolves when what had begun is answered. Throws when the port is taken. */
export async function serveGateway(
  env: Environment,
  {
    host,
    port,
    requestsPerMinute,
    trustedProxies,
  }: GatewayConfig & { readonly trustedProxies: readonly string[] },
): Promise<void> {
  temporalAddress({ env });
  const log = createLog();
  const services = createServiceConnections(env, { maxDatabaseConnections: 10, log });
  // A wrong configuration is told now, not to the first client.
  await Promise.all([services.inference(), services.issuers()]);
  const options = { log, requestsPerMinute, trustedProxies, pageFolder: PAGE_FOLDER };
  const { app } = await buildGateway({ env, services }, options);
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
