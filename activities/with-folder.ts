import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives `work` a new folder in `parent` and deletes it afterwards. */
export async function withFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, 'hansard-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
