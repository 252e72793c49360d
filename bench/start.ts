import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { aligned } from '../client/cli/render-list.ts';
import { migrateServices } from '../client/migrate-services.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { PORT_VARIABLES } from '../local/config.ts';
import { STACK_PARTS } from '../local/stack-facts.ts';
import { exitCode, onStack, runCommand, withWorker, type Environment } from './build-processes.ts';
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

type Build = 'ours' | 'earlier';

const commit = positionals[0] ?? '964e109';
const folders = { ours: THIS_BUILD, earlier: await earlierBuild(commit) };
const chosen = new Set(values.only.split(','));
const rounds = Number(values.rounds);

await onStack(STACK_PARTS, async (environment) => {
  const services = createServiceConnections(environment);
  await migrateServices(environment, services);
  await services.close();
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

async function commandSeconds(build: Build, word: string, env: Environment): Promise<number> {
  const startedAt = performance.now();
  await runCommand(folders[build], [word], env);
  return (performance.now() - startedAt) / 1000;
}

/** Seconds to ready, MiB at ready, MiB after settling. */
const measureWorker = (build: Build, environment: Environment): Promise<number[]> =>
  withWorker(folders[build], environment, async ({ pid }, readySeconds) => {
    const readyMiB = await residentMiB(pid);
    await sleep(SETTLE_MS);
    return [readySeconds, readyMiB, await residentMiB(pid)];
  });

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

/** Resident memory of one process, as Linux reports it. */
async function residentMiB(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
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
