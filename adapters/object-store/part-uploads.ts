import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { completeUpload, confirmStored } from './complete-upload.ts';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import { listParts, type StoredParts } from './list-parts.ts';
import { ObjectNotFoundError, ObjectNotStoredError } from './object-store-errors.ts';
import { toObjectStoreError } from './to-object-store-error.ts';

export type PartUploads = ReturnType<typeof createPartUploads>;

/**
 * Objects that others send to the store in parts, each to an address of its own, without credentials. Keys come from
 * `keys.ts`. Throws what the object store throws.
 */
export function createPartUploads(options: S3Options) {
  // Making one object of gigabytes takes a store longer than any other request, and asked twice it may deny the first.
  const client = createS3Client({ silenceMs: 300_000, ...options });
  const { endpoint, publicEndpoint = endpoint } = options;
  // Signs only, and calls nothing: the name of the host is part of a signature.
  const outside = createS3Client({ ...options, endpoint: publicEndpoint });
  const at = (key: string) => ({ Bucket: options.bucket, Key: key });
  const request = async <T>(key: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await send();
    } catch (error) {
      throw toObjectStoreError(error, options, { key });
    }
  };

  /** Gone already: fine. */
  const abort = async (key: string, uploadId: string): Promise<void> => {
    await request(key, async () =>
      client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId: uploadId })),
    ).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFoundError)) throw error;
    });
  };

  const isWhole = async (key: string, bytes: number): Promise<boolean> =>
    await request(key, async () => {
      try {
        await confirmStored(client, at(key), { ETag: undefined, bytes });
        return true;
      } catch (error) {
        if (error instanceof ObjectNotStoredError) return false;
        throw error;
      }
    });

  return {
    /** The store's id of a new upload. */
    begin: async (key: string): Promise<string> =>
      await request(key, async () => {
        const command = new CreateMultipartUploadCommand({
          ...at(key),
          ContentType: 'application/octet-stream', // ffmpeg looks at the bytes, not at names
        });
        const { UploadId } = await client.send(command);
        if (UploadId === undefined) throw new Error('S3 returned no id for the upload');
        return UploadId;
      }),

    /** An address that takes a PUT of exactly this part, with exactly so many bytes, for so long; nothing else. */
    addressOf: async (
      key: string,
      uploadId: string,
      { part, bytes, seconds }: Readonly<Record<'part' | 'bytes' | 'seconds', number>>,
    ): Promise<string> =>
      await getSignedUrl(
        outside,
        new UploadPartCommand({
          ...at(key),
          UploadId: uploadId,
          PartNumber: part,
          // Signed with the rest: else an address takes 5 GiB.
          ContentLength: bytes,
        }),
        { expiresIn: seconds },
      ),

    /** Null: the store knows no such upload. It was completed, or aborted. */
    list: async (key: string, uploadId: string): Promise<StoredParts | null> => {
      try {
        return await listParts(client, { ...at(key), UploadId: uploadId });
      } catch (error) {
        const told = toObjectStoreError(error, options, { key });
        if (told instanceof ObjectNotFoundError) return null;
        throw told;
      }
    },

    /**
     * Makes the object of its parts. `changed`: one of them is not the one that was listed. `gone`: the store does not have
     * them any more, nor an object of that length, whatever it says.
     */
    complete: async (
      key: string,
      uploadId: string,
      { parts, bytes }: { readonly parts: StoredParts; readonly bytes: number },
    ): Promise<'complete' | 'changed' | 'gone'> => {
      const listed = [...parts]
        .toSorted(([one], [other]) => one - other)
        .map(([PartNumber, { etag: ETag }]) => ({ PartNumber, ETag }));
      try {
        await request(key, async () =>
          completeUpload(client, { ...at(key), UploadId: uploadId }, listed, bytes),
        );
        return 'complete';
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'InvalidPart') return 'changed';
        const isLost =
          error instanceof ObjectNotFoundError || error instanceof ObjectNotStoredError;
        if (!isLost) throw error;
        // Somebody else completed it at the same moment.
        return (await isWhole(key, bytes)) ? 'complete' : 'gone';
      }
    },

    /** Whether an object of that length is there. */
    isWhole,

    /** Removes the object, and every upload of it that was neither completed nor aborted. Safe to call twice. */
    remove: async (key: string, uploadId: string | null): Promise<void> => {
      if (uploadId !== null) await abort(key, uploadId);
      // One page is enough: the prefix is a whole key.
      const command = new ListMultipartUploadsCommand({ Bucket: options.bucket, Prefix: key });
      const { Uploads = [] } = await request(key, async () => client.send(command));
      for (const { Key, UploadId } of Uploads) {
        if (Key === key && UploadId !== undefined) await abort(key, UploadId);
      }
      await request(key, async () => client.send(new DeleteObjectCommand(at(key))));
    },

    close: (): void => {
      client.destroy();
      outside.destroy();
    },
  };
}
