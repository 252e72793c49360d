import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createServiceConnections } from '../../client/service-connections.ts';
import { choosePort } from '../../local/choose-port.ts';
import { keepGateway } from '../../local/keep-gateway.ts';
import { signInLines } from '../../local/sign-in.ts';
import { createSupervisor } from '../../local/supervisor.ts';
import { freshTenant } from '../client/fresh-tenant.ts';
import { testStack } from '../support/stack.ts';

test('each start of a stack has a gateway, and an admin key in place of the one before', async () => {
  const stack = testStack();
  const directory = await mkdtemp(join(tmpdir(), 'keep-gateway-'));
  const environment = { ...stack.env, HANSARD_TENANT: freshTenant() };
  const services = createServiceConnections(environment);
  const said: string[] = [];
  const started = async () => {
    const supervisor = createSupervisor(directory);
    const ports = { ...stack.ports, gateway: await choosePort() };
    const { clone, env } = stack;
    const parts = { temporal: stack.temporal, s3: stack.s3, databaseUrl: stack.databaseUrl };
    const facts = { ...parts, directory, clone, ports, env, inference: null, redis: null };
    const variables = await keepGateway({ ...facts, supervisor }, environment, services, (line) =>
      said.push(line),
    );
    return { ...variables, stop: supervisor.stopAll };
  };
  const ask = async (url: string, key: string) =>
    (await fetch(`${url}/api/keys`, { headers: { authorization: `Bearer ${key}` } })).status;

  const first = await started();
  expect(await ask(first.HANSARD_URL, first.HANSARD_KEY)).toBe(200);
  const lines = await signInLines({
    hasPage: true,
    environment: {
      ...environment,
      HANSARD_GATEWAY_URL: first.HANSARD_GATEWAY_URL,
      HANSARD_KEY: first.HANSARD_KEY,
    },
  });
  const [, url = '', link = ''] =
    /^Sign in: (.+)\/#\/sign-in\?link=(link_[\w-]+)$/m.exec(lines) ?? [];
  expect(url).toBe(first.HANSARD_URL);
  expect(lines).toContain(`keys link ${first.HANSARD_KEY.split('_')[1]}`);
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ link }),
  });
  expect(signedIn.status).toBe(204);
  await first.stop();
  const second = await started();
  expect(await ask(second.HANSARD_URL, first.HANSARD_KEY)).toBe(401);
  expect(await ask(second.HANSARD_URL, second.HANSARD_KEY)).toBe(200);
  await second.stop();
  await services.close();
  await rm(directory, { recursive: true });
  expect(said).toEqual([
    'gateway is starting',
    'gateway is up',
    'gateway is starting',
    'gateway is up',
  ]);
});
