import type { Readable } from 'node:stream';
import type { z } from 'zod';

/** What Hansard needs of S3. Keys come from `keys.ts`, never from user input. */
export interface ObjectStore {
  /** `ifAbsent` sends `If-None-Match: *`; the answer says whether the object was written or stood there already. */
  readonly put: (
    key: string,
    body: Uint8Array | string,
    options: { contentType: string; ifAbsent?: boolean; signal?: AbortSignal | undefined },
  ) => Promise<'written' | 'exists'>;
  /** Streams a file or a body of unknown length by multipart upload; never whole in memory. */
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
  /** Reads, parses and checks; `ObjectNotFoundError` as `get`. */
  readonly getJson: <T>(key: string, schema: z.ZodType<T>) => Promise<T>;
  /** As `getJson`, null where there is no such object. */
  readonly findJson: <T>(key: string, schema: z.ZodType<T>) => Promise<T | null>;
  readonly putJson: (
    key: string,
    value: unknown,
    options?: { ifAbsent?: boolean },
  ) => Promise<'written' | 'exists'>;
  readonly head: (key: string) => Promise<{ bytes: number; contentType: string | null } | null>;
  /** An address from which anybody may read the object for so many seconds, without being asked who he is. */
  readonly addressOf: (key: string, seconds: number) => Promise<string>;
  readonly copy: (from: string, to: string) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  readonly list: (
    prefix: string,
  ) => AsyncIterable<{ key: string; bytes: number; lastModified: Date }>;
  /** Deletes everything below the prefix (which must end with `/`) and says how many objects that was. */
  readonly deletePrefix: (prefix: string) => Promise<number>;
  /** Throws a clear error naming endpoint and bucket when the store or the bucket is out of reach. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}
