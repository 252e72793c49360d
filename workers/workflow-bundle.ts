import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isPrivateFolder } from '../adapters/settings/private-folder.ts';

export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/**
 * The workflow code as one file. It is built once and kept in `directory` as `{digest of its sources}.{digest of the
 * file}.js`: other sources or a damaged file mean building it again. A child process builds it, because webpack would
 * stay in the worker's memory (130 MB). When the folder cannot be written, or others can write to it, the bundle is built
 * but not kept.
 */
export async function workflowBundle(
  directory: string,
  log: (message: string) => void,
): Promise<{ readonly code: string }> {
  const digest = await sourcesDigest(SOURCES);
  const kept = await findKept(directory, digest);
  if (kept !== null) return { code: kept };
  log('building the workflow bundle');
  const code = await build();
  await keep(directory, digest, code).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    log(`the workflow bundle cannot be kept: ${reason}`);
  });
  return { code: code.toString() };
}

/** What the bundle is made of. */
const SOURCES = {
  workflowsPath: WORKFLOWS_PATH,
  lockFile: fileURLToPath(new URL('../package-lock.json', import.meta.url)),
};

/** Everything that decides what the bundle holds: the workflows, and every installed package, the bundler included. */
export async function sourcesDigest({ workflowsPath, lockFile }: typeof SOURCES): Promise<string> {
  // Its path is in the source maps.
  const hash = createHash('sha256').update(workflowsPath);
  const folder = dirname(workflowsPath);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  for (const file of [...files.sort().map((name) => join(folder, name)), lockFile]) {
    const contents = await readFile(file);
    hash.update(`\n${file} ${contents.byteLength}\n`).update(contents);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Null when there is none, or its contents are not the ones it was written with. */
async function findKept(directory: string, digest: string): Promise<string | null> {
  if (!isPrivateFolder(directory)) return null;
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${digest}.`))) {
    const path = join(directory, name);
    const code = await readFile(path).catch(() => null);
    if (code === null || name !== fileName(digest, code)) continue;
    // Still in use: see removeUnused.
    await utimes(path, new Date(), new Date()).catch(() => undefined);
    return code.toString();
  }
  return null;
}

const fileName = (digest: string, code: Buffer): string =>
  `${digest}.${createHash('sha256').update(code).digest('hex').slice(0, 16)}.js`;

async function build(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-bundle-'));
  try {
    const path = join(folder, 'workflow-bundle.js');
    await promisify(execFile)(process.execPath, [BUILDER, path], { maxBuffer: 16e6 });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const BUILDER = fileURLToPath(new URL('build-bundle.ts', import.meta.url));

/** Atomic: other workers see the whole file or none. */
async function keep(directory: string, digest: string, code: Buffer): Promise<void> {
  if (!isPrivateFolder(directory)) {
    throw new Error(`${directory} must be a folder that only this user can write to`);
  }
  await removeUnused(directory, digest);
  const path = join(directory, fileName(digest, code));
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, code);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Removes damaged bundles of this digest, and those that no clone on this machine has used for a week. */
async function removeUnused(directory: string, digest: string): Promise<void> {
  const oldest = Date.now() - WEEK_MS;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const used = await stat(path).catch(() => null);
    if (name.startsWith(`${digest}.`) || (used !== null && used.mtimeMs < oldest)) {
      await rm(path, { force: true });
    }
  }
}

const WEEK_MS = 7 * 24 * 3_600_000;
