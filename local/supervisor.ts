import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readJson, writeJson } from './json-file.ts';
import { orphansOf, processStartTime, STACK_MARKER } from './process-identity.ts';

interface ChildOptions {
  /** Names the child in messages and its log file, `logs/{name}.log` in the stack's folder. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The whole environment. Default: this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly workingFolder?: string;
  /** Default: the user of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  /** Asks for an orderly shutdown. Default SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Called every 30 ms for at most a minute, until it returns true; errors count as "not yet". */
  readonly isReady: () => Promise<boolean>;
  /** The child's whole process group is killed after this time. Default 10 s. */
  readonly stopWithinMs?: number;
}

interface Child {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the child exits, by itself or because it was stopped. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly stop: () => Promise<void>;
}

/** Starts the processes of one stack, records them in its directory, and stops them in reverse order. */
export interface Supervisor {
  readonly start: (options: ChildOptions) => Promise<Child>;
  readonly stopAll: () => Promise<void>;
  /** True once `stopAll` was called: children are then expected to exit. */
  readonly isStopping: () => boolean;
}

export function createSupervisor(directory: string): Supervisor {
  const children: Child[] = [];
  let records: z.infer<typeof recordsSchema> = [];
  let stopping = false;
  // Parts start in parallel; writes of the file are queued.
  let writing = Promise.resolve();
  const record = (change: () => void) => {
    writing = writing.then(async () => {
      change();
      await writeJson(recordsFile(directory), records);
    });
    return writing;
  };

  const start = async (options: ChildOptions): Promise<Child> => {
    const logFile = join(directory, 'logs', `${options.name}.log`);
    await mkdir(join(directory, 'logs'), { recursive: true });
    const log = openSync(logFile, 'w');
    const child = spawn(options.command, options.arguments, {
      // Own process group: Ctrl-C reaches only the parent, which stops its children in order.
      detached: true,
      stdio: ['ignore', log, log],
      cwd: options.workingFolder,
      env: { ...(options.environment ?? process.env), [STACK_MARKER]: directory },
      ...options.user,
    });
    closeSync(log);
    const ended: Child['ended'] = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    const pid = await startedPid(child, options);
    const stopSignal = options.stopSignal ?? 'SIGTERM';
    // If the parent exits without stopping its children, at least signal them.
    const askAtExit = () => signal(pid, stopSignal);
    process.once('exit', askAtExit);
    void ended.then(() => process.removeListener('exit', askAtExit));
    const startTime = (await processStartTime(pid)) ?? '';
    await record(() => (records = [...records, { name: options.name, pid, startTime }]));

    const stop = async () => {
      signal(pid, stopSignal);
      const patience = sleep(options.stopWithinMs ?? STOP_WITHIN_MS, undefined, { ref: false });
      await Promise.race([ended, patience]);
      // Kills whatever the child started and left in its group.
      signal(-pid, 'SIGKILL');
      await ended;
      await record(() => (records = records.filter((one) => one.pid !== pid)));
    };
    const started = { pid, logFile, ended, stop };
    // In the order of their starts: a child may use those before it, even if it is ready first.
    children.push(started);
    try {
      await untilReady(started, options);
    } catch (error) {
      if (children.includes(started)) children.splice(children.indexOf(started), 1);
      await stop();
      throw error;
    }
    return started;
  };

  const stopAll = async () => {
    stopping = true;
    for (const child of children.splice(0).toReversed()) await child.stop();
    await writing;
  };
  return { start, stopAll, isStopping: () => stopping };
}

/** Kills processes that an earlier run in this directory left behind. Returns their names. */
export async function endLeftovers(directory: string): Promise<string[]> {
  const endedNames: string[] = [];
  const records = recordsSchema.parse((await readJson(recordsFile(directory))) ?? []);
  for (const { name, pid, startTime } of records.toReversed()) {
    const leaderIsOurs = startTime !== '' && (await processStartTime(pid)) === startTime;
    const orphans = leaderIsOurs ? [] : await orphansOf(pid, directory);
    if (leaderIsOurs) {
      signal(-pid, 'SIGINT');
      await untilGone(pid, startTime);
      signal(-pid, 'SIGKILL');
    }
    for (const orphan of orphans) signal(orphan, 'SIGKILL');
    if (leaderIsOurs || orphans.length > 0) endedNames.push(name);
  }
  await rm(recordsFile(directory), { force: true });
  return endedNames;
}

const STOP_WITHIN_MS = 10_000;
const READY_WITHIN_MS = 60_000;
const PROBE_INTERVAL_MS = 30;
const LAST_LOG_LINES = 15;

const recordsSchema = z.array(z.object({ name: z.string(), pid: z.int(), startTime: z.string() }));

const recordsFile = (directory: string) => join(directory, 'processes.json');

async function startedPid(child: ChildProcess, { name, command }: ChildOptions): Promise<number> {
  await once(child, 'spawn').catch((error: Error) => {
    throw new Error(`${name}: cannot start ${command}: ${error.message}`, { cause: error });
  });
  if (child.pid === undefined) throw new Error(`${name} has no process id`);
  return child.pid;
}

async function untilReady(child: Child, options: ChildOptions) {
  const deadline = Date.now() + READY_WITHIN_MS;
  let ending: Awaited<Child['ended']> | undefined;
  void child.ended.then((how) => (ending = how));
  while (!(await options.isReady().catch(() => false))) {
    if (ending !== undefined) {
      const how = ending.signal ?? `exit code ${ending.code}`;
      throw new Error(`${options.name} exited while starting (${how}):\n${await lastLines(child)}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${options.name} was not ready in time:\n${await lastLines(child)}`);
    }
    await sleep(PROBE_INTERVAL_MS);
  }
}

async function lastLines(child: Child) {
  const lines = (await readFile(child.logFile, 'utf8')).trimEnd().split('\n');
  return `${lines.slice(-LAST_LOG_LINES).join('\n')}\n(log: ${child.logFile})`;
}

async function untilGone(pid: number, startTime: string) {
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (Date.now() < deadline && (await processStartTime(pid)) === startTime) {
    await sleep(PROBE_INTERVAL_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // ESRCH: already gone.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
