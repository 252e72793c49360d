import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of this clone's own stack: `stacks/{first 8 hex of SHA-256 of the clone's real path}` in HANSARD_HOME. */
export async function stackDirectory(home: string): Promise<string> {
  const clone = await realpath(join(import.meta.dirname, '..'));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  return join(home, 'stacks', name);
}
