import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of one's own below `parent`, gone when `work` is over. */
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
