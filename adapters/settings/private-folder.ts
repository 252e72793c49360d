import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder for code that this process will run, and says whether it may be used: it is the process's own, and nobody
 * else can write to it. Otherwise whoever can write there could run code with the credentials of this process.
 */
export function isPrivateFolder(folder: string): boolean {
  try {
    // HANSARD_HOME itself stays open: PostgreSQL runs as another user below it.
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It exists already, or cannot be made: the check below decides.
  }
  try {
    const { mode, uid } = lstatSync(folder);
    const isFolder = (mode & 0o170000) === 0o040000;
    return isFolder && uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
