import { PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import { toObjectStoreError } from './to-object-store-error.ts';

/**
 * Lets pages of any address send parts of uploads to the bucket, which takes none without a presigned address: that is the
 * secret, and no cookie is. Replaces what the bucket said of pages. Throws `ObjectStoreUnreachableError`.
 */
export async function allowPartUploads(options: S3Options): Promise<void> {
  const client = createS3Client(options);
  const rule = {
    AllowedOrigins: ['*'],
    AllowedMethods: ['PUT'],
    // Browsers name the type of what they send, if they know it.
    AllowedHeaders: ['content-type'],
    MaxAgeSeconds: 3_600,
  };
  try {
    const CORSConfiguration = { CORSRules: [rule] };
    await client.send(new PutBucketCorsCommand({ Bucket: options.bucket, CORSConfiguration }));
  } catch (error) {
    throw toObjectStoreError(error, options);
  } finally {
    client.destroy();
  }
}
