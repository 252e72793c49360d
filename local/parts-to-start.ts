import type { Tools } from './provision/provision-all.ts';
import { REDIS_REMEDY } from './provision/redis-server.ts';
import type { StackPart } from './stack-facts.ts';

/** The wanted parts that can be started. Only Redis is optional; a log line explains what its absence means. */
export function partsToStart(
  wanted: readonly StackPart[],
  tools: Pick<Tools, 'redisServer'>,
  log: (line: string) => void,
): readonly StackPart[] {
  if (tools.redisServer !== null || !wanted.includes('redis')) return wanted;
  log(`redis-server is missing: each process has its own target gates and caches. ${REDIS_REMEDY}`);
  return wanted.filter((part) => part !== 'redis');
}
