import { createLog } from '../../../adapters/logging/create-log.ts';
import { buildGateway } from '../../../client/gateway/build-gateway.ts';
import type { Role } from '../../../client/gateway/policy.ts';
import { createServiceConnections } from '../../../client/service-connections.ts';
import { createKey } from '../../../client/keys/manage-keys.ts';
import { testStack } from '../../support/stack.ts';

/** A gateway on the test stack that listens nowhere; `inject` asks it. */
export async function testGateway({
  env = {},
  requestsPerMinute = 100_000,
  ...options
}: {
  readonly env?: Readonly<Record<string, string>>;
  readonly requestsPerMinute?: number;
} & Pick<Parameters<typeof buildGateway>[1], 'apiRoutes' | 'pageFolder' | 'trustedProxies'> = {}) {
  const logged: string[] = [];
  const log = createLog({ write: (line) => void logged.push(line) });
  const context = environmentOf(env);
  const { app, routes } = await buildGateway(context, { log, requestsPerMinute, ...options });
  return {
    app,
    routes,
    ...context,
    /** Everything that was logged. */
    logged: () => logged.join(''),
    /** A new key of the tenant: its id, and the header with it. */
    keyOf: async (tenant: string, role: Role, name = `${role} of a test`) => {
      const { id, key } = await createKey(context.services.apiKeys, tenant, { name, role });
      return { id, key, headers: { authorization: `Bearer ${key}` } };
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await context.services.close();
    },
  };
}

function environmentOf(changed: Readonly<Record<string, string>>) {
  const env = { ...testStack().env, ...changed };
  return { env, services: createServiceConnections(env, { maxDatabaseConnections: 4 }) };
}
