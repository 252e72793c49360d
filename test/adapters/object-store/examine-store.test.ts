import { ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createS3Client, type S3Options } from '../../../adapters/object-store/create-s3-client.ts';
import { examineStore } from '../../../adapters/object-store/examine-store.ts';
import { ObjectStoreUnreachableError } from '../../../adapters/object-store/object-store-errors.ts';
import { testStack } from '../../support/stack.ts';
import { startVersionedStore } from '../../support/versioned-store.ts';

const options = () => ({ ...testStack().s3, forcePathStyle: true });

async function left(store: S3Options): Promise<number> {
  const client = createS3Client(store);
  const below = { Bucket: store.bucket, Prefix: '_probes/' };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(below));
  const versions = await client
    .send(new ListObjectVersionsCommand(below))
    .catch(() => ({ Versions: [], DeleteMarkers: [] }));
  const { Versions = [], DeleteMarkers = [] } = versions;
  client.destroy();
  return Contents.length + Versions.length + DeleteMarkers.length;
}

test('the local store is asked what it honours, and nothing is left of the question', async () => {
  expect(await examineStore(options())).toEqual({
    keepsFirst: true,
    refusesDeleted: false,
    keepsVersions: false,
    encrypts: false,
    cleansKeys: true,
    confirmsAborted: true,
  });
  expect(await left(options())).toBe(0);
});

test('a bucket with versions is recognised, and no version of the question is left', async () => {
  await using server = await startVersionedStore();
  expect(await examineStore(server.options)).toMatchObject({
    keepsFirst: true,
    refusesDeleted: true,
    keepsVersions: true,
  });
  expect(await left(server.options)).toBe(0);
});

test('a store that refuses the credentials is named', async () => {
  await expect(examineStore({ ...options(), secretAccessKey: 'wrong' })).rejects.toThrow(
    ObjectStoreUnreachableError,
  );
});
