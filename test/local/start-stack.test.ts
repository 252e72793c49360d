import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { connectRedis, type RedisConnection } from '../../adapters/cache/connect-redis.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { ANY_FREE_PORTS } from '../support/any-free-ports.ts';
import { provisionAll } from '../../local/provision/provision-all.ts';
import { removeAbandonedStacks } from '../support/remove-abandoned-stacks.ts';
import type { StackPart } from '../../local/stack-facts.ts';
import { startStack } from '../../local/stack.ts';

// Starting and stopping real servers several times: seconds each, more where others share the machine.
vi.setConfig({ testTimeout: 120_000 });

const PARTS = ['temporal', 's3', 'postgres'] satisfies StackPart[];
const config = parseLocalConfig(process.env);
const quiet = () => {};

async function optionsFor(directory: string) {
  const tools = await provisionAll(config, PARTS, quiet);
  return { directory, home: config.home, ports: ANY_FREE_PORTS, parts: PARTS, tools, log: quiet };
}

async function query(databaseUrl: string | null, text: string) {
  const client = new pg.Client({ connectionString: databaseUrl ?? '' });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test('a stack keeps its data and secrets over a restart, and cannot run twice', async () => {
  const options = await optionsFor(await mkdtemp(join(tmpdir(), 'stack-')));
  const first = await startStack(options);
  await query(first.databaseUrl, 'CREATE TABLE kept (id int)');
  await expect(startStack(options)).rejects.toThrow(`already running (process ${process.pid})`);
  const file = join(options.directory, 'stack.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    ports: first.ports,
    env: { DATABASE_URL: first.databaseUrl, S3_ENDPOINT: first.s3?.endpoint },
  });
  // It holds the stack's secrets.
  expect((await stat(file)).mode & 0o077).toBe(0);
  await first.stop();
  await expect(fetch(first.temporal?.uiUrl ?? '')).rejects.toThrow('fetch failed');
  // The command line finds no stack that is gone.
  await expect(stat(file)).rejects.toThrow('ENOENT');

  const second = await startStack(options);
  expect(second.s3?.secretAccessKey).toBe(first.s3?.secretAccessKey);
  expect(await query(second.databaseUrl, 'SELECT * FROM kept')).toEqual([]);
  await second.remove();
  await expect(stat(options.directory)).rejects.toThrow('ENOENT');
});

test('a used port aborts the start, stops everything, and the error names the other stack', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'stacks-'));
  const one = await startStack(await optionsFor(join(parent, 'one')));
  const other = await optionsFor(join(parent, 'other'));
  const ports = { ...ANY_FREE_PORTS, s3: one.ports.s3 };
  await expect(startStack({ ...other, ports })).rejects.toThrow(
    `port ${one.ports.s3} is used by the stack of ${one.clone}. Set HANSARD_PORT_S3`,
  );
  const beside = await startStack({ ...other, parts: ['s3'] });
  expect(beside.ports.s3).not.toBe(one.ports.s3);
  await beside.remove();
  await one.remove();
});

test('the throw-away stack of a killed run is stopped and deleted, a running one is kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'abandoned-'));
  const living = await startStack({ ...(await optionsFor(join(folder, 'run-1'))), parts: ['s3'] });
  const endpoint = await endpointOfKilledStack(join(folder, 'run-2'));
  expect((await fetch(`${endpoint}/health`)).ok).toBe(true);
  await removeAbandonedStacks(folder, 'run-');
  expect(await readdir(folder)).toEqual(['run-1']);
  await expect(fetch(`${endpoint}/health`)).rejects.toThrow('fetch failed');
  expect((await fetch(`${living.s3?.endpoint}/health`)).ok).toBe(true);
  await living.remove();
});

test('Redis restarts empty, with the same password', async () => {
  const options = await optionsFor(await mkdtemp(join(tmpdir(), 'stack-')));
  const tools = await provisionAll(config, ['redis'], quiet);
  const parts = ['redis'] satisfies StackPart[];
  await expect(
    startStack({ ...options, parts, tools: { ...tools, redisServer: null } }),
  ).rejects.toThrow(/redis-server is missing.*apt-get install redis-server/);

  const first = await startStack({ ...options, parts, tools });
  await withRedis(first.redis?.url, (client) => client.set('kept', 'no'));
  expect(first.env['REDIS_URL']).toBe(first.redis?.url);
  await first.stop();
  const second = await startStack({ ...options, parts, tools });
  expect(await withRedis(second.redis?.url, (client) => client.get('kept'))).toBeNull();
  expect(passwordOf(second.redis)).toBe(passwordOf(first.redis));
  const file = join(options.directory, 'redis.conf');
  expect((await stat(file)).mode & 0o077).toBe(0);
  await second.remove();
});

test('tools that are missing are all named, and the parts that had started are stopped', async () => {
  const options = await optionsFor(await mkdtemp(join(tmpdir(), 'stack-')));
  const tools = await provisionAll(config, ['redis', 's3'], quiet);
  const parts = ['redis', 's3', 'temporal'] satisfies StackPart[];
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const redisIsUp = () => vi.waitFor(() => expect(said.join()).toContain('redis is up'), 30_000);
  const missing = async (message: string) => {
    await redisIsUp();
    throw new Error(message);
  };
  const pending = {
    temporalCli: missing('no temporal'),
    versitygw: Promise.resolve(tools.versitygw),
    redisServer: Promise.resolve(tools.redisServer),
    speech: Promise.resolve(null),
    media: missing('no ffmpeg'),
  };
  await expect(startStack({ ...options, parts, tools: pending, log })).rejects.toThrow(
    /^no ffmpeg\nno temporal$/,
  );
  const records = await readFile(join(options.directory, 'processes.json'), 'utf8');
  expect(JSON.parse(records)).toEqual([]);
  await rm(options.directory, { recursive: true });
});

const passwordOf = (redis: { readonly url: string } | null) => new URL(redis?.url ?? '').password;

async function withRedis<T>(url: string | undefined, use: (redis: RedisConnection) => Promise<T>) {
  const redis = await connectRedis(url ?? '');
  try {
    return await use(redis);
  } finally {
    redis.close();
  }
}

async function endpointOfKilledStack(directory: string): Promise<string> {
  const local = join(import.meta.dirname, '..', '..', 'local');
  const program = `
    const { startStack } = await import(${JSON.stringify(join(local, 'stack.ts'))});
    const options = ${JSON.stringify({ ...(await optionsFor(directory)), parts: ['s3'] })};
    const stack = await startStack({ ...options, log: () => {} });
    console.log(stack.s3.endpoint);
    process.kill(process.pid, 'SIGKILL');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return output.trim();
}
