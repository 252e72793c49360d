import { z } from 'zod';
import type { RedisConnection } from '../../cache/connect-redis.ts';

/** Where gate records are kept. Both methods may reject; it is then unknown what was stored. */
export interface GateStore {
  /** The record under the key, null for none, and the store's own time. */
  readonly read: (key: string) => Promise<{ readonly kept: string | null; readonly nowMs: number }>;
  /** Writes `next` if the record still is `kept`; false: it is not. Atomic. */
  readonly swap: (key: string, kept: string | null, next: string) => Promise<boolean>;
}

/** Far more than any configuration has targets. */
const MOST_GATES = 1000;

/** Gates of this process. Beyond 1000, the one unchanged for longest is dropped, and so is open again. */
export function createMemoryGateStore(now: () => Date): GateStore {
  const records = new Map<string, string>();
  return {
    read: (key) => Promise.resolve({ kept: records.get(key) ?? null, nowMs: now().getTime() }),
    swap: (key, kept, next) => {
      if ((records.get(key) ?? null) !== kept) return Promise.resolve(false);
      // Move it to the end of the map's order.
      records.delete(key);
      records.set(key, next);
      const [oldest] = records.keys();
      if (records.size > MOST_GATES && oldest !== undefined) records.delete(oldest);
      return Promise.resolve(true);
    },
  };
}

/** A gate that did not change for an hour is dropped, and so is open: the longest closing is five minutes. */
const EXPIRES_AFTER_MS = 60 * 60_000;

const READ = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1], time[2] }`;

const SWAP = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const readSchema = z.tuple([z.string(), z.coerce.number(), z.coerce.number()]);

/** Gates shared by all users of this Redis, by its clock, because the clocks of workers differ. */
export function createRedisGateStore(redis: Pick<RedisConnection, 'eval'>): GateStore {
  return {
    read: async (key) => {
      const answer = await redis.eval(READ, { keys: [redisKey(key)], arguments: [] });
      const [kept, seconds, microseconds] = readSchema.parse(answer);
      return {
        kept: kept === '' ? null : kept,
        nowMs: seconds * 1000 + Math.floor(microseconds / 1000),
      };
    },
    swap: async (key, kept, next) =>
      (await redis.eval(SWAP, {
        keys: [redisKey(key)],
        arguments: [kept ?? '', next, String(EXPIRES_AFTER_MS)],
      })) === 1,
  };
}

const redisKey = (key: string): string => `hansard:gate:${key}`;
