import { ListPartsCommand, type S3Client } from '@aws-sdk/client-s3';

/** By part number, from 1. The ETag is in quotes, as S3 returns it; for a plain part it is the MD5. */
export type StoredParts = ReadonlyMap<number, { readonly bytes: number; readonly etag: string }>;

/** What arrived of a multipart upload. The SDK's own paginator never ends at versitygw, which always names a next part. */
export async function listParts(
  client: S3Client,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): Promise<StoredParts> {
  const parts = new Map<number, { bytes: number; etag: string }>();
  let marker: string | undefined;
  do {
    const page = await client.send(
      new ListPartsCommand({
        ...upload,
        ...(marker !== undefined && { PartNumberMarker: marker }),
      }),
    );
    for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
      if (PartNumber === undefined || ETag === undefined) continue;
      parts.set(PartNumber, { bytes: Size ?? 0, etag: ETag });
    }
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return parts;
}
