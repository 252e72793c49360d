import { z } from 'zod';
import type { RedisConnection } from '../../cache/redis-connection.ts';
import type { GateStore } from './gate-store.ts';

/** A gate that nobody moved for an hour is forgotten, and so open: it is closed for five minutes at most. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;

const READ = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1], time[2] }`;

const SWAP = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const readSchema = z.tuple([z.string(), z.coerce.number(), z.coerce.number()]);

/** Gates of all who use this Redis, by its clock: the clocks of workers differ. */
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
        arguments: [kept ?? '', next, String(FORGOTTEN_AFTER_MS)],
      })) === 1,
  };
}

const redisKey = (key: string): string => `hansard:gate:${key}`;
