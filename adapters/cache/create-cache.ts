import type { Cache, CacheCipher, CacheResult, CacheTimes, Load, Loaded } from './cache.ts';
import { CacheKeyError } from './cache-errors.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { createLoadLock } from './load-lock.ts';
import { createMemoryLevel } from './memory-level.ts';
import type { RedisConnection } from './redis-connection.ts';
import { createRedisLevel } from './redis-level.ts';
import { createSingleFlight } from './single-flight.ts';
import { createTenantGenerations } from './tenant-generations.ts';
import type { Generation } from './tenant-generations.ts';
import { untilAborted } from './until-aborted.ts';

export interface CacheOptions {
  /** Remains the caller's to close. Null: one level, in this process. */
  readonly redis: RedisConnection | null;
  /** Applied to what goes to Redis; null: it goes as it is. */
  readonly cipher?: CacheCipher | null;
  /** What memory may hold, keys and administration included. Default 64 MiB. */
  readonly maxBytes?: number;
  /** A longer value is given to those who asked and not kept. Default 1 MiB. */
  readonly maxValueBytes?: number;
  /** Different keys that may be loading at once; beyond, `CacheBusyError`. Default 1000. */
  readonly maxLoads?: number;
  /** How long another process's load is waited for, and how long one has the others wait. Default 15 s. */
  readonly lockMs?: number;
  readonly times?: Partial<CacheTimes>;
  /** Told when a value cannot be sealed or opened; names nobody and nothing. */
  readonly onProblem?: (message: string) => void;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Two levels: memory, bounded by bytes, and Redis, shared by processes. While Redis is away it is the one level, and
 * the second comes back by itself.
 */
export function createCache(options: CacheOptions): Cache {
  const { redis, now = Date.now, maxValueBytes = 1024 ** 2, lockMs = 15_000 } = options;
  const defaults = { ...DEFAULT_TIMES, ...options.times };
  const memory = createMemoryLevel({ maxBytes: options.maxBytes ?? 64 * 1024 ** 2, now });
  const shared = createRedisLevel({
    redis,
    cipher: options.cipher ?? null,
    onProblem: options.onProblem ?? (() => {}),
  });
  const generations = createTenantGenerations({ redis, now });
  const takeTurn = createLoadLock({ redis, leaseMs: lockMs, waitMs: lockMs });
  const flights = createSingleFlight<CacheResult>({ most: options.maxLoads ?? 1000 });

  const inMemory = (tenant: string, key: string, generation: Generation): KeptAnswer | null => {
    const entry = memory.get(tenant, key);
    if (entry === null || !generation.confirmed || entry.generation === generation.token) {
      return entry;
    }
    memory.delete(tenant, key);
    return null;
  };

  const keepInMemory = (ask: Ask, kept: KeptAnswer, generation: Generation) =>
    memory.set(ask.tenant, ask.key, {
      ...kept,
      generation: generation.token,
      expiresAtMs: kept.loadedAtMs + lifeMs(kept, ask.times),
    });

  const fly = async (ask: Ask, counts: () => boolean) => {
    const { tenant, key, load, times } = ask;
    const generation = await generations.current(tenant, { anew: true });
    const isFresh = (kept: KeptAnswer | null): kept is KeptAnswer =>
      kept !== null && now() - kept.loadedAtMs < freshMs(kept, times);
    const fromRedis = (kept: KeptAnswer) => {
      if (counts() && kept.value.byteLength <= maxValueBytes) keepInMemory(ask, kept, generation);
      return toResult(kept, 'redis', now());
    };

    const found = await shared.read(tenant, key);
    if (isFresh(found)) return fromRedis(found);
    const endTurn = await takeTurn(tenant, key);
    try {
      // Whoever had the turn before may have loaded it.
      const filled = await shared.read(tenant, key);
      if (isFresh(filled)) return fromRedis(filled);
      let loaded;
      try {
        loaded = await load();
      } catch (error) {
        const earlier = latest(inMemory(tenant, key, generation), filled);
        if (earlier === null || !counts() || isOver(earlier, times, now())) throw error;
        return toResult(earlier, 'stale', now());
      }
      const kept = toKept(loaded, now());
      if (counts() && kept.value.byteLength <= maxValueBytes) {
        const counted = await shared.write(tenant, key, kept, {
          ttlMs: lifeMs(kept, times),
          generation: generation.token,
        });
        if (counted && counts()) keepInMemory(ask, kept, generation);
      }
      return toResult(kept, 'load', now());
    } finally {
      await endTurn();
    }
  };

  return {
    getOrLoad: async (tenant, key, load, { signal, ...given } = {}) => {
      checkTenant(tenant);
      checkKey(key);
      signal?.throwIfAborted();
      const ask = { tenant, key, load, times: checkedTimes({ ...defaults, ...given }) };
      const generation = await untilAborted(generations.current(tenant), signal);
      const held = inMemory(tenant, key, generation);
      if (held !== null && now() - held.loadedAtMs < freshMs(held, ask.times)) {
        return toResult(held, 'memory', now());
      }
      const flight = flights.join(tenant, key, (counts) => fly(ask, counts));
      return untilAborted(flight, signal);
    },
    eraseTenant: async (tenant) => {
      checkTenant(tenant);
      flights.forgetTenant(tenant);
      const erased = memory.deleteTenant(tenant);
      // First the token, so that nothing of before can be written once the keys are looked through.
      await generations.renew(tenant);
      return { memory: erased, redis: await shared.deleteTenant(tenant) };
    },
  };
}

interface Ask {
  readonly tenant: string;
  readonly key: string;
  readonly load: Load;
  readonly times: CacheTimes;
}

const DEFAULT_TIMES: CacheTimes = {
  freshMs: 3_600_000,
  staleMs: 3_600_000,
  negativeMs: 30_000,
};

function checkedTimes(times: CacheTimes): CacheTimes {
  const { freshMs, staleMs, negativeMs } = times;
  if ([freshMs, staleMs, negativeMs].every((ms) => Number.isFinite(ms) && ms >= 0)) return times;
  throw new RangeError('the times of a cache are milliseconds from 0 on');
}

const TENANT = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** Call keys are 64 hexadecimal digits; anything of that kind will do. */
const KEY = /^[A-Za-z0-9._:-]{1,256}$/;

function checkTenant(tenant: string) {
  if (!TENANT.test(tenant)) throw new CacheKeyError('a tenant is 1 to 32 of a-z, 0-9 and -');
}

function checkKey(key: string) {
  if (!KEY.test(key)) throw new CacheKeyError('a cache key is 1 to 256 of A-Z, a-z, 0-9, ._:-');
}

const freshMs = (kept: KeptAnswer, times: CacheTimes) =>
  kept.kind === 'value' ? times.freshMs : times.negativeMs;

/** A refusal is never given beyond its time: it was known only to hold shortly. */
const lifeMs = (kept: KeptAnswer, times: CacheTimes) =>
  kept.kind === 'value' ? times.freshMs + times.staleMs : times.negativeMs;

const isOver = (kept: KeptAnswer, times: CacheTimes, nowMs: number) =>
  nowMs - kept.loadedAtMs >= lifeMs(kept, times);

const latest = (one: KeptAnswer | null, other: KeptAnswer | null) =>
  one !== null && (other === null || one.loadedAtMs >= other.loadedAtMs) ? one : other;

function toKept(loaded: Loaded | null, nowMs: number): KeptAnswer {
  if (loaded === null) return { kind: 'nothing', value: new Uint8Array(0), loadedAtMs: nowMs };
  const kind = loaded.negative === true ? 'refusal' : 'value';
  return { kind, value: loaded.value, loadedAtMs: nowMs };
}

const toResult = (kept: KeptAnswer, from: CacheResult['from'], nowMs: number): CacheResult => ({
  value: kept.kind === 'nothing' ? null : kept.value,
  negative: kept.kind !== 'value',
  from,
  ageMs: Math.max(0, nowMs - kept.loadedAtMs),
});
