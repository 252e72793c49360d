import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { completeUpload } from './complete-upload.ts';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import { findUnfinishedUpload, type UnfinishedUpload } from './find-unfinished-upload.ts';
import { sourceKey, uploadKey } from './keys.ts';
import { ObjectNotFoundError, ObjectNotStoredError } from './object-store-errors.ts';
import { createObjectStore } from './object-store.ts';
import { statusOf, toObjectStoreError } from './to-object-store-error.ts';

/** S3 accepts parts from 5 MiB and up to 10 000 parts: with 8 MiB, files up to 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts that are sent, and so held in memory, at the same time. */
const PARTS_AT_ONCE = 3;

/** Another process that uploads the same recording can complete or abort our upload, more than once. */
const MOST_ATTEMPTS = 5;

/** The file changed after it was hashed. Nothing was stored under its digest. */
export class SourceChangedError extends Error {
  override readonly name = 'SourceChangedError';
}

export interface SourceUpload {
  readonly tenant: string;
  readonly path: string;
  /** From `hashFile`; verified again over the uploaded bytes. */
  readonly sha256: string;
  readonly bytes: number;
  readonly contentType: string;
  /** Bytes that are stored in S3, including those of an earlier attempt. */
  readonly onProgress?: (done: { bytes: number; of: number }) => void;
  /** An abort keeps the parts that arrived; the next attempt continues from there. */
  readonly signal?: AbortSignal;
}

/**
 * Uploads a recording to `sources/{sha256}/source`, unless it is already there. Resumable: parts that an earlier attempt
 * left under `uploads/…` are compared with the file by size and MD5, and only the rest is sent. Never whole in memory.
 * Throws `SourceChangedError`, `ObjectStoreUnreachableError`, or the signal's reason.
 */
export async function uploadSource(
  options: S3Options,
  upload: SourceUpload,
): Promise<{ key: string; outcome: 'present' | 'uploaded'; sentBytes: number }> {
  const client = createS3Client(options);
  const store = createObjectStore(options);
  const { tenant, sha256, bytes, signal, onProgress } = upload;
  const key = sourceKey(tenant, sha256);
  const target = { Bucket: options.bucket, Key: uploadKey(tenant, sha256) };
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        signal?.throwIfAborted();
        if ((await store.head(key))?.bytes === bytes) {
          onProgress?.({ bytes, of: bytes });
          return { key, outcome: 'present', sentBytes: 0 };
        }
        const sentBytes = await sendParts(client, target, upload);
        await store.copy(target.Key, key);
        await store.delete(target.Key);
        return { key, outcome: 'uploaded', sentBytes };
      } catch (error) {
        const translated = toObjectStoreError(error, options, { key: target.Key, signal });
        if (!mayBeRace(translated) || attempt === MOST_ATTEMPTS) throw translated;
      }
    }
  } finally {
    client.destroy();
    store.close();
  }
}

/**
 * Another process completed or aborted the same upload: the next attempt finds the source, or sends the recording anew.
 */
const mayBeRace = (error: unknown): boolean =>
  // 500 is versitygw's answer when a file disappears while it is copied.
  error instanceof ObjectNotFoundError ||
  error instanceof ObjectNotStoredError ||
  statusOf(error) === 500;

/** Returns the number of bytes that were sent. */
async function sendParts(
  client: S3Client,
  target: { Bucket: string; Key: string },
  upload: SourceUpload,
): Promise<number> {
  const http = upload.signal ? { abortSignal: upload.signal } : {};
  const { uploadId, parts: stored } =
    (await findUnfinishedUpload(client, target)) ?? (await createUpload(client, target, upload));

  const hash = createHash('sha256');
  const arrivedParts: CompletedPart[] = [];
  const pending = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let doneBytes = 0;
  let sentBytes = 0;
  const arrived = (number: number, etag: string, bytes: number) => {
    arrivedParts[number - 1] = { PartNumber: number, ETag: etag };
    doneBytes += bytes;
    upload.onProgress?.({ bytes: doneBytes, of: upload.bytes });
  };
  const send = async (number: number, part: Buffer, md5: Buffer) => {
    const { ETag } = await client.send(
      new UploadPartCommand({
        ...target,
        UploadId: uploadId,
        PartNumber: number,
        Body: part,
        ContentMD5: md5.toString('base64'),
      }),
      http,
    );
    sentBytes += part.byteLength;
    arrived(number, ETag ?? `"${md5.toString('hex')}"`, part.byteLength);
  };

  const file = await open(upload.path);
  try {
    // Read in order, so that the digest covers exactly the uploaded bytes; send a few parts at a time.
    for (let start = 0, number = 1; start < upload.bytes; start += PART_BYTES, number += 1) {
      if (pending.size >= PARTS_AT_ONCE) await Promise.race(pending);
      upload.signal?.throwIfAborted();
      if (failure) break;
      const part = await readPart(file, start, Math.min(PART_BYTES, upload.bytes - start));
      hash.update(part);
      const md5 = createHash('md5').update(part).digest();
      const held = stored.get(number);
      if (held?.bytes === part.byteLength && held.etag === `"${md5.toString('hex')}"`) {
        arrived(number, held.etag, part.byteLength);
        continue;
      }
      const sending = send(number, part, md5)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => pending.delete(sending));
      pending.add(sending);
    }
    const { size } = await file.stat();
    await Promise.all(pending);
    if (failure) throw failure.error;
    if (size !== upload.bytes || hash.digest('hex') !== upload.sha256) {
      await client.send(new AbortMultipartUploadCommand({ ...target, UploadId: uploadId }));
      throw new SourceChangedError(
        'the file changed during the upload. Wait until it is complete, then submit it again.',
      );
    }
  } finally {
    await Promise.all(pending);
    await file.close();
  }

  const completed = { ...target, UploadId: uploadId };
  await completeUpload(client, completed, arrivedParts, upload.bytes, http);
  return sentBytes;
}

async function createUpload(
  client: S3Client,
  target: { Bucket: string; Key: string },
  { contentType }: SourceUpload,
): Promise<UnfinishedUpload> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, ContentType: contentType }),
  );
  if (UploadId === undefined) throw new Error('S3 returned no id for the upload');
  return { uploadId: UploadId, parts: new Map() };
}

async function readPart(file: FileHandle, start: number, bytes: number): Promise<Buffer> {
  const part = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(part, filled, bytes - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return part.subarray(0, filled);
}
