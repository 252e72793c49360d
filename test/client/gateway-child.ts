import { createLog } from '../../adapters/logging/create-log.ts';
import { buildGateway } from '../../client/gateway/build-gateway.ts';
import { createServiceConnections } from '../../client/service-connections.ts';

/** A gateway in a process of its own, which tests kill: `node gateway-child.ts PORT FOLDER_OF_THE_PAGE`. */
const [port, pageFolder = ''] = process.argv.slice(2);
const services = createServiceConnections(process.env, { maxDatabaseConnections: 4 });
const log = createLog({ write: () => undefined });
const { app } = await buildGateway(
  { env: process.env, services },
  { log, requestsPerMinute: 100_000, pageFolder },
);
await app.listen({ host: '127.0.0.1', port: Number(port) });
