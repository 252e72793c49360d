import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresUser, reachableFolder } from '../../local/parts/postgres-binaries.ts';
import { livingOwner, OWNER_FILE } from '../../local/stack-directory.ts';
import { endLeftovers } from '../../local/supervisor.ts';

/** Stops and deletes throw-away stacks in `folder` whose owner was killed before it could do so. */
export async function removeAbandonedStacks(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const directory = join(folder, name);
    if ((await livingOwner(directory)) !== null || (await isNew(directory))) continue;
    await endLeftovers(directory);
    const data = await reachableFolder(join(directory, 'postgres'), await postgresUser());
    for (const one of [data, directory]) await rm(one, { recursive: true, force: true });
  }
}

/** A stack that is still being created has no owner yet. */
async function isNew(directory: string) {
  const owned = (await readdir(directory)).includes(OWNER_FILE);
  return !owned && Date.now() - (await stat(directory)).birthtimeMs < 60_000;
}
