import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { orphansOf, processStartTime, STACK_MARKER } from './process-identity.ts';

export interface ChildOptions {
  /** Names the child in messages and its log file, `logs/{name}.log` in the stack's folder. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The whole environment; this process's own when not given. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly workingFolder?: string;
  readonly userId?: number | undefined;
  readonly groupId?: number | undefined;
  /** Asks for an orderly end; SIGTERM unless said otherwise. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Asked every few milliseconds until it says true; errors count as "not yet". */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs?: number;
  /** After this long the child's whole process group is killed. */
  readonly stopWithinMs?: number;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the child ends, by itself or stopped. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly stop: () => Promise<void>;
}

/** Starts children of one stack, records them in its folder, and stops them in reverse order. */
export interface Supervisor {
  readonly start: (options: ChildOptions) => Promise<Child>;
  readonly stopAll: () => Promise<void>;
  /** True from `stopAll` on: an ending child is no surprise any more. */
  readonly isStopping: () => boolean;
}

export function createSupervisor(directory: string): Supervisor {
  const children: Child[] = [];
  const records: ProcessRecord[] = [];
  let stopping = false;
  // One writer at a time: parts start in parallel.
  let writing = Promise.resolve();
  const record = (change: () => void) => {
    writing = writing.then(async () => {
      change();
      await writeRecords(directory, records);
    });
    return writing;
  };

  const start = async (options: ChildOptions): Promise<Child> => {
    const logFile = join(directory, 'logs', `${options.name}.log`);
    await mkdir(join(directory, 'logs'), { recursive: true });
    const log = openSync(logFile, 'w');
    const child = spawn(options.command, options.arguments, {
      // A group of its own: Ctrl-C reaches only the parent, which stops its children in order.
      detached: true,
      stdio: ['ignore', log, log],
      cwd: options.workingFolder,
      env: { ...(options.environment ?? process.env), [STACK_MARKER]: directory },
      ...(options.userId === undefined ? {} : { uid: options.userId }),
      ...(options.groupId === undefined ? {} : { gid: options.groupId }),
    });
    closeSync(log);
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    const pid = await startedPid(child, options);
    const stopSignal = options.stopSignal ?? 'SIGTERM';
    // Should the parent end without stopping its children, they are at least asked to.
    const askAtExit = () => signal(pid, stopSignal);
    process.once('exit', askAtExit);
    void ended.then(() => process.removeListener('exit', askAtExit));
    const startTime = (await processStartTime(pid)) ?? '';
    await record(() => records.push({ name: options.name, pid, startTime }));

    const stop = async () => {
      await endGroup(pid, stopSignal, ended, options.stopWithinMs ?? STOP_WITHIN_MS);
      await record(() =>
        records.splice(0, records.length, ...records.filter((one) => one.pid !== pid)),
      );
    };
    const started = { name: options.name, pid, logFile, ended, stop };
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

/** Ends what an earlier run in this folder left behind. Answers the names of what it ended. */
export async function endLeftovers(directory: string): Promise<string[]> {
  const endedNames: string[] = [];
  for (const { name, pid, startTime } of (await readRecords(directory)).toReversed()) {
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

const processRecordSchema = z.object({ name: z.string(), pid: z.int(), startTime: z.string() });
type ProcessRecord = z.infer<typeof processRecordSchema>;

const recordsFile = (directory: string) => join(directory, 'processes.json');

async function writeRecords(directory: string, records: readonly ProcessRecord[]) {
  const temporary = `${recordsFile(directory)}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(records, null, 2));
  await rename(temporary, recordsFile(directory));
}

async function readRecords(directory: string): Promise<ProcessRecord[]> {
  const text = await readFile(recordsFile(directory), 'utf8').catch(() => '[]');
  return z.array(processRecordSchema).parse(JSON.parse(text));
}

async function startedPid(child: ChildProcess, options: ChildOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new Error(`${options.name}: ${options.command} cannot be started: ${error.message}`)),
    );
  });
  if (child.pid === undefined) throw new Error(`${options.name} has no process id`);
  return child.pid;
}

async function untilReady(child: Child, options: ChildOptions) {
  const deadline = Date.now() + (options.readyWithinMs ?? READY_WITHIN_MS);
  let ending: { code: number | null; signal: string | null } | undefined;
  void child.ended.then((how) => (ending = how));
  while (!(await options.isReady().catch(() => false))) {
    if (ending !== undefined) {
      const how = ending.signal ?? `exit code ${ending.code}`;
      throw new Error(`${child.name} ended while starting (${how}):\n${await lastLines(child)}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${child.name} is not ready in time:\n${await lastLines(child)}`);
    }
    await sleep(PROBE_INTERVAL_MS);
  }
}

async function lastLines(child: Child) {
  const lines = (await readFile(child.logFile, 'utf8')).trimEnd().split('\n');
  return `${lines.slice(-LAST_LOG_LINES).join('\n')}\n(log: ${child.logFile})`;
}

async function endGroup(
  pid: number,
  stopSignal: 'SIGTERM' | 'SIGINT',
  ended: Promise<unknown>,
  stopWithinMs: number,
) {
  signal(pid, stopSignal);
  const waiting = new AbortController();
  await Promise.race([
    ended,
    sleep(stopWithinMs, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  // Whatever the child started and left in its group goes with it.
  signal(-pid, 'SIGKILL');
  await ended;
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
    // Gone already: that is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
