import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from './json-file.ts';
import { processStartTime } from './process-identity.ts';

/** Exists while a process owns the stack. */
export const OWNER_FILE = 'owner.json';

/** Makes this process the owner of the stack. Throws when another living process owns it. */
export async function claimStack(directory: string): Promise<void> {
  const owner = await livingOwner(directory);
  if (owner !== null) {
    throw new Error(
      `this clone's stack is already running (process ${owner}). Stop it first; ${directory}/stack.json lists its addresses.`,
    );
  }
  const startTime = (await processStartTime(process.pid)) ?? '';
  await writeJson(join(directory, OWNER_FILE), { pid: process.pid, startTime });
}

export const releaseStack = (directory: string): Promise<void> =>
  rm(join(directory, OWNER_FILE), { force: true });

/** Process id of the stack's owner; null when it has none or the owner has died. */
export async function livingOwner(directory: string): Promise<number | null> {
  const owner = ownerSchema.safeParse(await readJson(join(directory, OWNER_FILE)));
  if (!owner.success) return null;
  const { pid, startTime } = owner.data;
  return (await processStartTime(pid)) === startTime ? pid : null;
}

/** Names the other clone whose running stack uses the port, for an error message; undefined when there is none. */
export async function portHolder(directory: string, port: number): Promise<string | undefined> {
  const siblings = await readdir(dirname(directory)).catch(() => []);
  for (const name of siblings) {
    const sibling = join(dirname(directory), name);
    if (sibling === directory || (await livingOwner(sibling)) === null) continue;
    const stack = stackPortsSchema.safeParse(await readJson(join(sibling, 'stack.json')));
    if (stack.success && Object.values(stack.data.ports).includes(port)) {
      return `the stack of ${stack.data.clone}`;
    }
  }
  return undefined;
}

const ownerSchema = z.object({ pid: z.int(), startTime: z.string() });
const stackPortsSchema = z.object({ clone: z.string(), ports: z.record(z.string(), z.int()) });
