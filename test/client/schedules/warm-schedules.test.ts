import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freshNamespace } from '../../adapters/temporal/fresh-namespace.ts';
import { hansard } from '../cli-child.ts';

const CONFIGURATION = `
roles:
  transcribe:
    - { name: cold-one, contract: openai, url: "http://localhost:1", model: a, coldStart: true }
    - { name: warm-one, contract: openai, url: "http://localhost:1", model: b }
`;

async function configured() {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-warm-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'hansard.yaml'), CONFIGURATION);
  return join(folder, 'hansard.yaml');
}

test('warm: apply, status, pause, apply again, delete, on a real server', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  const env = { ...fresh.env, HANSARD_CONFIG: await configured() };
  const warm = async (...args: string[]) => {
    const { code, stdout, stderr } = await hansard(['warm', ...args], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const handle = client.schedule.getHandle('warm/cold-one');

  const said = await warm('apply', '--hours', '0-24', '--days', 'MON-SUN', '--time-zone', 'UTC');
  expect(said).toMatch(/cold-one: schedule created/);
  expect(said).toMatch(/15 calls an hour, 360 a day, 2520 a week/);
  expect(said).not.toContain('warm-one');
  const { action, policies, spec } = await handle.describe();
  expect(action).toMatchObject({
    workflowType: 'warmModels',
    taskQueue: 'pipeline',
    args: [{ targets: ['cold-one'] }],
  });
  expect(policies).toEqual({ overlap: 'SKIP', catchupWindow: 60_000, pauseOnFailure: false });
  expect(spec.jitter).toBe(20_000);

  // The first run starts at once; no worker takes it up.
  await expect
    .poll(async () => JSON.parse(await warm('status', '--json')) as unknown, { timeout: 20_000 })
    .toMatchObject([{ target: 'cold-one', paused: false, last: [{ outcome: 'running' }] }]);
  const next = (await handle.describe()).info.nextActionTimes[0]?.getTime() ?? 0;
  expect(next - Date.now()).toBeLessThan(4 * 60_000 + 20_000);
  expect(await warm('status')).toMatch(/cold-one +active +\d{4}-.*running/);

  expect(await warm('pause')).toMatch(/cold-one: schedule paused/);
  await expect.poll(async () => (await handle.describe()).state.paused).toBe(true);
  expect(await warm('apply', 'cold-one', '--every', '10m')).toMatch(/replaced/);
  await expect.poll(async () => (await handle.describe()).state.paused).toBe(false);

  expect(JSON.parse(await warm('delete', 'cold-one', '--json'))).toEqual(['cold-one']);
  await expect(handle.describe()).rejects.toThrow(/not found/i);
}, 90_000);

test('a target that does not start cold, and one without a schedule, exit 2', async () => {
  await using fresh = await freshNamespace();
  const env = { ...fresh.env, HANSARD_CONFIG: await configured() };
  const wrong = await hansard(['warm', 'apply', 'warm-one'], { env });
  expect(wrong.stderr).toMatch(/"warm-one" is not a target with coldStart.*cold-one/);
  const gone = await hansard(['warm', 'pause', 'cold-one'], { env });
  expect(gone.stderr).toMatch(/"cold-one" has no warm-up schedule/);
  expect([wrong.code, gone.code]).toEqual([2, 2]);
});
