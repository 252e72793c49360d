import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheCipher } from './cache.ts';
import type { CachedAnswer } from './memory-level.ts';
import type { RedisConnection } from './redis-connection.ts';
import { generationKey } from './tenant-generations.ts';

/** The level that processes share. Only `deleteTenant` throws: without Redis, nothing is found, stored or locked. */
export function createRedisLevel(options: {
  readonly redis: RedisConnection | null;
  readonly cipher: CacheCipher | null;
  readonly onProblem: (message: string) => void;
  readonly lockMs: number;
}) {
  const { redis, cipher, onProblem, lockMs } = options;
  const noUnlock = async () => {};

  return {
    read: async (tenant: string, key: string): Promise<CachedAnswer | null> => {
      const stored = await redis?.getBytes(entryKey(tenant, key)).catch(() => null);
      if (stored?.[0] !== (cipher === null ? PLAIN : SEALED)) return null;
      try {
        const payload = stored.subarray(1);
        return decode(cipher === null ? payload : await cipher.open(payload, { tenant, key }));
      } catch {
        onProblem('a cached value in Redis cannot be opened; it is loaded again');
        return null;
      }
    },

    /** False when the tenant has another generation by now, because it was erased. */
    write: async (
      tenant: string,
      key: string,
      answer: CachedAnswer,
      { ttlMs, generation }: { readonly ttlMs: number; readonly generation: string | null },
    ): Promise<boolean> => {
      if (redis === null || generation === null) return true;
      let stored;
      try {
        const plain = encode(answer);
        stored =
          cipher === null
            ? [Uint8Array.of(PLAIN), plain]
            : [Uint8Array.of(SEALED), await cipher.seal(plain, { tenant, key })];
      } catch {
        onProblem('a value cannot be sealed; it is not written to Redis');
        return true;
      }
      const written = await redis
        .eval(WRITE, {
          keys: [generationKey(tenant), entryKey(tenant, key)],
          arguments: [generation, Buffer.concat(stored), String(Math.ceil(ttlMs))],
        })
        .catch(() => undefined);
      return written !== 0;
    },

    /** Returns the number of entries. Throws `RedisError`. */
    deleteTenant: async (tenant: string): Promise<number> => {
      if (redis === null) return 0;
      let deleted = 0;
      for await (const keys of redis.scan(entryKey(tenant, '*'))) deleted += await redis.del(keys);
      return deleted;
    },

    /**
     * Waits until no other process loads the key, and returns how to unlock it. It reduces duplicate loads but does not
     * exclude them: after waiting `lockMs`, or while Redis is down, the caller loads without the lock, and after
     * `lockMs` the lock of a slow load expires.
     */
    lock: async (tenant: string, key: string): Promise<() => Promise<void>> => {
      if (redis === null) return noUnlock;
      const lockKey = `hansard:cache-lock:${tenant}:${key}`;
      const token = randomUUID();
      const deadline = performance.now() + lockMs;
      let pauseMs = FIRST_PAUSE_MS;
      try {
        while (!(await redis.set(lockKey, token, { ttlMs: lockMs, onlyIfAbsent: true }))) {
          const leftMs = deadline - performance.now();
          if (leftMs <= 0) return noUnlock;
          await sleep(Math.min(pauseMs, leftMs));
          pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
        }
      } catch {
        // Redis is down, or its answer was lost and the lock will expire.
        return noUnlock;
      }
      // If this fails, the lock expires.
      return async () =>
        void (await redis
          .eval(UNLOCK, { keys: [lockKey], arguments: [token] })
          .catch(() => undefined));
    },
  };
}

/** A tenant contains no colon and no wildcard of a glob. */
const entryKey = (tenant: string, key: string) => `hansard:cache:${tenant}:${key}`;

/** First byte: after encryption is turned on or off, older values are ignored. */
const PLAIN = 0;
const SEALED = 1;

const WRITE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Deletes only its own lock: after it expired, another process may hold it. */
const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

const FORMAT_VERSION = 1;
const HEADER_BYTES = 10;
const KINDS = ['value', 'refusal', 'nothing'] as const;

/** Format version, kind, time of loading (8 bytes, milliseconds), value. */
function encode({ kind, value, loadedAtMs }: CachedAnswer): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT_VERSION, 0);
  header.writeUInt8(KINDS.indexOf(kind), 1);
  header.writeDoubleBE(loadedAtMs, 2);
  return Buffer.concat([header, value]);
}

/** Null for foreign bytes and for another format version. */
function decode(bytes: Uint8Array): CachedAnswer | null {
  if (bytes.byteLength < HEADER_BYTES || bytes[0] !== FORMAT_VERSION) return null;
  const kind = KINDS[bytes[1] ?? KINDS.length];
  const loadedAtMs = Buffer.from(bytes.buffer, bytes.byteOffset).readDoubleBE(2);
  if (kind === undefined || !Number.isFinite(loadedAtMs)) return null;
  return { kind, value: bytes.subarray(HEADER_BYTES), loadedAtMs };
}
