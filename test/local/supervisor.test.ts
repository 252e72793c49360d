import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { choosePort } from '../../local/choose-port.ts';
import { processStartTime } from '../../local/process-identity.ts';
import { createSupervisor, endLeftovers } from '../../local/supervisor.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'supervisor-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const sleeper = (name: string, script = 'sleep 300') => ({
  name,
  command: '/bin/sh',
  arguments: ['-c', script],
  isReady: () => Promise.resolve(true),
});
const isGone = async (pid: number) => (await processStartTime(pid)) === null;

test('stopping a child also stops what it started', async () => {
  const supervisor = createSupervisor(directory);
  const child = await supervisor.start(sleeper('parent', 'sleep 300 & echo $!; wait'));
  const grandchild = await vi.waitFor(async () => {
    const pid = Number(await readFile(child.logFile, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    return pid;
  });
  await supervisor.stopAll();
  expect(await isGone(child.pid)).toBe(true);
  await vi.waitFor(async () => expect(await isGone(grandchild)).toBe(true));
});

test('a child that ignores the stop signal is killed after its grace period', async () => {
  const supervisor = createSupervisor(directory);
  const stubborn = sleeper('stubborn', 'trap "" TERM; echo deaf; while :; do sleep 1; done');
  const child = await supervisor.start({ ...stubborn, stopWithinMs: 200 });
  await vi.waitFor(async () => expect(await readFile(child.logFile, 'utf8')).toContain('deaf'));
  await supervisor.stopAll();
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
});

test('a child that exits while starting is an error with the last lines of its log', async () => {
  const supervisor = createSupervisor(directory);
  const dying = {
    ...sleeper('dying', 'echo no such database; exit 3'),
    isReady: () => Promise.resolve(false),
  };
  await expect(supervisor.start(dying)).rejects.toThrow(
    /dying exited.*exit code 3.*\nno such database/s,
  );
});

test('a missing command is named', async () => {
  const supervisor = createSupervisor(directory);
  const missing = { ...sleeper('missing'), command: '/nowhere/at-all' };
  await expect(supervisor.start(missing)).rejects.toThrow(
    /missing: cannot start \/nowhere\/at-all/,
  );
});

test('processes that a killed parent left behind are ended by the next start', async () => {
  const orphaned = await startedByKilledParent();
  expect(await isGone(orphaned.pid)).toBe(false);
  expect(await endLeftovers(directory)).toEqual(['orphan']);
  await vi.waitFor(async () => expect(await isGone(orphaned.pid)).toBe(true));
  expect(await endLeftovers(directory)).toEqual([]);
});

test('an orphan whose group leader is dead is found by its marker and ended', async () => {
  const orphaned = await startedByKilledParent('sleep 301 & echo $!; wait');
  const grandchild = await vi.waitFor(async () => {
    const pid = Number(await readFile(join(directory, 'logs', 'orphan.log'), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    return pid;
  });
  process.kill(orphaned.pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await isGone(orphaned.pid)).toBe(true));
  expect(await isGone(grandchild)).toBe(false);
  await endLeftovers(directory);
  await vi.waitFor(async () => expect(await isGone(grandchild)).toBe(true));
});

test('a process that reuses a recorded id is not ended', async () => {
  const stranger = spawn('sleep', ['300'], { detached: true });
  const pid = stranger.pid ?? 0;
  await writeFile(
    join(directory, 'processes.json'),
    JSON.stringify([{ name: 'former', pid, startTime: '1' }]),
  );
  expect(await endLeftovers(directory)).toEqual([]);
  expect(await isGone(pid)).toBe(false);
  stranger.kill('SIGKILL');
});

test('a used port is named with the variable that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(choosePort(port, 'HANSARD_PORT_S3')).rejects.toThrow(
    `port ${port} is used. Set HANSARD_PORT_S3`,
  );
  server.close();
});

async function startedByKilledParent(script = 'sleep 300'): Promise<{ pid: number }> {
  const module = join(import.meta.dirname, '..', '..', 'local', 'supervisor.ts');
  const program = `
    const { createSupervisor } = await import(${JSON.stringify(module)});
    const child = await createSupervisor(${JSON.stringify(directory)}).start({
      name: 'orphan', command: '/bin/sh', arguments: ['-c', ${JSON.stringify(script)}],
      isReady: async () => true,
    });
    console.log(child.pid);
    process.kill(process.pid, 'SIGKILL');
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => parent.once('close', resolve));
  return { pid: Number(output) };
}
