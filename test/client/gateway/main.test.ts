import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testStack } from '../../support/stack.ts';

const CLONE = resolve(import.meta.dirname, '../../..');

/** `npm run gateway`, with the variables that are given and no others. */
function startGateway(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['client/gateway/main.ts'], {
    cwd: CLONE,
    // Its HANSARD_HOME has no local stack.
    env: { HANSARD_HOME: join(tmpdir(), 'hansard-test-home'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (block: Buffer) => (stderr += String(block)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  return { child, ended };
}

async function urlOf({ child, ended }: ReturnType<typeof startGateway>): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = z.object({ gateway: z.string() }).safeParse(JSON.parse(line));
    if (ready.success) return ready.data.gateway;
  }
  throw new Error((await ended).stderr);
}

test('it listens on the loopback interface only, names a taken port, and ends when it is told to', async () => {
  const env = { ...testStack().env, HANSARD_PORT_GATEWAY: '0' };
  const gateway = startGateway(env);
  try {
    const url = await urlOf(gateway);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    // The connection that is kept for a next request does not hold up the end.
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    const { port } = new URL(url);
    const second = await startGateway({ ...env, HANSARD_PORT_GATEWAY: port }).ended;
    expect(second).toEqual({
      code: 1,
      stderr: `hansard gateway: port ${port} is taken: set HANSARD_PORT_GATEWAY to another one, or to 0 for any free one\n`,
    });
  } finally {
    gateway.child.kill('SIGTERM');
  }
  expect(await gateway.ended).toEqual({ code: 0, stderr: '' });
});

test.each([
  [{ HANSARD_PORT_GATEWAY: '80a' }, 'HANSARD_PORT_GATEWAY is not a whole number from 0 to 65535'],
  [{ HANSARD_GATEWAY_RATE: '0' }, 'HANSARD_GATEWAY_RATE is not a whole number from 1 to 1000000'],
  [
    { HANSARD_GATEWAY_TRUSTED_PROXIES: '10.0.0.0/8, everybody' },
    'HANSARD_GATEWAY_TRUSTED_PROXIES takes addresses and networks of proxies',
  ],
  [{ HANSARD_OPERATOR_TENANT: 'No One' }, 'HANSARD_OPERATOR_TENANT is not a tenant id'],
  [{}, 'DATABASE_URL is not set'],
])('%j ends it at once: %s', async (env, words) => {
  const { code, stderr } = await startGateway(env).ended;
  expect(stderr).toContain(`hansard gateway: ${words}`);
  expect(code).toBe(1);
});
