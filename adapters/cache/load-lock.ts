import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis-connection.ts';

/** Waits for its turn to load, across processes, and answers how to end it. Never throws. */
export type LoadLock = (tenant: string, key: string) => Promise<() => Promise<void>>;

/**
 * A courtesy, not a guarantee: whoever waited for `waitMs`, or finds Redis away, loads without its turn, and a load
 * that outlasts `leaseMs` may be joined by another.
 */
export function createLoadLock(options: {
  readonly redis: RedisConnection | null;
  readonly leaseMs: number;
  readonly waitMs: number;
}): LoadLock {
  const { redis, leaseMs, waitMs } = options;
  const noLock = async () => {};
  if (redis === null) return async () => noLock;

  return async (tenant, key) => {
    const lockKey = `hansard:cache-lock:${tenant}:${key}`;
    const token = randomUUID();
    const deadline = performance.now() + waitMs;
    let pauseMs = FIRST_PAUSE_MS;
    try {
      while (!(await redis.set(lockKey, token, { ttlMs: leaseMs, onlyIfAbsent: true }))) {
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return noLock;
        await sleep(Math.min(pauseMs, leftMs));
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
      }
    } catch {
      // Away, or the answer was lost and the lock lapses by itself.
      return noLock;
    }
    return async () => {
      // A lock that cannot be given back lapses.
      await redis.eval(RELEASE, { keys: [lockKey], arguments: [token] }).catch(() => undefined);
    };
  };
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/** Only its own: another may hold the lock after the lease. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;
