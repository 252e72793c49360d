import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/**
 * The workflow code as one file. It is built once and kept in `directory` as `{digest of its sources}.{digest of the
 * file}.js`: other sources or a damaged file mean building it again. A child process builds it, because webpack would
 * stay in the worker's memory (130 MB). When the folder cannot be written, the bundle is built but not kept.
 */
export async function workflowBundle(
  directory: string,
  log: (message: string) => void,
): Promise<{ readonly code: string }> {
  const digest = await sourcesDigest();
  const kept = await findKept(directory, digest);
  if (kept !== null) return { code: kept };
  log('building the workflow bundle');
  const code = await build();
  await keep(directory, digest, code).catch((error: unknown) =>
    log(
      `the workflow bundle cannot be kept: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
  return { code: code.toString() };
}

/** Everything that decides what the bundle holds: the workflows, the SDK, the bundler. */
async function sourcesDigest(): Promise<string> {
  const hash = createHash('sha256').update(WORKFLOWS_PATH);
  const folder = dirname(WORKFLOWS_PATH);
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
    const contents = await readFile(join(folder, file));
    hash.update(`\n${file} ${contents.byteLength}\n`).update(contents);
  }
  const fromWorker = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
  for (const name of BUNDLED_PACKAGES) {
    const path = fromWorker.resolve(`${name}/package.json`);
    const { version } = packageSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    hash.update(`\n${name} ${version}`);
  }
  return hash.digest('hex').slice(0, 32);
}

const packageSchema = z.object({ version: z.string() });

/** Packages that build the bundle or are part of it. */
const BUNDLED_PACKAGES = [
  '@temporalio/worker',
  '@temporalio/workflow',
  '@temporalio/common',
  '@swc/core',
  'swc-loader',
  'source-map-loader',
  'webpack',
];

/** Null when there is none, or its contents are not the ones it was written with. */
async function findKept(directory: string, digest: string): Promise<string | null> {
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
  await mkdir(directory, { recursive: true });
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
