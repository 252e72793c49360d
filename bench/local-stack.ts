import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseLocalConfig, PORT_VARIABLES } from '../local/config.ts';
import { exitCode, type Environment } from './build-processes.ts';

/** What the tools and weights of HANSARD_HOME do not contain: data of stacks, and locks. */
const OWN = new Set(['stacks', 'locks']);

export interface LocalStack extends AsyncDisposable {
  /** Of the process that has all others of the stack below it. */
  readonly pid: number;
  /** For processes that work on the stack. */
  readonly environment: Environment;
}

/**
 * Starts `npm run local` of a build, as a user does, with the tools and weights of HANSARD_HOME and with data of its own, on
 * free ports. Resolves once the stack is up.
 */
export async function startLocalStack(build: string): Promise<LocalStack> {
  await using undo = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), 'hansard-bench-home-'));
  undo.defer(() => rm(home, { recursive: true, force: true }));
  await chmod(home, 0o711); // Postgres has a user of its own.
  const shared = parseLocalConfig(process.env).home;
  for (const name of (await readdir(shared)).filter((one) => !OWN.has(one))) {
    await symlink(join(shared, name), join(home, name));
  }
  const ports = Object.fromEntries(Object.values(PORT_VARIABLES).map((name) => [name, '0']));
  const child = spawn('npm', ['run', 'local'], {
    cwd: build,
    env: { ...process.env, ...ports, HANSARD_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a group: npm does not always pass a signal on
  });
  const ended = exitCode(child);
  undo.defer(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
  });
  const up = Promise.withResolvers<void>();
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.includes('Worker health')) up.resolve();
  });
  void ended.then((code) => up.reject(new Error(`npm run local of ${build} ended with ${code}`)));
  await up.promise;
  const environment = { ...process.env, ...(await environmentOf(home)) };
  const started = undo.move();
  return {
    pid: child.pid ?? 0,
    environment,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function environmentOf(home: string): Promise<Record<string, string>> {
  const [folder = ''] = await readdir(join(home, 'stacks'));
  const facts: unknown = JSON.parse(
    await readFile(join(home, 'stacks', folder, 'stack.json'), 'utf8'),
  );
  return z.object({ env: z.record(z.string(), z.string()) }).parse(facts).env;
}
