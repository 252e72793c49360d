/** Text goes and comes as UTF-8; bytes as they are. */
export type RedisText = string | Uint8Array;

export interface RedisSetOptions {
  /** The key's life. Without it, until it is deleted or evicted. */
  readonly ttlMs?: number;
  /** Leaves a key alone that exists. Default false. */
  readonly onlyIfAbsent?: boolean;
}

/**
 * One connection for the whole process, shared by all who need Redis. Every command throws `RedisError` and nothing
 * else; none waits longer than the command timeout, and while Redis is away they fail at once. What is kept there may
 * be gone at any time: evicted, or lost with a restart.
 */
export interface RedisConnection {
  /** False while it is away, or has not answered a command in time: commands then fail at once. */
  readonly isReady: () => boolean;
  readonly get: (key: string) => Promise<string | null>;
  readonly getBytes: (key: string) => Promise<Uint8Array | null>;
  /** False when `onlyIfAbsent` found the key there. */
  readonly set: (key: string, value: RedisText, options?: RedisSetOptions) => Promise<boolean>;
  /** How many of them there were. */
  readonly del: (keys: readonly string[]) => Promise<number>;
  /** Runs Lua, atomically. Lua's numbers come as integers, strings as text, nil and false as null, tables as arrays. */
  readonly eval: (
    script: string,
    options: { readonly keys: readonly string[]; readonly arguments: readonly RedisText[] },
  ) => Promise<unknown>;
  /** Keys that match the glob, in batches; every key that was there all the while, some perhaps twice. */
  readonly scan: (glob: string) => AsyncIterable<readonly string[]>;
  /** Ends it; commands under way fail. */
  readonly close: () => void;
}
