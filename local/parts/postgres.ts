import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import type { Supervisor } from '../supervisor.ts';
import { findPostgresBinaries, postgresUser, reachableFolder } from './postgres-binaries.ts';
import type { PostgresBinaries, PostgresUser } from './postgres-binaries.ts';

export interface PostgresOptions {
  readonly supervisor: Supervisor;
  readonly home: string;
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  /** False is faster and loses data in a power cut: for stacks that are deleted at the end. */
  readonly durable: boolean;
}

/** Starts PostgreSQL with the database `hansard`. The first start creates the cluster. */
export async function startPostgres(
  options: PostgresOptions,
): Promise<{ readonly databaseUrl: string }> {
  const user = await postgresUser();
  const binaries = await findPostgresBinaries(options.home, user);
  const dataFolder = await reachableFolder(join(options.directory, 'postgres'), user);
  if (user.userId !== undefined) {
    await chown(dataFolder, user.userId, user.groupId ?? user.userId);
  }
  if (!(await readdir(dataFolder)).includes(INITIALISED)) {
    await initialise(options, binaries, user, dataFolder);
  }
  const urlOf = (database: string) =>
    `postgres://${OWNER}:${options.password}@127.0.0.1:${options.port}/${database}`;
  await options.supervisor.start({
    name: 'postgres',
    command: binaries.postgres,
    arguments: [
      '-D',
      join(dataFolder, 'data'),
      '-p',
      String(options.port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      ...(options.durable ? [] : ['-c', 'fsync=off']),
    ],
    workingFolder: '/',
    userId: user.userId,
    groupId: user.groupId,
    // SIGTERM would wait until every client has disconnected.
    stopSignal: 'SIGINT',
    isReady: async () => {
      await withClient(urlOf('postgres'), ensureDatabase);
      return true;
    },
  });
  return { databaseUrl: urlOf(OWNER) };
}

const OWNER = 'hansard';
// Written last: after an interrupted initdb, the next start runs it again.
const INITIALISED = 'initialised';

async function initialise(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  user: PostgresUser,
  dataFolder: string,
) {
  const data = join(dataFolder, 'data');
  const passwordFile = join(dataFolder, 'password');
  await rm(data, { recursive: true, force: true });
  await mkdir(data);
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  const identity =
    user.userId === undefined ? {} : { uid: user.userId, gid: user.groupId ?? user.userId };
  if (user.userId !== undefined) {
    for (const path of [data, passwordFile]) {
      await chown(path, user.userId, user.groupId ?? user.userId);
    }
  }
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        `--pgdata=${data}`,
        `--username=${OWNER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-instructions',
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...identity, cwd: '/' },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(join(dataFolder, INITIALISED), '');
}

async function ensureDatabase(client: Client) {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [OWNER]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${OWNER}`);
}

async function withClient(url: string, use: (client: Client) => Promise<void>) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
