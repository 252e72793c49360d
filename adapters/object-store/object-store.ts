import type { Readable } from 'node:stream';
import type { z } from 'zod';

/** What Hansard needs from S3. Keys come from `keys.ts`, never from user input. */
export interface ObjectStore {
  /** `ifAbsent` sends `If-None-Match: *`. Returns whether the object was written or already existed. */
  readonly put: (
    key: string,
    body: Uint8Array | string,
    options: { contentType: string; ifAbsent?: boolean; signal?: AbortSignal | undefined },
  ) => Promise<'written' | 'exists'>;
  /** Streams a body of unknown length by multipart upload; it is never whole in memory. */
  readonly putStream: (
    key: string,
    body: Readable,
    options: { contentType: string; signal?: AbortSignal | undefined },
  ) => Promise<void>;
  /** Throws `ObjectNotFoundError`; `ObjectTooLargeError` above `maxBytes`. */
  readonly get: (
    key: string,
    options?: { maxBytes?: number; signal?: AbortSignal | undefined },
  ) => Promise<Uint8Array>;
  readonly getStream: (
    key: string,
    options?: { signal?: AbortSignal | undefined },
  ) => Promise<Readable>;
  /** Reads, parses and validates. Throws `ObjectNotFoundError` and `ObjectMalformedError`. */
  readonly getJson: <T>(key: string, schema: z.ZodType<T>) => Promise<T>;
  /** As `getJson`, but null when there is no such object. */
  readonly findJson: <T>(key: string, schema: z.ZodType<T>) => Promise<T | null>;
  readonly putJson: (
    key: string,
    value: unknown,
    options?: { ifAbsent?: boolean },
  ) => Promise<'written' | 'exists'>;
  readonly head: (key: string) => Promise<{ bytes: number; contentType: string | null } | null>;
  /** A URL from which anybody can read the object for that many seconds, without credentials. */
  readonly addressOf: (key: string, seconds: number) => Promise<string>;
  readonly copy: (from: string, to: string) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  readonly list: (
    prefix: string,
  ) => AsyncIterable<{ key: string; bytes: number; lastModified: Date }>;
  /** Deletes everything below the prefix, which must end with `/`, and returns the number of objects. */
  readonly deletePrefix: (prefix: string) => Promise<number>;
  /** Throws `ObjectStoreUnreachableError` when the store or the bucket cannot be used. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}

export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  constructor(key: string) {
    super(`there is no object ${key}`);
  }
}

/** The object is larger than its reader accepts; nothing of it is returned. */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
  constructor(key: string, maxBytes: number) {
    super(`${key} is larger than the ${maxBytes} bytes that its reader accepts`);
  }
}

/** The object is not the expected JSON. The message names the place, never the content: it may be from a meeting. */
export class ObjectMalformedError extends Error {
  override readonly name = 'ObjectMalformedError';
  constructor(key: string, fault: string) {
    super(`${key} does not match its schema: ${fault}`);
  }
}

/** The server is down, the bucket is missing or access is denied. The message names endpoint, bucket and remedy. */
export class ObjectStoreUnreachableError extends Error {
  override readonly name = 'ObjectStoreUnreachableError';
}
