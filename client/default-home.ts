import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where `HANSARD_HOME` is when it is unset. Root's own home folder is closed to user postgres, so root's cache lies
 * elsewhere.
 */
export const defaultHome = (): string =>
  process.getuid?.() === 0 ? '/var/cache/hansard' : join(homedir(), '.cache', 'hansard');
