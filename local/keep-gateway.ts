import type { ServiceConnections } from '../client/service-connections.ts';
import { answersOk } from './answers-ok.ts';
import { keepRunning } from './keep-running.ts';
import type { StartingStack } from './stack.ts';

/**
 * Keeps a gateway running on the stack, and returns what its clients need: its address, twice, for programs and for people
 * (whose page it is), and a key of an admin that takes the place of the one of the last start.
 */
export async function keepGateway(
  stack: StartingStack,
  environment: NodeJS.ProcessEnv,
  services: Pick<ServiceConnections, 'apiKeys'>,
  log: (line: string) => void,
): Promise<Readonly<Record<'HANSARD_URL' | 'HANSARD_GATEWAY_URL' | 'HANSARD_KEY', string>>> {
  const url = `http://127.0.0.1:${stack.ports.gateway}`;
  const [key] = await Promise.all([
    replaceKey(services, environment),
    keepRunning(
      stack,
      {
        name: 'gateway',
        command: process.execPath,
        arguments: ['client/gateway/main.ts'],
        environment: {
          ...environment,
          HANSARD_GATEWAY_HOST: '127.0.0.1',
          HANSARD_PORT_GATEWAY: String(stack.ports.gateway),
        },
        workingFolder: stack.clone,
        isReady: () => answersOk(`${url}/readyz`),
        stopWithinMs: 15_000,
      },
      log,
    ),
  ]);
  return { HANSARD_URL: url, HANSARD_GATEWAY_URL: url, HANSARD_KEY: key };
}

async function replaceKey(
  { apiKeys }: Pick<ServiceConnections, 'apiKeys'>,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const [{ createKey }, { parseTenant }] = await Promise.all([
    import('../client/keys/manage-keys.ts'),
    import('../client/config.ts'),
  ]);
  const tenant = parseTenant(environment);
  const keys = await apiKeys();
  const earlier = (await keys.list(tenant)).filter(({ name }) => name === KEY_NAME);
  // The key itself is stored nowhere, and nobody can have the earlier one but from a stack that has ended.
  for (const { id } of earlier) await keys.revoke(tenant, id);
  return (await createKey(apiKeys, tenant, { name: KEY_NAME, role: 'admin' })).key;
}

const KEY_NAME = 'local stack';
