import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { RedisConnection } from './connect-redis.ts';
import type { CachedAnswer } from './memory-level.ts';
import { CURRENT_GENERATION, generationArguments, generationKey } from './tenant-generations.ts';

/** Encrypts values on their way to Redis, where others might read them. */
export interface CacheCipher {
  readonly seal: (plain: Uint8Array, place: EntryPlace) => Promise<Uint8Array>;
  /** Throws when the bytes were not sealed for exactly this tenant and key. */
  readonly open: (sealed: Uint8Array, place: EntryPlace) => Promise<Uint8Array>;
}

export interface EntryPlace {
  readonly tenant: string;
  readonly key: string;
}

/** The level that processes share. Only `deleteTenant` throws: while Redis is down, nothing is found, stored or locked. */
export function createRedisLevel(
  redis: RedisConnection,
  { cipher, onProblem, lockMs }: RedisLevelOptions,
) {
  const open = async (place: EntryPlace, stored: Uint8Array): Promise<CachedAnswer | null> => {
    if (stored[0] !== (cipher === null ? PLAIN : SEALED)) return null;
    try {
      const payload = stored.subarray(1);
      return decode(cipher === null ? payload : await cipher.open(payload, place));
    } catch {
      onProblem('a cached value in Redis cannot be opened; it is loaded again');
      return null;
    }
  };

  const read = async (place: EntryPlace): Promise<CachedAnswer | null> => {
    const stored = await redis.getBytes(entryKey(place)).catch(() => null);
    return stored && (await open(place, stored));
  };

  return {
    /**
     * What a load needs to know before it begins, in one question: the tenant's generation, what is kept, and where
     * nothing is, the lock. Null while Redis is down.
     */
    begin: async (place: EntryPlace): Promise<Begun | null> => {
      const lock = randomUUID();
      try {
        const answer = await redis.evalBytes(BEGIN, {
          keys: [generationKey(place.tenant), entryKey(place), lockKey(place)],
          arguments: [...generationArguments(), lock, String(lockMs)],
        });
        const [token, stored, isLocked] = begunSchema.parse(answer);
        const found = stored === null ? null : await open(place, stored);
        return { token: token.toString(), found, lock: isLocked === 1 ? lock : null };
      } catch {
        return null;
      }
    },

    read,

    /** Returns the number of entries. Throws `RedisError`. */
    deleteTenant: async (tenant: string): Promise<number> => {
      let deleted = 0;
      for await (const keys of redis.scan(entryKey({ tenant, key: '*' }))) {
        deleted += await redis.del(keys);
      }
      return deleted;
    },

    /**
     * Waits until no other process loads the key, and locks it. It reduces duplicate loads but does not exclude them: after
     * waiting `lockMs`, or while Redis is down, the result is null and the caller loads without the lock, and after
     * `lockMs` the lock of a slow load expires.
     */
    lock: async (place: EntryPlace): Promise<string | null> => {
      const token = randomUUID();
      const deadline = performance.now() + lockMs;
      let pauseMs = FIRST_PAUSE_MS;
      try {
        while (!(await redis.set(lockKey(place), token, { ttlMs: lockMs, onlyIfAbsent: true }))) {
          const leftMs = deadline - performance.now();
          if (leftMs <= 0) return null;
          await sleep(Math.min(pauseMs, leftMs));
          pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
        }
        return token;
      } catch {
        // Redis is down, or its answer was lost.
        return null;
      }
    },

    /** What a load may do at its end; the lock is let go then, at the latest when it is disposed of. */
    hold: (place: EntryPlace, lock: string | null): Hold => {
      let isHeld = lock !== null;
      return {
        write: async (answer, { ttlMs, generation }) => {
          let stored;
          try {
            const plain = encode(answer);
            stored =
              cipher === null
                ? [Uint8Array.of(PLAIN), plain]
                : [Uint8Array.of(SEALED), await cipher.seal(plain, place)];
          } catch {
            onProblem('a value cannot be sealed; it is not written to Redis');
            return true;
          }
          isHeld = false;
          const written = await redis
            .eval(WRITE, {
              keys: [generationKey(place.tenant), entryKey(place), lockKey(place)],
              arguments: [
                generation,
                Buffer.concat(stored),
                String(Math.ceil(ttlMs)),
                lock ?? NO_LOCK,
              ],
            })
            .catch(() => undefined);
          return written !== 0;
        },
        [Symbol.asyncDispose]: async () => {
          if (!isHeld || lock === null) return;
          // If it fails, the lock expires.
          await redis
            .eval(UNLOCK, { keys: [lockKey(place)], arguments: [lock] })
            .catch(() => undefined);
        },
      };
    },
  };
}

interface Begun {
  /** The tenant's generation. */
  readonly token: string;
  readonly found: CachedAnswer | null;
  /** Null: something is kept, or another process loads it. */
  readonly lock: string | null;
}

interface Hold extends AsyncDisposable {
  /** False when the tenant has another generation by now, because it was erased. Never throws. */
  readonly write: (
    answer: CachedAnswer,
    how: { readonly ttlMs: number; readonly generation: string },
  ) => Promise<boolean>;
}

const begunSchema = z.tuple([z.instanceof(Buffer), z.instanceof(Buffer).nullable(), z.int()]);

interface RedisLevelOptions {
  readonly cipher: CacheCipher | null;
  readonly onProblem: (message: string) => void;
  readonly lockMs: number;
}

/** A tenant contains no colon and no wildcard of a glob. */
const entryKey = ({ tenant, key }: EntryPlace) => `hansard:cache:${tenant}:${key}`;
const lockKey = ({ tenant, key }: EntryPlace) => `hansard:cache-lock:${tenant}:${key}`;

/** No lock has this token. */
const NO_LOCK = '';

/** First byte: after encryption is turned on or off, older values are ignored. */
const PLAIN = 0;
const SEALED = 1;

const BEGIN = `${CURRENT_GENERATION}
local kept = redis.call('GET', KEYS[2])
if kept then return { token, kept, 0 } end
if redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', ARGV[4]) then return { token, false, 1 } end
return { token, false, 0 }`;

/** Deletes only its own lock: after it expired, another process may hold it. */
const WRITE = `
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`;

const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

const FORMAT_VERSION = 1;
const HEADER_BYTES = 10;
const [VALUE, REFUSAL, NOTHING] = [0, 1, 2] as const;

/** Format version, kind, time of loading (8 bytes, milliseconds), value. */
function encode({ value, negative, loadedAtMs }: CachedAnswer): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT_VERSION, 0);
  header.writeUInt8(value === null ? NOTHING : negative ? REFUSAL : VALUE, 1);
  header.writeDoubleBE(loadedAtMs, 2);
  return Buffer.concat([header, value ?? new Uint8Array()]);
}

/** Null for foreign bytes and for another format version. */
function decode(bytes: Uint8Array): CachedAnswer | null {
  const [version, kind = Infinity] = bytes;
  if (bytes.byteLength < HEADER_BYTES || version !== FORMAT_VERSION || kind > NOTHING) return null;
  const loadedAtMs = Buffer.from(bytes.buffer, bytes.byteOffset).readDoubleBE(2);
  if (!Number.isFinite(loadedAtMs)) return null;
  const value = kind === NOTHING ? null : bytes.subarray(HEADER_BYTES);
  return { value, negative: kind !== VALUE, loadedAtMs };
}
