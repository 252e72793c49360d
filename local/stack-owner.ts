import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { processStartTime } from './process-identity.ts';

export const OWNER_FILE = 'owner.json';

/** Claims a stack's folder for this process. Throws if a running process owns it. */
export async function claimStack(directory: string): Promise<void> {
  const owner = await livingOwner(directory);
  if (owner !== null) {
    throw new Error(
      `this clone's stack is already running (process ${owner}); stop it, or see ${directory}/stack.json`,
    );
  }
  const startTime = (await processStartTime(process.pid)) ?? '';
  await writeFile(ownerFile(directory), JSON.stringify({ pid: process.pid, startTime }));
}

export const releaseStack = (directory: string): Promise<void> =>
  rm(ownerFile(directory), { force: true });

/** Id of the process that runs the stack in this folder; null: it does not run. */
export async function livingOwner(directory: string): Promise<number | null> {
  const text = await readFile(ownerFile(directory), 'utf8').catch(() => null);
  if (text === null) return null;
  const owner = ownerSchema.safeParse(JSON.parse(text));
  if (!owner.success) return null;
  const { pid, startTime } = owner.data;
  return (await processStartTime(pid)) === startTime ? pid : null;
}

/** Names the other clone whose running stack has a port, for an error message; undefined: none has it. */
export async function portHolder(directory: string, port: number): Promise<string | undefined> {
  const siblings = await readdir(dirname(directory)).catch(() => []);
  for (const name of siblings) {
    const sibling = join(dirname(directory), name);
    if (sibling === directory || (await livingOwner(sibling)) === null) continue;
    const facts = await readFile(join(sibling, 'stack.json'), 'utf8').catch(() => null);
    const stack = stackPortsSchema.safeParse(facts === null ? null : JSON.parse(facts));
    if (stack.success && Object.values(stack.data.ports).includes(port)) {
      return `the stack of ${stack.data.clone}`;
    }
  }
  return undefined;
}

const ownerFile = (directory: string) => join(directory, OWNER_FILE);
const ownerSchema = z.object({ pid: z.int(), startTime: z.string() });
const stackPortsSchema = z.object({ clone: z.string(), ports: z.record(z.string(), z.int()) });
