import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { completeUpload, confirmStored } from './complete-upload.ts';

/** S3 copies at most 5 GiB in one request; larger objects are copied in parts of up to that size. */
const LARGEST_COPY_BYTES = 5 * 1024 ** 3;

/**
 * Copies an object of any size inside the bucket; S3 copies the bytes itself. Throws `ObjectNotStoredError` unless the
 * copy is there afterwards: the caller may delete the original.
 */
export async function copyObject(
  { client, bucket }: { client: S3Client; bucket: string },
  from: string,
  to: string,
  partBytes: number = LARGEST_COPY_BYTES,
): Promise<void> {
  const CopySource = `${bucket}/${encodeURIComponent(from).replaceAll('%2F', '/')}`;
  const target = { Bucket: bucket, Key: to };
  const { ContentLength: bytes = 0, ContentType } = await client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: from }),
  );
  if (bytes <= partBytes) {
    const { CopyObjectResult } = await client.send(
      new CopyObjectCommand({ ...target, CopySource }),
    );
    await confirmStored(client, target, { ETag: CopyObjectResult?.ETag, bytes });
    return;
  }

  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, ...(ContentType && { ContentType }) }),
  );
  const upload = { ...target, UploadId };
  try {
    const parts: CompletedPart[] = [];
    for (let start = 0; start < bytes; start += partBytes) {
      const PartNumber = parts.length + 1;
      const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, bytes) - 1}`;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceRange }),
      );
      parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await completeUpload(client, upload, parts, bytes);
  } catch (error) {
    // Already gone, or the sweep of the store takes it: the first error says more.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
