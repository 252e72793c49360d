import type { Tools } from './provision/provision-all.ts';
import { REDIS_REMEDY } from './provision/redis-server.ts';
import type { StackPart } from './stack-facts.ts';

/** What of the wanted parts can be started. Redis alone is optional: where there is none, one line says what that means. */
export function partsToStart(
  wanted: readonly StackPart[],
  tools: Pick<Tools, 'redisServer'>,
  log: (line: string) => void,
): readonly StackPart[] {
  if (tools.redisServer !== null || !wanted.includes('redis')) return wanted;
  log(
    `redis-server is missing: gates of targets and caches are each process's own. ${REDIS_REMEDY}`,
  );
  return wanted.filter((part) => part !== 'redis');
}
