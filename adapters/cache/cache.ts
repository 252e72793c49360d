/** What a load found out. `negative` marks a refusal that is known to be repeated: it is kept only shortly. */
export interface Loaded {
  readonly value: Uint8Array;
  readonly negative?: boolean;
}

/** Brings its own deadline; null: there is nothing, which is kept shortly like a refusal. */
export type Load = () => Promise<Loaded | null>;

export interface CacheTimes {
  /** So long after it was loaded, an answer is given without asking again. Default 3600 s. */
  readonly freshMs: number;
  /** So long beyond `freshMs`, it is given when the load fails. Default another 3600 s; 0: never. */
  readonly staleMs: number;
  /** So long "nothing" and a refusal are given. Default 30 s. */
  readonly negativeMs: number;
}

export interface CacheAsk extends Partial<CacheTimes> {
  /** Ends this caller's waiting, with the signal's reason. The load goes on for the others and for the cache. */
  readonly signal?: AbortSignal | undefined;
}

export interface CacheResult {
  /** Null: there is nothing. Shared with other callers: not to be written into. */
  readonly value: Uint8Array | null;
  /** "Nothing", or a known refusal. */
  readonly negative: boolean;
  /** `stale`: the load failed, and this is the answer from before. */
  readonly from: 'memory' | 'redis' | 'load' | 'stale';
  /** Since it was loaded; across machines as exact as their clocks. */
  readonly ageMs: number;
}

export interface Cache {
  /**
   * The kept answer, or what `load` answers. Callers who ask at once share one load (and its times); other processes
   * wait for it a bounded time and load themselves after that. An error of the load is thrown to all who wait and never
   * kept. Throws `CacheKeyError`, `CacheBusyError`, the load's error and the signal's reason; of Redis never.
   */
  readonly getOrLoad: (
    tenant: string,
    key: string,
    load: Load,
    ask?: CacheAsk,
  ) => Promise<CacheResult>;
  /**
   * Deletes what is kept of the tenant, here and in Redis, and says how many entries; what is being loaded meanwhile
   * is not kept. Other processes stop giving theirs within a second; one that is cut off from Redis, when it reaches
   * Redis again or the entries' time is over. Throws `RedisError` when Redis is away: then only this process's are
   * deleted, and it is to be called again.
   */
  readonly eraseTenant: (tenant: string) => Promise<{ memory: number; redis: number }>;
}

/** What to do with values on their way to Redis, where others might read them. */
export interface CacheCipher {
  readonly seal: (plain: Uint8Array, associatedData: AssociatedData) => Promise<Uint8Array>;
  /** Throws where the bytes were not sealed for just that tenant and key. */
  readonly open: (sealed: Uint8Array, associatedData: AssociatedData) => Promise<Uint8Array>;
}

export interface AssociatedData {
  readonly tenant: string;
  readonly key: string;
}
