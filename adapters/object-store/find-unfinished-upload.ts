import { ListMultipartUploadsCommand, ListPartsCommand, type S3Client } from '@aws-sdk/client-s3';

export interface UnfinishedUpload {
  readonly uploadId: string;
  /** By part number, from 1. The ETag is in quotes, as S3 returns it; for a plain part it is the MD5. */
  readonly parts: ReadonlyMap<number, { readonly bytes: number; readonly etag: string }>;
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

  const parts = new Map<number, { bytes: number; etag: string }>();
  let marker: string | undefined;
  do {
    const page = await client.send(
      new ListPartsCommand({
        ...target,
        UploadId: latest.UploadId,
        ...(marker !== undefined && { PartNumberMarker: marker }),
      }),
    );
    for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
      if (PartNumber === undefined || ETag === undefined) continue;
      parts.set(PartNumber, { bytes: Size ?? 0, etag: ETag });
    }
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return { uploadId: latest.UploadId, parts };
}
