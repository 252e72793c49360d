import { ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { listParts, type StoredParts } from './list-parts.ts';

export interface UnfinishedUpload {
  readonly uploadId: string;
  readonly parts: StoredParts;
}

/** The latest multipart upload of exactly this key that was neither completed nor aborted. */
export async function findUnfinishedUpload(
  client: S3Client,
  target: { Bucket: string; Key: string },
): Promise<UnfinishedUpload | null> {
  // One page (1000) is enough: the prefix is a whole key, so only uploads of this file match.
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: target.Bucket, Prefix: target.Key }),
  );
  const [latest] = Uploads.filter(({ Key }) => Key === target.Key).sort(
    (one, other) => (other.Initiated?.getTime() ?? 0) - (one.Initiated?.getTime() ?? 0),
  );
  if (latest?.UploadId === undefined) return null;
  return {
    uploadId: latest.UploadId,
    parts: await listParts(client, { ...target, UploadId: latest.UploadId }),
  };
}
