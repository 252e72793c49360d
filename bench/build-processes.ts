import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { choosePort } from '../local/choose-port.ts';
import { parseLocalConfig } from '../local/config.ts';
import { provisionAll } from '../local/provision/provision-all.ts';
import type { StackPart } from '../local/stack-facts.ts';
import { startStack } from '../local/stack.ts';
import { ANY_FREE_PORTS } from '../test/support/any-free-ports.ts';

export type Environment = Readonly<NodeJS.ProcessEnv>;

const READY_WITHIN_MS = 60_000;

/** Starts a throw-away stack with this build, and stops it and deletes its data afterwards. */
export async function onStack<T>(
  parts: readonly StackPart[],
  use: (environment: Environment) => Promise<T>,
): Promise<T> {
  const config = parseLocalConfig(process.env);
  const log = (line: string) => console.error(`stack: ${line}`);
  const stack = await startStack({
    directory: await mkdtemp(join(tmpdir(), 'hansard-bench-')),
    home: config.home,
    ports: ANY_FREE_PORTS,
    parts,
    tools: await provisionAll(config, parts, log),
    log,
    durable: false,
  });
  try {
    return await use({ ...process.env, ...stack.env });
  } finally {
    await stack.remove();
  }
}

/** Starts Node in the folder of a build. */
const startNode = (
  folder: string,
  words: readonly string[],
  env: Environment,
  stdout: 'ignore' | 'pipe' = 'ignore',
): ChildProcess =>
  spawn(process.execPath, words, { cwd: folder, env, stdio: ['ignore', stdout, 'inherit'] });

/** Null: a signal ended it. */
export async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

/** Runs a command of a build's command line to its end, and gives what it printed. */
export async function runCommand(
  folder: string,
  words: readonly string[],
  env: Environment,
): Promise<string> {
  const child = startNode(folder, ['client/cli/main.ts', ...words], env, 'pipe');
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await exitCode(child);
  if (code !== 0) throw new Error(`hansard ${words[0]} of ${folder} ended with ${code}`);
  return printed;
}

/** Starts a command of a build's command line, which prints nothing here. */
export function startCommand(folder: string, words: readonly string[], env: Environment) {
  const child = startNode(folder, ['client/cli/main.ts', ...words], env);
  return { pid: child.pid ?? 0, ended: exitCode(child) };
}

/** Runs a build's worker, with the arguments of its own `npm run worker`, from when it is ready to the end of `use`. */
export async function withWorker<T>(
  folder: string,
  environment: Environment,
  use: (child: ChildProcess, readySeconds: number) => Promise<T>,
): Promise<T> {
  const port = await choosePort();
  const startedAt = performance.now();
  const worker = await workerCommand(folder);
  const child = startNode(folder, worker.words, {
    ...worker.variables,
    ...environment,
    HANSARD_PORT_HEALTH: String(port),
  });
  const ended = exitCode(child);
  try {
    await untilReady('the worker', `http://127.0.0.1:${port}/readyz`, child);
    return await use(child, (performance.now() - startedAt) / 1000);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Runs this build's gateway on a free port, from when it is ready to the end of `use`. */
export async function withGateway<T>(
  environment: Environment,
  use: (child: ChildProcess, url: string) => Promise<T>,
): Promise<T> {
  const port = String(await choosePort());
  const url = `http://127.0.0.1:${port}`;
  const folder = dirname(import.meta.dirname);
  const child = startNode(folder, ['client/gateway/main.ts'], {
    ...environment,
    HANSARD_PORT_GATEWAY: port,
  });
  const ended = exitCode(child);
  try {
    await untilReady('the gateway', `${url}/readyz`, child);
    return await use(child, url);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** What a build's `npm run worker` is: variables, which those of the environment replace, and the words after `node`. */
async function workerCommand(folder: string): Promise<{ variables: Environment; words: string[] }> {
  const { scripts } = z
    .object({ scripts: z.object({ worker: z.string() }) })
    .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const words = scripts.worker.split(' ');
  const node = words.indexOf('node');
  if (node < 0) throw new Error(`npm run worker of ${folder} does not run node`);
  const variables = words.slice(0, node).map((word): [string, string] => {
    const [, name, value] = /^(\w+)=\$\{\1:-(\w+)\}$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new Error(`npm run worker of ${folder} sets a variable in another way: ${word}`);
    }
    return [name, value];
  });
  return { variables: Object.fromEntries(variables), words: words.slice(node + 1) };
}

async function untilReady(name: string, url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(10);
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s`);
}
