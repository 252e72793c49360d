import {
  CacheBusyError,
  CacheKeyError,
  type Cache,
  type CacheCipher,
  type CacheResult,
  type CacheTimes,
  type Load,
  type Loaded,
} from './cache.ts';
import { createMemoryLevel, type CachedAnswer } from './memory-level.ts';
import type { RedisConnection } from './redis-connection.ts';
import { createRedisLevel } from './redis-level.ts';
import { createTenantGenerations, type Generation } from './tenant-generations.ts';

export interface CacheOptions {
  /** The caller closes it. Null: memory only. */
  readonly redis: RedisConnection | null;
  /** Encrypts what goes to Redis; null: stored in plain. */
  readonly cipher?: CacheCipher | null;
  /** Limit of the memory level, keys and bookkeeping included. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Longer values are returned but not cached. Default 1 MiB. */
  readonly maxValueBytes?: number;
  /** How many different keys may load at once; beyond that, `CacheBusyError`. Default 1000. */
  readonly maxLoads?: number;
  /** How long to wait for another process's load, and how long it holds the lock. Default 15 s. */
  readonly lockMs?: number;
  readonly times?: Partial<CacheTimes>;
  /** Called when a value cannot be sealed or opened; the message contains no tenant, key or value. */
  readonly onProblem?: (message: string) => void;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Two levels: memory, limited in bytes, and Redis, shared by processes. While Redis is down only memory is used; Redis
 * is used again as soon as it is back.
 */
export function createCache(options: CacheOptions): Cache {
  const { redis, now = Date.now, maxValueBytes = 1024 ** 2, lockMs = 15_000 } = options;
  const { cipher = null, onProblem = () => {}, maxLoads = 1000 } = options;
  const memory = createMemoryLevel({ maxBytes: options.maxBytes ?? 64 * 1024 ** 2, now });
  const shared = createRedisLevel({ redis, cipher, onProblem, lockMs });
  const generations = createTenantGenerations({ redis, now });
  /** Loads that callers can join, by tenant and key. */
  const loads = new Map<string, Promise<CacheResult>>();
  /** Counts loads that were erased from `loads` too: they hold memory until they end. */
  let running = 0;

  const readMemory = (tenant: string, key: string, generation: Generation) => {
    const entry = memory.get(tenant, key);
    if (entry === null || !generation.confirmed || entry.generation === generation.token) {
      return entry;
    }
    memory.delete(tenant, key);
    return null;
  };

  const isFresh = (answer: CachedAnswer | null, times: CacheTimes): answer is CachedAnswer =>
    answer !== null && now() - answer.loadedAtMs < freshMs(answer, times);

  const toResult = (answer: CachedAnswer, from: CacheResult['from']): CacheResult => ({
    value: answer.kind === 'nothing' ? null : answer.value,
    negative: answer.kind !== 'value',
    from,
    ageMs: Math.max(0, now() - answer.loadedAtMs),
  });

  /** `isCurrent` is false once the tenant was erased: the answer must then not be cached. */
  const loadShared = async (
    { tenant, key, load, times }: Request,
    isCurrent: () => boolean,
  ): Promise<CacheResult> => {
    const generation = await generations.current(tenant, { refresh: true });
    const mayCache = (answer: CachedAnswer) =>
      isCurrent() && answer.value.byteLength <= maxValueBytes;
    const writeMemory = (answer: CachedAnswer) =>
      memory.set(tenant, key, {
        ...answer,
        generation: generation.token,
        expiresAtMs: answer.loadedAtMs + lifeMs(answer, times),
      });
    const fromRedis = (answer: CachedAnswer) => {
      if (mayCache(answer)) writeMemory(answer);
      return toResult(answer, 'redis');
    };

    const found = await shared.read(tenant, key);
    if (isFresh(found, times)) return fromRedis(found);
    const unlock = await shared.lock(tenant, key);
    try {
      // The previous holder of the lock may have loaded it.
      const filled = await shared.read(tenant, key);
      if (isFresh(filled, times)) return fromRedis(filled);
      let loaded;
      try {
        loaded = await load();
      } catch (error) {
        const earlier = newest(readMemory(tenant, key, generation), filled);
        const usable =
          earlier !== null && isCurrent() && now() - earlier.loadedAtMs < lifeMs(earlier, times);
        if (!usable) throw error;
        return toResult(earlier, 'stale');
      }
      const answer = toAnswer(loaded, now());
      if (mayCache(answer)) {
        const ttlMs = lifeMs(answer, times);
        const written = await shared.write(tenant, key, answer, {
          ttlMs,
          generation: generation.token,
        });
        if (written && isCurrent()) writeMemory(answer);
      }
      return toResult(answer, 'load');
    } finally {
      await unlock();
    }
  };

  const startLoad = (id: string, request: Request): Promise<CacheResult> => {
    if (running >= maxLoads) {
      throw new CacheBusyError(`${maxLoads} loads are running; try again later`);
    }
    running += 1;
    const isCurrent = () => loads.get(id) === started;
    const started = Promise.resolve()
      .then(() => loadShared(request, isCurrent))
      .finally(() => {
        running -= 1;
        if (isCurrent()) loads.delete(id);
      });
    // All callers may have left; those who still wait receive the error.
    started.catch(() => {});
    loads.set(id, started);
    return started;
  };

  return {
    getOrLoad: async (tenant, key, load, { signal, ...given } = {}) => {
      checkTenant(tenant);
      if (!KEY.test(key)) throw new CacheKeyError('a cache key is 1 to 256 of A-Z, a-z, 0-9, ._:-');
      signal?.throwIfAborted();
      const times = checkTimes({ ...DEFAULT_TIMES, ...options.times, ...given });
      const generation = await untilAborted(generations.current(tenant), signal);
      const held = readMemory(tenant, key, generation);
      if (isFresh(held, times)) return toResult(held, 'memory');
      const id = `${tenant}:${key}`;
      return untilAborted(loads.get(id) ?? startLoad(id, { tenant, key, load, times }), signal);
    },
    eraseTenant: async (tenant) => {
      checkTenant(tenant);
      for (const id of loads.keys()) if (id.startsWith(`${tenant}:`)) loads.delete(id);
      const erased = memory.deleteTenant(tenant);
      // The token first: after that, nothing loaded earlier can be written while the keys are deleted.
      await generations.renew(tenant);
      return { memory: erased, redis: await shared.deleteTenant(tenant) };
    },
  };
}

interface Request {
  readonly tenant: string;
  readonly key: string;
  readonly load: Load;
  readonly times: CacheTimes;
}

const DEFAULT_TIMES: CacheTimes = { freshMs: 3_600_000, staleMs: 3_600_000, negativeMs: 30_000 };

function checkTimes(times: CacheTimes): CacheTimes {
  const { freshMs, staleMs, negativeMs } = times;
  if ([freshMs, staleMs, negativeMs].every((ms) => Number.isFinite(ms) && ms >= 0)) return times;
  throw new RangeError('the times of a cache are milliseconds, 0 or more');
}

const TENANT = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** Call keys are 64 hexadecimal digits; other keys of this form work too. */
const KEY = /^[A-Za-z0-9._:-]{1,256}$/;

function checkTenant(tenant: string) {
  if (!TENANT.test(tenant)) throw new CacheKeyError('a tenant is 1 to 32 of a-z, 0-9 and -');
}

const freshMs = ({ kind }: CachedAnswer, times: CacheTimes) =>
  kind === 'value' ? times.freshMs : times.negativeMs;

/** A refusal never gets stale time: it was only known to hold briefly. */
const lifeMs = ({ kind }: CachedAnswer, times: CacheTimes) =>
  kind === 'value' ? times.freshMs + times.staleMs : times.negativeMs;

const newest = (one: CachedAnswer | null, other: CachedAnswer | null) =>
  one !== null && (other === null || one.loadedAtMs >= other.loadedAtMs) ? one : other;

function toAnswer(loaded: Loaded | null, loadedAtMs: number): CachedAnswer {
  if (loaded === null) return { kind: 'nothing', value: new Uint8Array(0), loadedAtMs };
  return { kind: loaded.negative === true ? 'refusal' : 'value', value: loaded.value, loadedAtMs };
}

/** The promise's result, or the signal's reason as soon as it aborts; the work itself continues. */
async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  // Rejects with the reason itself: callers compare it by identity.
  const abort = () => {
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
