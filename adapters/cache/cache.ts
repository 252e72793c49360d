export interface Cache {
  /**
   * Returns the cached answer, or what `load` returns. Concurrent callers share one load (and its times); other
   * processes wait for it, but only for a limited time, then load themselves. An error of the load reaches all who wait
   * for it and is never cached. Throws `CacheKeyError`, `CacheBusyError`, the load's error and the signal's reason, but
   * no Redis error.
   */
  readonly getOrLoad: (
    tenant: string,
    key: string,
    load: Load,
    options?: CacheReadOptions,
  ) => Promise<CacheResult>;
  /**
   * Deletes the tenant's entries here and in Redis and returns their number; loads in progress are not cached. Other
   * processes stop using theirs within a second, or, when cut off from Redis, once they reach it again or the entries
   * expire. When Redis is down, deletes only this process's entries and throws `RedisError`: call it again later.
   */
  readonly eraseTenant: (tenant: string) => Promise<{ memory: number; redis: number }>;
}

/** Sets its own deadline. Null means "nothing there", which is cached briefly like a refusal. */
export type Load = () => Promise<Loaded | null>;

/** `negative` marks a refusal that the next load would repeat: it is cached only briefly. */
export interface Loaded {
  readonly value: Uint8Array;
  readonly negative?: boolean;
}

export interface CacheTimes {
  /** How long a value is used without loading again. Default 3600 s. */
  readonly freshMs: number;
  /** How long after `freshMs` a value is still used when the load fails; 0: never. Default 3600 s. */
  readonly staleMs: number;
  /** How long "nothing there" and a refusal are used. Default 30 s. */
  readonly negativeMs: number;
}

interface CacheReadOptions extends Partial<CacheTimes> {
  /** Ends this caller's wait with the signal's reason. The load continues for other callers and for the cache. */
  readonly signal?: AbortSignal | undefined;
}

export interface CacheResult {
  /** Null: nothing there. Shared with other callers: do not write into it. */
  readonly value: Uint8Array | null;
  /** True for "nothing there" and for a refusal. */
  readonly negative: boolean;
  /** `stale`: the load failed, and this is the earlier value. */
  readonly from: 'memory' | 'redis' | 'load' | 'stale';
  /** Time since it was loaded; between machines only as exact as their clocks. */
  readonly ageMs: number;
}

/** Encrypts values on their way to Redis, where others might read them. */
export interface CacheCipher {
  readonly seal: (plain: Uint8Array, associatedData: AssociatedData) => Promise<Uint8Array>;
  /** Throws when the bytes were not sealed for exactly this tenant and key. */
  readonly open: (sealed: Uint8Array, associatedData: AssociatedData) => Promise<Uint8Array>;
}

export interface AssociatedData {
  readonly tenant: string;
  readonly key: string;
}

/** The tenant or key is malformed. The message does not repeat it. */
export class CacheKeyError extends Error {
  override readonly name = 'CacheKeyError';
}

/** Too many different keys are being loaded at once. A later call can succeed. */
export class CacheBusyError extends Error {
  override readonly name = 'CacheBusyError';
}
