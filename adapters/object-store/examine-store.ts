import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createS3Client, type S3Options } from './create-s3-client.ts';
import { statusOf, toObjectStoreError } from './to-object-store-error.ts';

/** What a store does that not every store does. */
export interface StoreTraits {
  /** `If-None-Match: *` refuses to replace an object: without it two workers may both store an answer. */
  readonly keepsFirst: boolean;
  /** The same condition is refused for a key that was deleted in a bucket with versions. */
  readonly refusesDeleted: boolean;
  /** A deleted object stays as a version. */
  readonly keepsVersions: boolean;
  /** It encrypts what it is told to encrypt, and says so. */
  readonly encrypts: boolean;
  /** `x//y` and `x/./y` are `x/y`. */
  readonly cleansKeys: boolean;
  /** It confirms the completion of an upload that was aborted. */
  readonly confirmsAborted: boolean;
}

/** Where questions to the store lie for a moment. No tenant's id begins so: nothing of a job lies below it. */
export const PROBES = '_probes/';

/**
 * Asks the store with small objects under a prefix of its own, and removes them with all their versions. Throws
 * `ObjectStoreUnreachableError`, for credentials too that cannot write, and what the store answers else.
 */
export async function examineStore(options: S3Options): Promise<StoreTraits> {
  const client = createS3Client(options);
  const prefix = `${PROBES}${randomUUID()}/`;
  const probe = createProbe(client, options.bucket, prefix);
  try {
    try {
      return {
        ...(await probeConditions(probe)),
        ...(await probeVersions(client, options.bucket, prefix)),
        encrypts: await probeEncryption(probe),
        cleansKeys: await probeKeys(probe),
        confirmsAborted: await probeCompletion(client, probe),
      };
    } finally {
      await removeAll(client, options.bucket, prefix);
    }
  } catch (error) {
    throw toObjectStoreError(error, options, { key: prefix });
  } finally {
    client.destroy();
  }
}

type Probe = ReturnType<typeof createProbe>;

function createProbe(client: S3Client, Bucket: string, prefix: string) {
  const at = (name: string) => ({ Bucket, Key: prefix + name });
  return {
    at,
    put: async (name: string, headers: { IfNoneMatch?: '*'; ServerSideEncryption?: 'AES256' }) =>
      await client.send(new PutObjectCommand({ ...at(name), Body: 'probe', ...headers })),
    head: async (name: string) => await client.send(new HeadObjectCommand(at(name))),
    delete: async (name: string) => await client.send(new DeleteObjectCommand(at(name))),
  };
}

async function probeConditions(probe: Probe) {
  const isRefused = async () =>
    await probe.put('condition', { IfNoneMatch: '*' }).then(
      () => false,
      // 501: it does not know the header.
      (error: unknown) => {
        if (statusOf(error) === 412) return true;
        if (statusOf(error) === 501) return false;
        throw error;
      },
    );
  await probe.put('condition', {});
  const keepsFirst = await isRefused();
  await probe.delete('condition');
  return { keepsFirst, refusesDeleted: await isRefused() };
}

/** After `probeConditions`, which deleted an object. */
async function probeVersions(client: S3Client, Bucket: string, Prefix: string) {
  const { DeleteMarkers = [] } = await listVersions(client, Bucket, Prefix);
  return { keepsVersions: DeleteMarkers.length > 0 };
}

/** False where the header is refused too: then nothing is stored in the belief that it is encrypted. */
async function probeEncryption(probe: Probe): Promise<boolean> {
  const stored = await probe.put('encrypted', { ServerSideEncryption: 'AES256' }).catch(() => null);
  if (stored === null) return false;
  return (await probe.head('encrypted')).ServerSideEncryption !== undefined;
}

async function probeKeys(probe: Probe): Promise<boolean> {
  const stored = await probe.put('folder//key', {}).catch(() => null);
  if (stored === null) return false;
  return await probe.head('folder/key').then(
    () => true,
    (error: unknown) => {
      if (statusOf(error) === 404) return false;
      throw error;
    },
  );
}

async function probeCompletion(client: S3Client, probe: Probe): Promise<boolean> {
  await probe.put('upload', {});
  const target = probe.at('upload');
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { ...target, UploadId };
  const part = { ...upload, PartNumber: 1, Body: 'part' };
  const { ETag } = await client.send(new UploadPartCommand(part));
  await client.send(new AbortMultipartUploadCommand(upload));
  const Parts = [{ PartNumber: 1, ETag }];
  const completion = { ...upload, MultipartUpload: { Parts } };
  return await client.send(new CompleteMultipartUploadCommand(completion)).then(
    () => true,
    (error: unknown) => {
      if (statusOf(error) !== undefined) return false;
      throw error;
    },
  );
}

async function listVersions(client: S3Client, Bucket: string, Prefix: string) {
  return await client
    .send(new ListObjectVersionsCommand({ Bucket, Prefix }))
    .catch((error: unknown) => {
      // A store, or a key of ours, that knows no versions.
      if (statusOf(error) !== undefined) return { Versions: [], DeleteMarkers: [] };
      throw error;
    });
}

async function removeAll(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await listVersions(client, Bucket, Prefix);
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
}
