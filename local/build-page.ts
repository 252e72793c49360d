import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './provision/run-command.ts';

/**
 * Builds the page of a clone unless it is built from what is there, as after an update. Without it the gateway serves
 * everything else, so a failure is only told. False: there is no page, not even an older one.
 */
export async function buildPage(clone: string, log: (line: string) => void): Promise<boolean> {
  const page = join(clone, 'client', 'web', 'dist', 'index.html');
  try {
    const built = await changedAt(page);
    if (built !== null && built >= (await newestSource(clone))) return true;
    log('the page is being built');
    await runCommand('npm', ['--prefix', clone, 'run', '-s', 'build']);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`the page cannot be built, and everything else starts without it: ${reason}`);
  }
  return (await changedAt(page)) !== null;
}

/** When the newest file changed that goes into the page. */
async function newestSource(clone: string): Promise<number> {
  const web = join(clone, 'client', 'web');
  const contracts = join(clone, 'workflows', 'contracts');
  const files = [
    join(clone, 'package-lock.json'),
    ...(await filesIn(web)).filter((path) => !path.startsWith(join(web, 'dist'))),
    ...(await filesIn(contracts)),
  ];
  const times = await Promise.all(files.map(changedAt));
  return Math.max(...times.map((time) => time ?? 0));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** In milliseconds; null: there is no such file. */
async function changedAt(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.mtimeMs ?? null;
}
