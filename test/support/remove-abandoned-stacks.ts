import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { postgresUser, reachableFolder } from '../../local/parts/postgres-binaries.ts';
import { livingOwner, OWNER_FILE } from '../../local/stack-directory.ts';
import { endLeftovers } from '../../local/supervisor.ts';

/**
 * Stops and deletes throw-away stacks in `folder` whose owner was killed before it could do so. One process does it at
 * a time: one that deletes what another one still reads would end it.
 */
export async function removeAbandonedStacks(folder: string, prefix: string): Promise<void> {
  const release = await lock(folder, {
    lockfilePath: join(folder, `.${prefix}lock`),
    retries: { retries: 600, factor: 1, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    for (const name of names) {
      // Its own run may delete it meanwhile.
      await removeIfAbandoned(join(folder, name)).catch(unless('ENOENT'));
    }
  } finally {
    await release();
  }
}

async function removeIfAbandoned(directory: string): Promise<void> {
  if ((await livingOwner(directory)) !== null || (await isNew(directory))) return;
  await endLeftovers(directory);
  const data = await reachableFolder(join(directory, 'postgres'), await postgresUser());
  for (const one of [data, directory]) await rm(one, { recursive: true, force: true });
}

/** A stack that is still being created has no owner yet. */
async function isNew(directory: string) {
  const owned = (await readdir(directory)).includes(OWNER_FILE);
  return !owned && Date.now() - (await stat(directory)).birthtimeMs < 60_000;
}

const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof Error && 'code' in error && error.code === code)) throw error;
};
