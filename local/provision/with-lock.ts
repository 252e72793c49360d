import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import type { Provisioning } from './provisioning.ts';

/** Runs `work` while no other process with this HANSARD_HOME runs work of that name. */
export async function withLock<T>(
  { home, log }: Pick<Provisioning, 'home' | 'log'>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(home, 'locks', name);
  await mkdir(folder, { recursive: true });
  const options = { stale: STALE_AFTER_MS, update: STALE_AFTER_MS / 3 };
  const release = await lock(folder, options).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
    log(`${name}: another process is doing this; waiting`);
    return lock(folder, { ...options, retries: WAITING });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

// A killed process leaves its lock behind; after this long without renewal it counts as abandoned.
const STALE_AFTER_MS = 15_000;
// Half an hour: two Go builds on a slow machine.
const WAITING = { retries: 1800, factor: 1, minTimeout: 1000, maxTimeout: 1000 };
