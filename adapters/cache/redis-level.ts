import type { CacheCipher } from './cache.ts';
import { decodeKept, encodeKept } from './kept-answer.ts';
import type { KeptAnswer } from './kept-answer.ts';
import type { RedisConnection } from './redis-connection.ts';
import { generationKey } from './tenant-generations.ts';

/** The level that processes share. Reading and writing never throw: without Redis nothing is found and nothing kept. */
export interface RedisLevel {
  readonly read: (tenant: string, key: string) => Promise<KeptAnswer | null>;
  /** Keeps it for `ttlMs`. False when the tenant has another generation by now: it was erased meanwhile. */
  readonly write: (
    tenant: string,
    key: string,
    kept: KeptAnswer,
    options: { readonly ttlMs: number; readonly generation: string | null },
  ) => Promise<boolean>;
  /** How many there were. Throws `RedisError`. */
  readonly deleteTenant: (tenant: string) => Promise<number>;
}

export function createRedisLevel(options: {
  readonly redis: RedisConnection | null;
  readonly cipher: CacheCipher | null;
  /** Told when a value cannot be sealed or opened; without the value, the tenant and the key. */
  readonly onProblem: (message: string) => void;
}): RedisLevel {
  const { redis, cipher, onProblem } = options;

  const open = async (stored: Uint8Array, tenant: string, key: string) => {
    const payload = stored.subarray(1);
    if (stored[0] !== (cipher === null ? PLAIN : SEALED)) return null;
    return cipher === null ? payload : cipher.open(payload, { tenant, key });
  };
  const seal = async (kept: KeptAnswer, tenant: string, key: string) => {
    const encoded = encodeKept(kept);
    return cipher === null
      ? Buffer.concat([Uint8Array.of(PLAIN), encoded])
      : Buffer.concat([Uint8Array.of(SEALED), await cipher.seal(encoded, { tenant, key })]);
  };

  return {
    read: async (tenant, key) => {
      const stored = await redis?.getBytes(entryKey(tenant, key)).catch(() => null);
      if (stored === null || stored === undefined) return null;
      try {
        const opened = await open(stored, tenant, key);
        return opened === null ? null : decodeKept(opened);
      } catch {
        onProblem('a cached value in Redis cannot be opened; it is loaded anew');
        return null;
      }
    },
    write: async (tenant, key, kept, { ttlMs, generation }) => {
      if (redis === null || generation === null) return true;
      let sealed;
      try {
        sealed = await seal(kept, tenant, key);
      } catch {
        onProblem('a value cannot be sealed; Redis does not get it');
        return true;
      }
      const answer = await redis
        .eval(WRITE, {
          keys: [generationKey(tenant), entryKey(tenant, key)],
          arguments: [generation, sealed, String(Math.ceil(ttlMs))],
        })
        .catch(() => undefined);
      return answer !== 0;
    },
    deleteTenant: async (tenant) => {
      if (redis === null) return 0;
      let deleted = 0;
      for await (const keys of redis.scan(entryKey(tenant, '*'))) deleted += await redis.del(keys);
      return deleted;
    },
  };
}

/** A tenant has no colon and nothing that a glob would take for more than itself. */
const entryKey = (tenant: string, key: string) => `hansard:cache:${tenant}:${key}`;

/** Before the value: who turns encryption on, or off, takes no older value for one of now. */
const PLAIN = 0;
const SEALED = 1;

const WRITE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`;
