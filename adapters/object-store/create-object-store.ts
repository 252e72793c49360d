import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { z } from 'zod';
import { copyObject } from './copy-object.ts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import {
  ObjectMalformedError,
  ObjectNotFoundError,
  ObjectTooLargeError,
  type ObjectStore,
} from './object-store.ts';
import { toObjectStoreError } from './to-object-store-error.ts';

/** Far above any JSON of ours: the transcript of two hours, with its words, is below 10 MiB. */
const JSON_MAX_BYTES = 64 * 1024 * 1024;

/** S3 accepts at most 1000 keys in one deletion request. */
const KEYS_PER_DELETION = 1000;

const STREAM_PART_BYTES = 8 * 1024 * 1024;
/** Parts in memory at once. */
const STREAM_PARTS_AT_ONCE = 3;

/** The object store in S3. Requests are retried only if `attempts` is above 1. */
export function createObjectStore(options: S3Options): ObjectStore {
  const client = createS3Client(options);
  const { bucket } = options;

  /** Every request goes through here, so that every error is translated. */
  async function request<T>(
    about: { key?: string; signal?: AbortSignal | undefined },
    send: (client: S3Client, http: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      about.signal?.throwIfAborted();
      return await send(client, about.signal ? { abortSignal: about.signal } : {});
    } catch (error) {
      throw toObjectStoreError(error, options, about);
    }
  }

  const put: ObjectStore['put'] = async (key, body, { contentType, ifAbsent, signal }) => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      ...(ifAbsent === true && { IfNoneMatch: '*' }),
    });
    return await request({ key, signal }, async (s3, http) => {
      try {
        await s3.send(command, http);
        return 'written';
      } catch (error) {
        // 412: it exists. 409 (two writers at the same moment) stays an error: the caller retries.
        if (ifAbsent === true && statusOf(error) === 412) return 'exists';
        throw error;
      }
    });
  };

  const getStream: ObjectStore['getStream'] = async (key, { signal } = {}) =>
    await request({ key, signal }, async (s3, http) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), http);
      if (!(Body instanceof Readable)) throw new TypeError('the SDK returned no Node stream');
      return Body;
    });

  const get: ObjectStore['get'] = async (key, { maxBytes, signal } = {}) => {
    const body = await getStream(key, { signal });
    return await request({ key, signal }, async () => await collect(body, key, maxBytes));
  };

  const getJson: ObjectStore['getJson'] = async (key, schema) =>
    parseJson(key, await get(key, { maxBytes: JSON_MAX_BYTES }), schema);

  async function* list(prefix: string): ReturnType<ObjectStore['list']> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const page = await request({}, async (s3) => await s3.send(command));
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key === undefined || LastModified === undefined) continue;
        yield { key: Key, bytes: Size ?? 0, lastModified: LastModified };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  return {
    put,
    putStream: async (key, body, { contentType, signal }) => {
      await request({ key, signal }, async (s3) => {
        const upload = new Upload({
          client: s3,
          params: { Bucket: bucket, Key: key, Body: body, ContentType: contentType },
          partSize: STREAM_PART_BYTES,
          queueSize: STREAM_PARTS_AT_ONCE,
        });
        const abort = () => void upload.abort();
        signal?.addEventListener('abort', abort, { once: true });
        try {
          await upload.done();
        } finally {
          signal?.removeEventListener('abort', abort);
          body.destroy();
        }
      });
    },
    get,
    getStream,
    getJson,
    findJson: async (key, schema) => await orNull(getJson(key, schema)),
    putJson: async (key, value, putOptions = {}) =>
      await put(key, JSON.stringify(value), { contentType: 'application/json', ...putOptions }),
    head: async (key) => {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const found = await orNull(request({ key }, async (s3) => await s3.send(command)));
      return found && { bytes: found.ContentLength ?? 0, contentType: found.ContentType ?? null };
    },
    addressOf: async (key, seconds) =>
      await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: seconds,
      }),
    copy: async (from, to) =>
      await request({ key: from }, async (s3) => {
        await copyObject({ client: s3, bucket }, from, to);
      }),
    delete: async (key) =>
      await request({ key }, async (s3) => {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),
    list,
    deletePrefix: async (prefix) => {
      // At most a whole tenant: an empty prefix would empty the bucket.
      if (!/^[^/]+\/(.+\/)?$/.test(prefix)) throw new TypeError(`not a folder: ${prefix}`);
      let deleted = 0;
      for await (const keys of inBatches(list(prefix), KEYS_PER_DELETION)) {
        await request({}, async (s3) => {
          await deleteKeys(s3, bucket, keys);
        });
        deleted += keys.length;
      }
      return deleted;
    },
    check: async () => {
      // Not HeadBucket: its responses have no body, so wrong credentials look like a missing bucket.
      const command = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
      await request({}, async (s3) => await s3.send(command));
    },
    close: () => {
      client.destroy();
    },
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

async function* inBatches(found: AsyncIterable<{ readonly key: string }>, size: number) {
  let keys: string[] = [];
  for await (const { key } of found) {
    keys.push(key);
    if (keys.length < size) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}

async function deleteKeys(s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const { Errors } = await s3.send(
    new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
    }),
  );
  const [first] = Errors ?? [];
  if (first) throw new Error(`${first.Key ?? 'an object'} was not deleted: ${first.Code ?? '?'}`);
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
