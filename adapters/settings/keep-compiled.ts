import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { hansardHome } from './hansard-home.ts';
import { isPrivateFolder } from './private-folder.ts';

/**
 * Keeps compiled modules, with their types stripped, in HANSARD_HOME, so that later processes start in half the time.
 * Call it before the other modules are loaded. A folder that cannot be written, or to which others can write, is not
 * used: the process only starts slower. `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` win.
 */
export function keepCompiled(env: Environment): void {
  if (env['NODE_COMPILE_CACHE'] !== undefined) return;
  const folder = compileCache(hansardHome(env));
  if (folder !== undefined) enableCompileCache(folder);
}

/** The folder in HANSARD_HOME for `NODE_COMPILE_CACHE`; undefined if others can write to it. */
export function compileCache(home: string): string | undefined {
  const folder = join(home, 'compile-cache');
  return isPrivateFolder(folder) ? folder : undefined;
}
