import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import type { ToolOverrides } from '../config.ts';

export interface Provisioning {
  /** HANSARD_HOME: where binaries, weights and the Python environment are kept. */
  readonly home: string;
  readonly overrides: ToolOverrides;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** What `find` finds; when it finds nothing, calls `make`, but only in one process of this HANSARD_HOME. */
export const findOrMake = async <T>(
  provisioning: Provisioning,
  lockName: string,
  find: () => Promise<T | null>,
  make: () => Promise<T>,
): Promise<T> =>
  (await find()) ??
  (await withLock(provisioning, lockName, async () => (await find()) ?? (await make())));

/** Runs `work` while no other process with this HANSARD_HOME runs work under the same name. */
export async function withLock<T>(
  { home, log }: Pick<Provisioning, 'home' | 'log'>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const directory = join(home, 'locks', name);
  await mkdir(directory, { recursive: true });
  const options = { stale: STALE_AFTER_MS, update: STALE_AFTER_MS / 3 };
  const release = await lock(directory, options).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
    log(`${name}: waiting for another process that is doing this`);
    return lock(directory, { ...options, retries: WAITING });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

// A killed process leaves its lock behind; a lock that was not renewed for this long counts as abandoned.
const STALE_AFTER_MS = 15_000;
// Half an hour: two Go builds on a slow machine.
const WAITING = { retries: 1800, factor: 1, minTimeout: 1000, maxTimeout: 1000 };
