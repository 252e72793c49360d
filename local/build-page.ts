import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './provision/run-command.ts';

/** Builds the page of a clone unless it is built. Without it the gateway serves everything else, so a failure is only told. */
export async function buildPage(clone: string, log: (line: string) => void): Promise<void> {
  if (existsSync(join(clone, 'client', 'web', 'dist', 'index.html'))) return;
  try {
    const { scripts = {} } = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8')) as {
      readonly scripts?: Readonly<Record<string, string>>;
    };
    if (scripts['build'] === undefined) return;
    log('the page is being built');
    await runCommand('npm', ['--prefix', clone, 'run', '-s', 'build']);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`the page cannot be built, and everything else starts without it: ${reason}`);
  }
}
