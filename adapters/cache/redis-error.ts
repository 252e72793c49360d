/**
 * - `offline`: not connected, closed, or more commands under way than we keep. Nothing was sent.
 * - `timeout`: no answer in time. It may still be carried out.
 * - `broken`: the connection ended while the answer was awaited. It may have been carried out.
 * - `refused`: Redis answered with an error.
 */
export type RedisErrorCode = 'offline' | 'timeout' | 'broken' | 'refused';

/** A command that was not seen to succeed. The message names the place (host, port), never a password, key or value. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly code: RedisErrorCode;

  constructor(code: RedisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The URL makes no sense. */
export class RedisSettingsError extends Error {
  override readonly name = 'RedisSettingsError';
}
