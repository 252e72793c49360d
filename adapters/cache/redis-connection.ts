/** Text is sent and returned as UTF-8; bytes unchanged. */
export type RedisText = string | Uint8Array;

/**
 * One connection for the whole process, shared by everything that uses Redis. Commands throw only `RedisError`; none
 * waits longer than the command timeout, and while Redis is down they fail at once. Stored data can disappear at any
 * time: evicted, or lost in a restart.
 */
export interface RedisConnection {
  /** False while Redis is down or has not answered a command in time: commands then fail at once. */
  readonly isReady: () => boolean;
  readonly get: (key: string) => Promise<string | null>;
  readonly getBytes: (key: string) => Promise<Uint8Array | null>;
  /**
   * Without `ttlMs` the key lives until it is deleted or evicted. With `onlyIfAbsent` an existing key is not changed;
   * the result is then false.
   */
  readonly set: (
    key: string,
    value: RedisText,
    options?: { readonly ttlMs?: number; readonly onlyIfAbsent?: boolean },
  ) => Promise<boolean>;
  /** Returns how many of the keys existed. */
  readonly del: (keys: readonly string[]) => Promise<number>;
  /** Runs Lua atomically. Returns Lua's numbers as integers, strings as text, nil and false as null, tables as arrays. */
  readonly eval: (
    script: string,
    options: { readonly keys: readonly string[]; readonly arguments: readonly RedisText[] },
  ) => Promise<unknown>;
  /** Keys that match the glob, in batches: every key that exists throughout the scan, some perhaps twice. */
  readonly scan: (glob: string) => AsyncIterable<readonly string[]>;
  /** Closes the connection; running commands fail. */
  readonly close: () => void;
}

/**
 * - `offline`: not connected, closed, or too many commands are running. Nothing was sent.
 * - `timeout`: no answer in time. Redis may still execute it.
 * - `broken`: the connection ended before the answer. Redis may have executed it.
 * - `refused`: Redis answered with an error.
 */
type RedisErrorCode = 'offline' | 'timeout' | 'broken' | 'refused';

/** A command is not known to have succeeded. The message names host and port, never a password, key or value. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly code: RedisErrorCode;

  constructor(code: RedisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The URL is malformed. */
export class RedisSettingsError extends Error {
  override readonly name = 'RedisSettingsError';
}
