import {
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  S3ServiceException,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ObjectNotStoredError } from './object-store-errors.ts';

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Completes a multipart upload of that many bytes. Throws `ObjectNotStoredError` when the store says that it did and has
 * another object there or none: versitygw answers so for an upload that was aborted, or that it was completing when it
 * was killed.
 */
export async function completeUpload(
  client: S3Client,
  target: Target & { readonly UploadId: string | undefined },
  parts: CompletedPart[],
  bytes: number,
  http: { abortSignal?: AbortSignal } = {},
): Promise<void> {
  const { ETag } = await client.send(
    new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }),
    http,
  );
  await confirmStored(client, target, { ETag, bytes }, http);
}

/** Throws `ObjectNotStoredError` unless the object has the length, and the ETag if the store named one. */
export async function confirmStored(
  client: S3Client,
  { Bucket, Key }: Target,
  expected: { readonly ETag: string | undefined; readonly bytes: number },
  http: { abortSignal?: AbortSignal } = {},
): Promise<void> {
  const found = await client
    .send(new HeadObjectCommand({ Bucket, Key }), http)
    .catch((error: unknown) => {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
        return null;
      throw error;
    });
  const isNamed = expected.ETag === undefined || unquoted(found?.ETag) === unquoted(expected.ETag);
  if (found?.ContentLength !== expected.bytes || !isNamed) throw new ObjectNotStoredError(Key);
}

/** Some stores quote an ETag in one answer and not in another. */
const unquoted = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
