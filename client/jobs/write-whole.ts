import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';

/** Has a file written under a name beside its own, and renames it: it appears whole or not at all. */
export async function writeWhole(
  path: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${path}.${randomUUID()}.part`;
  try {
    await write(partial);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}
