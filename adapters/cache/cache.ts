import { addAbortListener } from 'node:events';
import { TENANT_PATTERN } from '../../workflows/contracts/names.ts';
import type { RedisConnection } from './connect-redis.ts';
import { createMemoryLevel, type CachedAnswer } from './memory-level.ts';
import { createRedisLevel, type CacheCipher, type EntryPlace } from './redis-level.ts';
import { createTenantGenerations, type Generation } from './tenant-generations.ts';

export interface CacheOptions {
  /** The caller closes it. Null: memory only. */
  readonly redis: RedisConnection | null;
  /** Encrypts what goes to Redis. Default: stored in plain. */
  readonly cipher?: CacheCipher;
  /** Limit of the memory level, keys and bookkeeping included. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Longer values are returned but not cached. Default 1 MiB. */
  readonly maxValueBytes?: number;
  /** How many different keys may load at once; beyond that, `CacheBusyError`. Default 1000. */
  readonly maxLoads?: number;
  /** How long to wait for another process's load, and how long it holds the lock. Default 15 s. */
  readonly lockMs?: number;
  /** Called when a value cannot be sealed or opened; the message contains no tenant, key or value. */
  readonly onProblem?: (message: string) => void;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** Sets its own deadline. Null means "nothing there", which is cached briefly like a refusal. */
export type Load = () => Promise<Loaded | null>;

/** `negative` marks a refusal that the next load would repeat: it is cached only briefly. */
export interface Loaded {
  readonly value: Uint8Array;
  readonly negative?: boolean;
}

interface CacheTimes {
  /** How long a value is used without loading again. Default 3600 s. */
  readonly freshMs: number;
  /** How long after `freshMs` a value is still used when the load fails; 0: never. Default 3600 s. */
  readonly staleMs: number;
  /** How long "nothing there" and a refusal are used. Default 30 s. */
  readonly negativeMs: number;
}

interface CacheReadOptions extends Partial<CacheTimes> {
  /** Ends this caller's wait with the signal's reason. The load continues for other callers and for the cache. */
  readonly signal?: AbortSignal;
}

/** The value is shared with other callers: do not write into it. */
export interface CacheResult extends Omit<CachedAnswer, 'loadedAtMs'> {
  /** `stale`: the load failed, and this is the earlier value. */
  readonly from: 'memory' | 'redis' | 'load' | 'stale';
  /** Time since it was loaded; between machines only as exact as their clocks. */
  readonly ageMs: number;
}

export type Cache = ReturnType<typeof createCache>;

/**
 * Two levels: memory, limited in bytes, and Redis, shared by processes. While Redis is down only memory is used; Redis
 * is used again as soon as it is back.
 */
export function createCache(options: CacheOptions) {
  const { redis, now = Date.now, maxValueBytes = 1024 ** 2, lockMs = 15_000 } = options;
  const { cipher = null, onProblem = () => {}, maxLoads = 1000 } = options;
  const memory = createMemoryLevel(options.maxBytes ?? 64 * 1024 ** 2);
  const shared = redis && createRedisLevel(redis, { cipher, onProblem, lockMs });
  const generations = redis && createTenantGenerations(redis, now);
  /** Loads that callers can join, by tenant and key. */
  const loads = new Map<string, Promise<CacheResult>>();
  /** Counts loads that were erased from `loads` too: they hold memory until they end. */
  let running = 0;

  const generationOf = async (tenant: string): Promise<Generation> =>
    (await generations?.current(tenant)) ?? NO_GENERATION;

  const readMemory = (id: string, generation: Generation) => {
    const entry = memory.get(id);
    const isErased = generation.confirmed && entry?.generation !== generation.token;
    if (entry !== null && now() < entry.expiresAtMs && !isErased) return entry;
    memory.delete(id);
    return null;
  };

  const isFresh = (answer: CachedAnswer | null, times: CacheTimes): answer is CachedAnswer =>
    answer !== null && now() - answer.loadedAtMs < freshMs(answer, times);

  const toResult = (
    { value, negative, loadedAtMs }: CachedAnswer,
    from: CacheResult['from'],
  ): CacheResult => ({ value, negative, from, ageMs: Math.max(0, now() - loadedAtMs) });

  /** `isCurrent` is false once the tenant was erased: the answer must then not be cached. */
  const loadShared = async (
    { place, load, times }: Request,
    isCurrent: () => boolean,
  ): Promise<CacheResult> => {
    const id = idOf(place);
    const askedAtMs = now();
    const begun = (await shared?.begin(place)) ?? null;
    const generation =
      generations?.heard(place.tenant, begun?.token ?? null, askedAtMs) ?? NO_GENERATION;
    const mayCache = ({ value }: CachedAnswer) =>
      isCurrent() && (value?.byteLength ?? 0) <= maxValueBytes;
    const writeMemory = (answer: CachedAnswer) => {
      const expiresAtMs = answer.loadedAtMs + lifeMs(answer, times);
      if (mayCache(answer))
        memory.set(id, { ...answer, generation: generation.token, expiresAtMs });
    };
    const fromRedis = (answer: CachedAnswer) => {
      writeMemory(answer);
      return toResult(answer, 'redis');
    };

    let filled = begun?.found ?? null;
    if (isFresh(filled, times)) return fromRedis(filled);
    let lock = begun?.lock ?? null;
    if (shared !== null && lock === null) {
      lock = await shared.lock(place);
      // The previous holder of the lock may have loaded it.
      filled = await shared.read(place);
    }
    await using hold = shared?.hold(place, lock);
    if (isFresh(filled, times)) return fromRedis(filled);
    let loaded;
    try {
      loaded = await load();
    } catch (error) {
      const earlier = newest(readMemory(id, generation), filled);
      const usable =
        earlier !== null && isCurrent() && now() - earlier.loadedAtMs < lifeMs(earlier, times);
      if (!usable) throw error;
      return toResult(earlier, 'stale');
    }
    const { value, negative = false } = loaded ?? { value: null, negative: true };
    const answer = { value, negative, loadedAtMs: now() };
    const ttlMs = lifeMs(answer, times);
    const isErased =
      generation.token !== null &&
      mayCache(answer) &&
      (await hold?.write(answer, { ttlMs, generation: generation.token })) === false;
    if (!isErased) writeMemory(answer);
    return toResult(answer, 'load');
  };

  const startLoad = (request: Request): Promise<CacheResult> => {
    if (running >= maxLoads) {
      throw new CacheBusyError(`${maxLoads} loads are running; try again later`);
    }
    running += 1;
    const id = idOf(request.place);
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
    /**
     * Returns the cached answer, or what `load` returns. Concurrent callers share one load (and its times); other
     * processes wait for it, but only for a limited time, then load themselves. An error of the load reaches all who wait
     * for it and is never cached. Throws `CacheKeyError`, `CacheBusyError`, the load's error and the signal's reason, but
     * no Redis error.
     */
    getOrLoad: async (
      tenant: string,
      key: string,
      load: Load,
      { signal, ...given }: CacheReadOptions = {},
    ): Promise<CacheResult> => {
      checkTenant(tenant);
      if (!KEY.test(key)) throw new CacheKeyError('a cache key is 1 to 256 of A-Z, a-z, 0-9, ._:-');
      signal?.throwIfAborted();
      const times = checkTimes({ ...DEFAULT_TIMES, ...given });
      const place = { tenant, key };
      const id = idOf(place);
      const generation = await untilAborted(generationOf(tenant), signal);
      const held = readMemory(id, generation);
      if (isFresh(held, times)) return toResult(held, 'memory');
      return untilAborted(loads.get(id) ?? startLoad({ place, load, times }), signal);
    },

    /**
     * Deletes the tenant's entries here and in Redis and returns their number; loads in progress are not cached. Other
     * processes stop using theirs within a second, or, when cut off from Redis, once they reach it again or the entries
     * expire. When Redis is down, deletes only this process's entries and throws `RedisError`: call it again later.
     */
    eraseTenant: async (tenant: string): Promise<{ memory: number; redis: number }> => {
      checkTenant(tenant);
      const prefix = idOf({ tenant, key: '' });
      for (const id of loads.keys()) if (id.startsWith(prefix)) loads.delete(id);
      const erased = memory.deleteAll(prefix);
      // The token first: after that, nothing loaded earlier can be written while the keys are deleted.
      await generations?.renew(tenant);
      return { memory: erased, redis: (await shared?.deleteTenant(tenant)) ?? 0 };
    },
  };
}

/** Without Redis. */
const NO_GENERATION: Generation = { token: null, confirmed: false };

interface Request {
  readonly place: EntryPlace;
  readonly load: Load;
  readonly times: CacheTimes;
}

/** The tenant or key is malformed. The message does not repeat it. */
class CacheKeyError extends Error {
  override readonly name = 'CacheKeyError';
}

/** Too many different keys are being loaded at once. A later call can succeed. */
class CacheBusyError extends Error {
  override readonly name = 'CacheBusyError';
}

const DEFAULT_TIMES: CacheTimes = { freshMs: 3_600_000, staleMs: 3_600_000, negativeMs: 30_000 };

function checkTimes(times: CacheTimes): CacheTimes {
  const { freshMs, staleMs, negativeMs } = times;
  if ([freshMs, staleMs, negativeMs].every((ms) => Number.isFinite(ms) && ms >= 0)) return times;
  throw new RangeError('the times of a cache are milliseconds, 0 or more');
}

/** Call keys are 64 hexadecimal digits; other keys of this form work too. */
const KEY = /^[A-Za-z0-9._:-]{1,256}$/;

function checkTenant(tenant: string) {
  if (TENANT_PATTERN.test(tenant)) return;
  throw new CacheKeyError('a tenant is 1 to 32 of a-z, 0-9 and -');
}

/** A tenant never contains a colon. */
const idOf = ({ tenant, key }: EntryPlace) => `${tenant}:${key}`;

const freshMs = ({ negative }: CachedAnswer, times: CacheTimes) =>
  negative ? times.negativeMs : times.freshMs;

/** A refusal never gets stale time: it was only known to hold briefly. */
const lifeMs = ({ negative }: CachedAnswer, times: CacheTimes) =>
  negative ? times.negativeMs : times.freshMs + times.staleMs;

const newest = (one: CachedAnswer | null, other: CachedAnswer | null) =>
  one !== null && (other === null || one.loadedAtMs >= other.loadedAtMs) ? one : other;

/** The promise's result, or the signal's reason as soon as it aborts; the work itself continues. */
async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  // The reason itself: callers compare it by identity.
  using _listener = addAbortListener(signal, () => reject(signal.reason));
  return await Promise.race([promise, aborted]);
}
