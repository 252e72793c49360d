import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../../../adapters/cache/connect-redis.ts';
import { createGate } from '../../../../adapters/inference/limits/create-gate.ts';
import { createRedisGateStore } from '../../../../adapters/inference/limits/gate-store.ts';
import { readInferenceConfiguration } from '../../../../adapters/inference/targets/read-configuration.ts';
import { fingerprint } from '../../../../adapters/inference/targets/record-target.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testStack } from '../../../support/stack.ts';
import { testGateway } from '../test-gateway.ts';

const CONFIGURATION = `
roles:
  transcribe:
    - { name: first, contract: openai, url: "\${FIRST_URL}", token: "\${FIRST_TOKEN}", model: whisper, coldStart: true }
    - { name: second, contract: openai, url: "http://second.invalid/v1", model: whisper-2 }
    - { name: third, contract: openai, url: "\${THIRD_URL}", model: whisper-3 }
`;

test('the targets are listed with their gates, and without addresses and tokens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'hansard.yaml');
  await writeFile(path, CONFIGURATION);
  const env = {
    HANSARD_CONFIG: path,
    // Another target than that of any other run.
    FIRST_URL: `http://${freshTenant()}.secret-host.invalid/v1`,
    FIRST_TOKEN: 'secret-token',
  };
  await using gateway = await testGateway({ env });
  const { headers } = await gateway.keyOf(freshTenant(), 'auditor');
  const list = async () => await gateway.app.inject({ url: '/api/targets', headers });
  const answer = await list();
  const listed = answer.json<Record<'targets' | 'skipped', { role: string }[]>>();
  const ofRole = (of: readonly { role: string }[]) =>
    of.filter(({ role }) => role === 'transcribe');
  expect({ targets: ofRole(listed.targets), skipped: ofRole(listed.skipped) }).toEqual({
    targets: [
      {
        role: 'transcribe',
        target: 'first',
        contract: 'openai',
        model: 'whisper',
        coldStart: true,
        concurrency: 4,
        requestsPerMinute: null,
        tokens: 1,
        gate: { state: 'open', reason: null, closedForMs: 0, detail: null },
      },
      expect.objectContaining({ target: 'second', coldStart: false, tokens: 0 }),
    ],
    skipped: [{ role: 'transcribe', target: 'third' }],
  });
  for (const secret of ['secret', '.invalid', 'FIRST']) expect(answer.body).not.toContain(secret);

  const [first] = (await readInferenceConfiguration(gateway.env, '/')).roles.transcribe;
  if (first === undefined) throw new Error('there is no target');
  const redis = await connectRedis(testStack().env['REDIS_URL'] ?? '');
  onTestFinished(() => redis.close());
  const gate = createGate({
    shared: createRedisGateStore(redis),
    now: () => new Date(),
    onFallback: () => undefined,
  });
  const admission = await gate.admit(fingerprint(first));
  if (!admission.admitted) throw new Error('it is closed');
  const refused = { answered: false, kind: 'rate_limited', waitMs: 60_000 } as const;
  await gate.report(fingerprint(first), admission, refused);
  const closed = (await list()).json<{ targets: { gate: { closedForMs: number } }[] }>();
  expect(closed.targets[0]?.gate).toMatchObject({ state: 'closed', reason: 'rate_limited' });
  expect(closed.targets[0]?.gate.closedForMs).toBeGreaterThan(0);
});

test('a configuration that cannot be read is told to nobody outside', async () => {
  await using gateway = await testGateway({ env: { HANSARD_CONFIG: '/nowhere/hansard.yaml' } });
  const { headers } = await gateway.keyOf(freshTenant(), 'admin');
  const answer = await gateway.app.inject({ url: '/api/targets', headers });
  expect(answer.json()).toMatchObject({ status: 503, code: 'service_unavailable' });
  expect(answer.body).not.toContain('nowhere');
});
