import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { z } from 'zod';
import { copyObject } from './copy-object.ts';
import { PROBES } from './examine-store.ts';
import { exactFile } from './exact-file.ts';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import {
  ObjectMalformedError,
  ObjectNotFoundError,
  ObjectTooLargeError,
  ObjectTooNewError,
} from './object-store-errors.ts';
import { statusOf, toObjectStoreError } from './to-object-store-error.ts';

/** Far above any JSON of ours: the transcript of a day and the plan of a day in chunks of 5 s are below 10 MiB. */
const JSON_MAX_BYTES = 64 * 1024 * 1024;

export type ObjectStore = ReturnType<typeof createObjectStore>;

/** Of the bytes of an object; both ends belong to it. */
interface Part {
  readonly start: number;
  readonly end: number;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * What Hansard needs from S3. Keys come from `keys.ts`, never from user input. Requests are retried only if `attempts` is
 * above 1.
 */
export function createObjectStore(options: S3Options) {
  const client = createS3Client(options);
  const { bucket } = options;
  const at = (key: string) => ({ Bucket: bucket, Key: key });

  /** Every request goes through here or `pages`, so that every error is translated. */
  async function request<T>(
    about: { key?: string } & Cancellable,
    send: (http: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      about.signal?.throwIfAborted();
      return await send(about.signal ? { abortSignal: about.signal } : {});
    } catch (error) {
      throw toObjectStoreError(error, options, about);
    }
  }

  const put = async (
    key: string,
    body: Uint8Array | string,
    {
      contentType,
      ifAbsent = false,
      signal,
    }: { readonly contentType: string; readonly ifAbsent?: boolean } & Cancellable,
  ): Promise<'written' | 'exists'> =>
    await request({ key, signal }, async (http) => {
      const object = { ...at(key), Body: body, ContentType: contentType };
      if (!ifAbsent) {
        await client.send(new PutObjectCommand(object), http);
        return 'written';
      }
      try {
        await client.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' }), http);
        return 'written';
      } catch (error) {
        // 412: it exists. 409 (two writers at the same moment) stays an error: the caller retries.
        if (statusOf(error) !== 412) throw error;
      }
      if ((await head(key)) !== null) return 'exists';
      // Refused and not there: the key was deleted in a bucket that keeps versions. Some stores (versitygw) never take a
      // conditional write there again, and what was paid for must be kept.
      await client.send(new PutObjectCommand(object), http);
      return 'written';
    });

  const head = async (
    key: string,
  ): Promise<{ bytes: number; contentType: string | null } | null> => {
    const command = new HeadObjectCommand(at(key));
    const found = await orNull(request({ key }, async () => await client.send(command)));
    return found && { bytes: found.ContentLength ?? 0, contentType: found.ContentType ?? null };
  };

  const getStream = async (
    key: string,
    { range, signal }: { readonly range?: Part } & Cancellable = {},
  ): Promise<Readable> =>
    await request({ key, signal }, async (http) => {
      const part = range && { Range: `bytes=${range.start}-${range.end}` };
      const { Body } = await client.send(new GetObjectCommand({ ...at(key), ...part }), http);
      if (!(Body instanceof Readable)) throw new TypeError('the SDK returned no Node stream');
      return Body;
    });

  const get = async (
    key: string,
    {
      maxBytes,
      signal,
      ...part
    }: { readonly maxBytes?: number; readonly range?: Part } & Cancellable = {},
  ): Promise<Uint8Array> => {
    const body = await getStream(key, { ...part, signal });
    return await request({ key, signal }, async () => await collect(body, key, maxBytes));
  };

  const getJson = async <T>(key: string, schema: z.ZodType<T>): Promise<T> =>
    parseJson(key, await get(key, { maxBytes: JSON_MAX_BYTES }), schema);

  /** At most 1000 objects at once. */
  async function* pages(prefix: string) {
    try {
      const asked = { Bucket: bucket, Prefix: prefix };
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, asked)) {
        yield Contents.flatMap(({ Key: key, Size: bytes = 0, LastModified: lastModified }) =>
          key === undefined || lastModified === undefined ? [] : [{ key, bytes, lastModified }],
        );
      }
    } catch (error) {
      throw toObjectStoreError(error, options);
    }
  }

  return {
    /**
     * `ifAbsent` sends `If-None-Match: *`. Returns whether the object was written or already existed. Only over a deleted
     * key of a bucket with versions may two writers at the same moment both be told that they wrote.
     */
    put,

    /** Writes a file of up to 5 GB without holding it in memory. Throws `FileChangedError` and stores nothing if it grows or
     * shrinks meanwhile. */
    putFile: async (
      key: string,
      path: string,
      { contentType, signal }: { readonly contentType: string } & Cancellable,
    ): Promise<void> => {
      const { size: ContentLength } = await stat(path);
      const object = { ...at(key), ContentType: contentType, ContentLength };
      const changed = new AbortController();
      const stop = AbortSignal.any([changed.signal, ...(signal ? [signal] : [])]);
      await request({ key, signal: stop }, async ({ abortSignal = stop }) => {
        const Body = exactFile(path, ContentLength);
        // The SDK does not look at errors of a stream.
        Body.once('error', (error) => changed.abort(error));
        try {
          await client.send(new PutObjectCommand({ ...object, Body }), { abortSignal });
        } finally {
          Body.destroy();
        }
      });
    },

    /** Throws `ObjectNotFoundError`; `ObjectTooLargeError` above `maxBytes`. */
    get,
    getStream,
    /** Reads, parses and validates. Throws `ObjectNotFoundError`, `ObjectTooNewError` and `ObjectMalformedError`. */
    getJson,
    /** As `getJson`, but null when there is no such object. */
    findJson: async <T>(key: string, schema: z.ZodType<T>): Promise<T | null> =>
      await orNull(getJson(key, schema)),
    putJson: async (key: string, value: unknown, { ifAbsent = false } = {}) =>
      await put(key, JSON.stringify(value), { contentType: 'application/json', ifAbsent }),

    head,

    /** A URL from which anybody can read the object for that many seconds, without credentials. */
    addressOf: async (key: string, seconds: number): Promise<string> =>
      await getSignedUrl(client, new GetObjectCommand(at(key)), { expiresIn: seconds }),

    copy: async (from: string, to: string): Promise<void> =>
      await request({ key: from }, async () => await copyObject({ client, bucket }, from, to)),

    delete: async (key: string): Promise<void> => {
      await request({ key }, async () => await client.send(new DeleteObjectCommand(at(key))));
    },

    list: async function* (prefix: string) {
      for await (const objects of pages(prefix)) yield* objects;
    },

    /** Deletes everything below the prefix, which must end with `/`, and returns the number of objects. */
    deletePrefix: async (prefix: string): Promise<number> => {
      // At most a whole tenant: an empty prefix would empty the bucket.
      if (!/^[^/]+\/(.+\/)?$/.test(prefix)) throw new TypeError(`not a folder: ${prefix}`);
      let deleted = 0;
      for await (const objects of pages(prefix)) {
        if (objects.length === 0) continue;
        const command = new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: objects.map(({ key }) => ({ Key: key })), Quiet: true },
        });
        const { Errors = [] } = await request({}, async () => await client.send(command));
        const [fault] = Errors;
        if (fault) throw new Error(`${fault.Key ?? '?'} was not deleted: ${fault.Code ?? '?'}`);
        deleted += objects.length;
      }
      return deleted;
    },

    /** Throws `ObjectStoreUnreachableError` when the store or the bucket cannot be used. */
    check: async (): Promise<void> => {
      // Not HeadBucket: its responses have no body, so wrong credentials look like a missing bucket.
      const command = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
      await request({}, async () => await client.send(command));
    },

    /** Writes a small object and removes it. Throws when the store takes nothing now: full, or read-only. */
    checkWrites: async (): Promise<void> => {
      const probe = at(`${PROBES}${randomUUID()}`);
      await request({ key: probe.Key }, async () => {
        const { VersionId } = await client.send(new PutObjectCommand({ ...probe, Body: 'probe' }));
        const deleted = { ...probe, ...(VersionId && { VersionId }) };
        // By its version: else a bucket that keeps versions keeps this one. That needs a right of its own
        // (`s3:DeleteObjectVersion`): without it the object is deleted as all others are.
        await client.send(new DeleteObjectCommand(deleted)).catch(async (error: unknown) => {
          if (statusOf(error) !== 403 || VersionId === undefined) throw error;
          await client.send(new DeleteObjectCommand(probe));
        });
      });
    },

    close: (): void => client.destroy(),
  };
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

async function collect(body: Readable, key: string, maxBytes = Infinity): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    if (!(part instanceof Uint8Array)) throw new TypeError('the SDK returned no byte stream');
    bytes += part.byteLength;
    // Leaving the loop destroys the stream, which stops the download.
    if (bytes > maxBytes) throw new ObjectTooLargeError(key, maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

/** Replaces the parser's messages, because they quote the text. */
function parseJson<T>(key: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(decodeJson(key, bytes));
  if (parsed.success) return parsed.data;
  const tooNew = parsed.error.issues.find(
    ({ code, path }) => code === 'too_big' && path.join('/') === 'schemaVersion',
  );
  if (tooNew?.code === 'too_big') throw new ObjectTooNewError(key, Number(tooNew.maximum));
  const faults = parsed.error.issues.map(({ code, path }) => `${code} at /${path.join('/')}`);
  throw new ObjectMalformedError(key, faults.slice(0, 3).join(', '));
}

function decodeJson(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ObjectMalformedError(key, 'not JSON');
  }
}
