import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { aligned } from '../client/cli/render-list.ts';
import { migrateServices } from '../client/migrate-services.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { choosePort } from '../local/choose-port.ts';
import { parseLocalConfig, PORT_VARIABLES } from '../local/config.ts';
import { ANY_FREE_PORTS } from '../test/support/any-free-ports.ts';
import { provisionAll } from '../local/provision/provision-all.ts';
import { STACK_PARTS } from '../local/stack-facts.ts';
import { startStack } from '../local/stack.ts';
import { earlierBuild, THIS_BUILD } from './earlier-build.ts';
import { median } from './quantile.ts';

/**
 * `npm run bench:start [-- COMMIT]`: how fast this build starts beside an earlier one, both measured in turns on the
 * same stack. Exits 1 when a promised ratio is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    /** Some of help, list, worker, local. */
    only: { type: 'string', default: 'help,list,worker,local' },
  },
});

/** One figure of both builds, round by round. */
interface Row {
  readonly name: string;
  readonly unit: 's' | 'MiB';
  /** At most this share of the earlier build's figure. */
  readonly promised: number;
  readonly ours: number[];
  readonly earlier: number[];
}

const ROWS = {
  help: row('hansard --help', 's', 0.3),
  list: row('hansard list', 's', 0.5),
  workerReady: row('worker: start to ready', 's', 0.5),
  workerMemory: row('worker: memory when ready', 'MiB', 0.5),
  // By then the earlier build has given back what its bundler used: 570 MiB fall to 440.
  workerSettled: row('worker: memory 10 s later', 'MiB', 0.65),
  local: row('npm run local to ready', 's', 0.5),
};

/** Time for what was read at start to be collected. */
const SETTLE_MS = 10_000;
const READY_WITHIN_MS = 60_000;

type Environment = NodeJS.ProcessEnv;
type Build = 'ours' | 'earlier';

const commit = positionals[0] ?? '964e109';
const folders = { ours: THIS_BUILD, earlier: await earlierBuild(commit) };
const chosen = new Set(values.only.split(','));
const rounds = Number(values.rounds);

await onStack(async (environment) => {
  const seconds = (word: string) => async (build: Build) => [
    await commandSeconds(build, word, environment),
  ];
  await inTurns('help', [ROWS.help], seconds('--help'));
  await inTurns('list', [ROWS.list], seconds('list'));
  const { workerReady, workerMemory, workerSettled } = ROWS;
  await inTurns('worker', [workerReady, workerMemory, workerSettled], (build) =>
    measureWorker(build, environment),
  );
});
await inTurns('local', [ROWS.local], async (build) => [await localSeconds(build)]);

const measured = Object.values(ROWS).filter(({ ours }) => ours.length > 0);
console.log(`this build beside ${commit}: medians of ${rounds} rounds`);
for (const line of table(measured)) console.log(line);
if (measured.some(({ ours, earlier, promised }) => median(ours) / median(earlier) > promised)) {
  process.exitCode = 1;
}

function row(name: string, unit: Row['unit'], promised: number): Row {
  return { name, unit, promised, ours: [], earlier: [] };
}

/**
 * Measures both builds in an order that alternates, so that what else the machine does falls on both, and adds each
 * figure to its row. The first round warms up (files, compile caches, the worker's bundle) and is dropped.
 */
async function inTurns(
  name: string,
  rows: readonly Row[],
  measure: (build: Build) => Promise<readonly number[]>,
): Promise<void> {
  if (!chosen.has(name)) return;
  for (let round = 0; round <= rounds; round += 1) {
    const order: Build[] = round % 2 === 0 ? ['ours', 'earlier'] : ['earlier', 'ours'];
    for (const build of order) {
      const figures = await measure(build);
      if (round > 0) figures.forEach((figure, index) => rows[index]?.[build].push(figure));
    }
  }
}

/** Starts a throw-away stack with this build, migrates it, and stops it afterwards. */
async function onStack(use: (environment: Environment) => Promise<void>): Promise<void> {
  const config = parseLocalConfig(process.env);
  const log = (line: string) => console.error(`stack: ${line}`);
  const tools = await provisionAll(config, STACK_PARTS, log);
  const stack = await startStack({
    directory: await mkdtemp(join(tmpdir(), 'hansard-bench-')),
    home: config.home,
    ports: ANY_FREE_PORTS,
    parts: STACK_PARTS,
    tools,
    log,
    durable: false,
  });
  try {
    const environment = { ...process.env, ...stack.env };
    const services = createServiceConnections(environment);
    await migrateServices(environment, services);
    await services.close();
    await use(environment);
  } finally {
    await stack.remove();
  }
}

async function commandSeconds(build: Build, word: string, env: Environment): Promise<number> {
  const startedAt = performance.now();
  const child = node(build, ['client/cli/main.ts', word], env);
  const code = await exitCode(child);
  if (code !== 0) throw new Error(`hansard ${word} of ${folders[build]} ended with ${code}`);
  return (performance.now() - startedAt) / 1000;
}

function node(build: Build, words: readonly string[], env: Environment): ChildProcess {
  return spawn(process.execPath, words, {
    cwd: folders[build],
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Seconds to ready, MiB at ready, MiB after settling. */
async function measureWorker(build: Build, environment: Environment): Promise<number[]> {
  const port = await choosePort();
  const startedAt = performance.now();
  const child = node(build, await workerArguments(folders[build]), {
    ...environment,
    HANSARD_PORT_HEALTH: String(port),
  });
  const ended = exitCode(child);
  try {
    await untilReady(`http://127.0.0.1:${port}/readyz`, child);
    const readySeconds = (performance.now() - startedAt) / 1000;
    const readyMiB = await residentMiB(child.pid);
    await sleep(SETTLE_MS);
    return [readySeconds, readyMiB, await residentMiB(child.pid)];
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Node's arguments in the build's own `npm run worker`. */
async function workerArguments(folder: string): Promise<string[]> {
  const { scripts } = z
    .object({ scripts: z.object({ worker: z.string().startsWith('node ') }) })
    .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return scripts.worker.split(' ').slice(1);
}

/** With a stack of its own on free ports; its data stays in HANSARD_HOME, so that later rounds make no database. */
async function localSeconds(build: Build): Promise<number> {
  const anyPort = Object.fromEntries(Object.values(PORT_VARIABLES).map((name) => [name, '0']));
  const startedAt = performance.now();
  const child = spawn('npm', ['run', 'local'], {
    cwd: folders[build],
    env: { ...process.env, ...anyPort },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true, // a group: npm does not always pass a signal on
  });
  const ended = exitCode(child);
  try {
    let printed = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      printed += String(text);
      if (printed.includes('Worker health')) return (performance.now() - startedAt) / 1000;
    }
    throw new Error(`npm run local of ${folders[build]} ended with ${await ended}`);
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(10);
  }
  throw new Error(`the worker was not ready within ${READY_WITHIN_MS / 1000} s`);
}

/** Resident memory of one process, as Linux reports it. */
async function residentMiB(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

function table(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, unit, promised, ours, earlier }) => {
    const digits = unit === 's' ? 2 : 0;
    const ratio = median(ours) / median(earlier);
    return [
      name,
      `${median(ours).toFixed(digits)} ${unit}`,
      `${median(earlier).toFixed(digits)} ${unit}`,
      ratio.toFixed(2),
      `≤ ${promised}`,
      ratio <= promised ? 'kept' : 'MISSED',
    ];
  });
  return aligned([['', 'this build', commit, 'ratio', 'promised', ''], ...cells]);
}
