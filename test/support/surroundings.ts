import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { inject } from 'vitest';
import { speakersUrl } from '../../local/parts/inference.ts';
import { hansardHere, type Ended } from './run-command.ts';
import { testStack } from './stack.ts';
import { WORKER_ARGUMENTS, WORKER_ENVIRONMENT } from '../../workers/worker-process.ts';

const CLONE = resolve(import.meta.dirname, '../..');

export interface WorkerProcess {
  readonly pid: number;
  /** Asks for an orderly end and answers the exit code. */
  readonly stop: () => Promise<number | null>;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  readonly log: () => string;
}

/**
 * A place of one's own on the run's servers: a Temporal namespace, a database, a bucket, an inference server. Files of
 * tests can so run side by side without taking each other's work.
 */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly inferenceUrl: string;
  readonly client: Client;
  readonly database: pg.Pool;
  /** Runs `hansard …` to its end, in this process. */
  readonly hansard: (...args: string[]) => Promise<Ended>;
  /** The same, answering what it printed; throws unless it ends with 0. */
  readonly succeed: (...args: string[]) => Promise<string>;
  readonly startWorker: (extra?: Record<string, string>) => Promise<WorkerProcess>;
  readonly stats: () => Promise<InferenceStats>;
  readonly setFaults: (rules: unknown) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export interface InferenceStats {
  readonly requests: Readonly<Record<string, number>>;
  readonly billed: Readonly<Record<string, number>>;
  readonly byInput: Readonly<Record<string, number>>;
}

export async function createSurroundings(options: {
  /**
   * Arguments of the inference server: `--faults`, `--scripted-transcriber`, without which it loads Whisper. Nothing said:
   * the run's own server, which has loaded it, and which other files ask at the same time.
   */
  readonly inference?: readonly string[];
  /** Has the voices of recordings told apart, which most jobs of tests need not wait for. Default: false. */
  readonly speakers?: boolean;
  /** Contents of `hansard.yaml`; the local stack's own where nothing is said. */
  readonly configuration?: string;
}): Promise<Surroundings> {
  await using undo = new AsyncDisposableStack();
  const stack = testStack();
  const name = `t${randomBytes(5).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'hansard-e2e-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));

  // While it loads its models, the rest is made.
  const { inference } = options;
  const starting =
    inference && startInference({ ...stack.env, ...inject('inferenceEnvironment') }, inference);
  const started = starting?.catch(() => null);
  undo.defer(async () => {
    const server = await started;
    if (server) await end(server.child, 'SIGTERM');
  });

  const connection = await Connection.connect({ address: stack.temporal.address });
  undo.defer(() => connection.close());
  const [databaseUrl] = await Promise.all([
    createDatabase(stack.databaseUrl, name),
    createNamespace(connection, name),
  ]);

  let configuration = join(CLONE, 'local/hansard.yaml');
  if (options.configuration !== undefined) {
    configuration = join(folder, 'hansard.yaml');
    await writeFile(configuration, options.configuration);
  }
  const places = {
    ...stack.env,
    TEMPORAL_NAMESPACE: name,
    DATABASE_URL: databaseUrl,
    S3_BUCKET: name,
    HANSARD_CONFIG: configuration,
    HANSARD_PORT_HEALTH: '0',
    INIT_CWD: process.cwd(),
  };
  const migrated = await hansardHere(['migrate'], { ...inherited(), ...places });
  if (migrated.code !== 0) throw new Error(`migrate failed: ${migrated.stderr}`);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  undo.defer(() => database.end());

  const { url: inferenceUrl } = (await starting) ?? stack.inference;
  const env: Record<string, string> = {
    ...places,
    ...(options.speakers === true && { DIARIZE_URL: speakersUrl(inferenceUrl) }),
    HF_ROUTER_URL: inferenceUrl,
    HF_HUB_URL: inferenceUrl,
    HF_ENDPOINTS_URL: `${inferenceUrl}/v2`,
  };
  const own = { ...inherited(), ...env };
  const hansard = (...args: string[]) => hansardHere(args, own);

  const disposables = undo.move();
  return {
    env,
    inferenceUrl,
    client: new Client({ connection, namespace: name }),
    database,
    hansard,
    succeed: async (...args) => {
      const { code, stdout, stderr } = await hansard(...args);
      if (code !== 0) throw new Error(`hansard ${args[0]} ended with ${code}: ${stderr}`);
      return stdout;
    },
    startWorker: async (extra = {}) => {
      const worker = await startWorker({ ...env, ...extra });
      disposables.defer(() => end(worker.child, 'SIGKILL').then(() => undefined));
      return worker;
    },
    stats: async () =>
      (await (await fetch(`${inferenceUrl}/local/stats`)).json()) as InferenceStats,
    setFaults: async (rules) => {
      const response = await fetch(`${inferenceUrl}/local/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rules),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

const inherited = () => process.env as Record<string, string>;

async function createDatabase(url: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const created = new URL(url);
  created.pathname = `/${name}`;
  return created.href;
}

async function createNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: (24 * 3600) as never },
  });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await connection.operatorService.listSearchAttributes({ namespace });
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`the server does not come to know the namespace ${namespace}`);
}

async function startInference(env: Readonly<Record<string, string>>, args: readonly string[]) {
  const child = spawn(process.execPath, ['local/inference-server/main.ts', ...args], {
    cwd: CLONE,
    env: { ...process.env, ...env, HANSARD_PORT_INFERENCE: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const block of child.stdout) {
    printed += String(block);
    const line = printed.split('\n').find((text) => text.startsWith('{"url"'));
    if (line !== undefined) {
      child.stdout.resume();
      return { child, url: (JSON.parse(line) as { url: string }).url };
    }
  }
  throw new Error(`the inference server did not start: ${printed}`);
}

async function startWorker(
  env: Readonly<Record<string, string>>,
): Promise<WorkerProcess & { readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [...WORKER_ARGUMENTS], {
    cwd: CLONE,
    env: { ...WORKER_ENVIRONMENT, ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const heard = (block: Buffer) => (log += String(block));
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  while (!log.includes('"msg":"ready"')) {
    if (child.exitCode !== null) throw new Error(`the worker ended: ${log}`);
    await sleep(50);
  }
  return {
    child,
    pid: child.pid ?? 0,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
    log: () => log,
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, 'exit');
  return child.exitCode;
}

/** The sample's script and recording. */
export const SAMPLE = join(CLONE, 'local/samples/planning-meeting.flac');
export const readSampleScript = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(CLONE, 'local/samples/script.json'), 'utf8'));
