import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PartContext } from './part-context.ts';
import { findPostgresBinaries, postgresUser, reachableFolder } from './postgres-binaries.ts';
import type { PostgresUser } from './postgres-binaries.ts';

/** Starts PostgreSQL with the database `hansard` and returns its URL. The first start creates the cluster. */
export async function startPostgres(context: PartContext): Promise<string> {
  const { supervisor, home, directory, ports, secrets, durable } = context;
  const user = await postgresUser();
  const binaries = await findPostgresBinaries(home, user);
  const dataFolder = await reachableFolder(join(directory, 'postgres'), user);
  await giveTo(user, dataFolder);
  if (!(await readdir(dataFolder)).includes(INITIALISED)) {
    await initialise(context, binaries.initdb, user, dataFolder);
  }
  const urlOf = (database: string) =>
    `postgres://${OWNER}:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/${database}`;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
  if (!durable) settings.push('fsync=off');
  await supervisor.start({
    name: 'postgres',
    command: binaries.postgres,
    arguments: [
      '-D',
      join(dataFolder, 'data'),
      '-p',
      String(ports.postgres),
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    workingFolder: '/',
    user,
    // SIGTERM would wait until every client has disconnected.
    stopSignal: 'SIGINT',
    isReady: async () => {
      // Loaded here, while the server starts.
      const { ensureDatabase } = await import('./ensure-database.ts');
      await ensureDatabase(urlOf, OWNER);
      return true;
    },
  });
  return urlOf(OWNER);
}

const OWNER = 'hansard';
// Written last: after an interrupted initdb, the next start runs it again.
const INITIALISED = 'initialised';

async function initialise(
  { secrets, durable }: PartContext,
  initdb: string,
  user: PostgresUser,
  dataFolder: string,
) {
  const data = join(dataFolder, 'data');
  const passwordFile = join(dataFolder, 'password');
  await rm(data, { recursive: true, force: true });
  await mkdir(data);
  await writeFile(passwordFile, `${secrets.postgresPassword}\n`, { mode: 0o600 });
  for (const path of [data, passwordFile]) await giveTo(user, path);
  try {
    await promisify(execFile)(
      initdb,
      [
        `--pgdata=${data}`,
        `--username=${OWNER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: '/' },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(join(dataFolder, INITIALISED), '');
}

async function giveTo(user: PostgresUser, path: string) {
  if (user !== null) await chown(path, user.uid, user.gid);
}
