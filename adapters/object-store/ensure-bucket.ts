import { CreateBucketCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import { toObjectStoreError } from './to-object-store-error.ts';

/** Creates the bucket unless it exists. Throws `ObjectStoreUnreachableError`. */
export async function ensureBucket(options: S3Options): Promise<'created' | 'exists'> {
  const client = createS3Client(options);
  try {
    // The SDK adds the region where AWS requires it.
    await client.send(new CreateBucketCommand({ Bucket: options.bucket }));
    return 'created';
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou') {
      return 'exists';
    }
    throw toObjectStoreError(error, options);
  } finally {
    client.destroy();
  }
}
