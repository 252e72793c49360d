import { homedir } from 'node:os';
import { join } from 'node:path';
import { optional, type Environment } from './environment.ts';

/** `HANSARD_HOME`: binaries, model weights, caches and the local stacks of all clones. */
export const hansardHome = (env: Environment): string =>
  optional(env, 'HANSARD_HOME') ?? defaultHome();

/** Root's home folder is closed to the user postgres, so root's cache is elsewhere. */
const defaultHome = (): string =>
  process.getuid?.() === 0 ? '/var/cache/hansard' : join(homedir(), '.cache', 'hansard');
