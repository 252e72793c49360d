import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { processStartTime } from './process-identity.ts';

/** The directory of this clone's stack: `stacks/{first 8 hex of SHA-256 of the clone's real path}` in HANSARD_HOME. */
export async function stackDirectory(home: string): Promise<string> {
  const clone = await realpath(join(import.meta.dirname, '..'));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  return join(home, 'stacks', name);
}

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
  await writeFile(join(directory, OWNER_FILE), JSON.stringify({ pid: process.pid, startTime }));
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

/** Null when there is no such file. */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : JSON.parse(text);
}
