import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshNamespace } from '../adapters/temporal/fresh-namespace.ts';
import { testStack } from '../support/stack.ts';
import type { RefusedWorker } from './refused-workers.ts';

/** The worker as it is started: what it refuses to start on, what it answers about its health, how it ends. */

const CLONE = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-worker-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const environment = (changes: Record<string, string>) => ({
  ...process.env,
  ...testStack().env,
  HANSARD_PORT_HEALTH: '0',
  ...changes,
});

function startWorker(changes: Record<string, string>) {
  const child = spawn(process.execPath, ['workers/main.ts'], {
    cwd: CLONE,
    env: environment(changes),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (block: Buffer) => (printed.stdout += String(block)));
  child.stderr.on('data', (block: Buffer) => (printed.stderr += String(block)));
  return { child, printed };
}

/** Starts workers one after the other, which saves the seconds that each of their processes takes. */
let starter: ChildProcess;
beforeAll(() => {
  starter = fork(new URL('./refused-workers.ts', import.meta.url), {
    cwd: CLONE,
    env: environment({}),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
});
afterAll(() => starter.kill());

/** What a worker that must not start says of it. */
async function refused(changes: Record<string, string>): Promise<string> {
  const answer = once(starter, 'message') as Promise<[RefusedWorker]>;
  starter.send(changes);
  const [{ said }] = await answer;
  expect(said).toMatch(/^[^\n]+$/);
  return said;
}

/** The same by a process of its own, as it is started: all that it prints. */
async function refusedProcess(changes: Record<string, string>): Promise<string> {
  const { child, printed } = startWorker(changes);
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stdout: printed.stdout }).toEqual({
    code: 1,
    stdout: expect.not.stringContaining('"ready"'),
  });
  expect(printed.stderr).toMatch(/^hansard worker: [^\n]+\n$/);
  return printed.stderr;
}

async function configuration(text: string): Promise<string> {
  const path = join(folder, `${randomBytes(4).toString('hex')}.yaml`);
  await writeFile(path, text);
  return path;
}

describe('a worker does not start, and says what is wrong and what to do, where', () => {
  test('a variable is missing', async () => {
    expect(await refusedProcess({ S3_BUCKET: '' })).toMatch(/S3_BUCKET is not set\. Set it/);
  });

  test.each([
    [
      'a variable has a wrong value',
      { DATABASE_URL: 'mysql://x' },
      /DATABASE_URL is not of the form/,
    ],
    ['S3 is out of reach', { S3_ENDPOINT: 'http://127.0.0.1:9' }, /http:\/\/127\.0\.0\.1:9/],
    ['S3 refuses the credentials', { AWS_ACCESS_KEY_ID: 'nobody' }, /AWS_ACCESS_KEY_ID/],
    ['the bucket does not exist', { S3_BUCKET: 'no-such-bucket' }, /no-such-bucket.*migrate/],
    [
      'Postgres is out of reach',
      { DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/h' },
      /127\.0\.0\.1:9/,
    ],
    ['Temporal is out of reach', { TEMPORAL_ADDRESS: '127.0.0.1:9' }, /127\.0\.0\.1:9/],
    ['the file of targets is missing', { HANSARD_CONFIG: '/nowhere.yaml' }, /\/nowhere\.yaml/],
  ])('%s', async (_case, changes, message) => {
    const said = await refused(changes);
    expect(said).toMatch(message);
    expect(said).not.toContain('secret');
  });

  test('the configuration names the host that Hugging Face has closed', async () => {
    const path = await configuration(`roles:
  transcribe:
    - { name: old, contract: hf-task, model: openai/whisper-large-v3, url: "https://api-inference.huggingface.co" }
`);
    expect(await refused({ HANSARD_CONFIG: path })).toContain('https://router.huggingface.co');
  });

  test('the configuration has a field that nobody knows', async () => {
    const path = await configuration(`roles:
  transcribe:
    - { name: a, contract: hf-task, model: m, speed: 3 }
`);
    expect(await refused({ HANSARD_CONFIG: path })).toContain('speed');
  });

  test('the database is not migrated', async () => {
    const name = `t${randomBytes(5).toString('hex')}`;
    const admin = new pg.Client({ connectionString: testStack().databaseUrl });
    await admin.connect();
    await admin.query(`create database ${name}`);
    await admin.end();
    const url = new URL(testStack().databaseUrl);
    url.pathname = `/${name}`;
    expect(await refusedProcess({ DATABASE_URL: url.href })).toMatch(
      /migrations.*hansard -- migrate/,
    );
  });

  test('the bundle that it is given is none', async () => {
    const path = join(folder, 'bundle.js');
    await writeFile(path, 'this is no bundle');
    expect(await refused({ HANSARD_WORKFLOW_BUNDLE: path })).toContain('HANSARD_WORKFLOW_BUNDLE');
  });

  test('the namespace lacks the search attributes', async () => {
    await using fresh = await freshNamespace();
    const said = await refused({ TEMPORAL_NAMESPACE: fresh.namespace });
    expect(said).toMatch(/search attributes Tenant, Stage, Language, Degraded.*migrate/);
  });

  test('the port of its health is taken', async () => {
    const holder = createServer();
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const said = await refused({ HANSARD_PORT_HEALTH: String(port) });
    holder.close();
    expect(said).toContain(`port ${port} is taken: set HANSARD_PORT_HEALTH`);
  });
});

async function started(changes: Record<string, string>) {
  const { child, printed } = startWorker(changes);
  while (!printed.stdout.includes('"msg":"ready"')) {
    if (child.exitCode !== null) throw new Error(printed.stderr);
    await sleep(50);
  }
  const line = printed.stdout.split('\n').find((text) => text.includes('"msg":"ready"')) ?? '';
  const { health, queues } = JSON.parse(line) as { health: string; queues: string[] };
  return { child, health, queues, printed };
}

async function untilReady(health: string): Promise<Response> {
  for (;;) {
    const response = await fetch(`${health}/readyz`);
    if (response.ok) return response;
    await response.body?.cancel();
    await sleep(50);
  }
}

test('a worker polls one queue a target, answers about its health, and ends in order', async () => {
  const { child, health, queues } = await started({});
  expect(queues).toEqual([
    'pipeline',
    'media',
    'io',
    'webhooks',
    'paid.whisper-base',
    'paid.extractive-v1',
    'paid.procedural-v1',
    'paid.nsfwjs-mobilenet-v2-mid',
    'paid.lexicon-v1',
    'paid.hashing-v1',
  ]);
  const ready = await untilReady(health);
  expect(await ready.json()).toMatchObject({ queues: { pipeline: 'RUNNING', io: 'RUNNING' } });
  expect((await fetch(`${health}/healthz`)).status).toBe(200);
  expect((await fetch(`${health}/elsewhere`)).status).toBe(404);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}, 60_000);

test('a worker runs on the bundle that npm run bundle built', async () => {
  const build = spawn(process.execPath, ['workers/build-bundle.ts'], { cwd: CLONE, stdio: 'pipe' });
  expect(await once(build, 'close')).toEqual([0, null]);
  const bundle = join(CLONE, 'dist/workflow-bundle.js');
  const { child, health } = await started({ HANSARD_WORKFLOW_BUNDLE: bundle });
  expect((await untilReady(health)).status).toBe(200);
  child.kill('SIGTERM');
  await once(child, 'exit');
}, 60_000);
