import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompleteMultipartUploadCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { createS3Client } from '../../../adapters/object-store/create-s3-client.ts';
import { sourceKey, uploadKey } from '../../../adapters/object-store/keys.ts';
import {
  createObjectStore,
  type ObjectStore,
} from '../../../adapters/object-store/object-store.ts';
import { uploadSource } from '../../../adapters/object-store/upload-source.ts';
import { startVersionedStore, type VersionedStore } from '../../support/versioned-store.ts';

let server: VersionedStore;
let store: ObjectStore;
beforeAll(async () => {
  server = await startVersionedStore();
  store = createObjectStore(server.options);
});
afterAll(async () => {
  store.close();
  await server[Symbol.asyncDispose]();
});

const absent = { contentType: 'text/plain', ifAbsent: true };

test('a key that was deleted in a bucket with versions can be stored again, once', async () => {
  expect(await store.put('t/deleted', 'first', absent)).toBe('written');
  await store.delete('t/deleted');
  expect(await store.head('t/deleted')).toBeNull();
  expect(await store.put('t/deleted', 'second', absent)).toBe('written');
  expect(String(await store.get('t/deleted'))).toBe('second');
  expect(await store.put('t/deleted', 'third', absent)).toBe('exists');
  expect(String(await store.get('t/deleted'))).toBe('second');
});

test('a check that the store takes writes leaves no version of its object', async () => {
  await store.checkWrites();
  const client = createS3Client(server.options);
  const below = { Bucket: server.options.bucket, Prefix: '_probes/' };
  const { Versions = [], DeleteMarkers = [] } = await client.send(
    new ListObjectVersionsCommand(below),
  );
  client.destroy();
  expect([...Versions, ...DeleteMarkers]).toEqual([]);
});

test('an upload that the store was completing when it was killed is sent anew', async () => {
  const bytes = randomBytes(50_000);
  const path = join(tmpdir(), `hansard-${sha256(bytes)}`);
  await writeFile(path, bytes);
  const upload = { tenant: 't', path, sha256: sha256(bytes), bytes: bytes.length };
  const client = createS3Client(server.options);
  const target = { Bucket: server.options.bucket, Key: uploadKey('t', upload.sha256) };
  const cut = uploadSource(server.options, {
    ...upload,
    contentType: 'audio/wav',
    onProgress: () => {
      throw new Error('cut');
    },
  });
  await expect(cut).rejects.toThrow('cut');

  // What a kill in mid-completion leaves: the upload under another name, which no request reaches.
  const etag = createHash('md5').update(bytes).digest('hex');
  const whole = createHash('md5').update(Buffer.from(etag, 'hex')).digest('hex');
  const folder = join(server.folder, '.sgwtmp', 'multipart', sha256(target.Key));
  const [uploadId = ''] = await readdir(folder);
  await rename(join(folder, uploadId), join(folder, `${uploadId}.${whole}-1.inprogress`));
  const Parts = [{ PartNumber: 1, ETag: `"${etag}"` }];
  const again = { ...target, UploadId: uploadId, MultipartUpload: { Parts } };
  const answer = await client.send(new CompleteMultipartUploadCommand(again));
  expect(answer.ETag).toBe(`"${whole}-1"`);
  client.destroy();

  const { outcome } = await uploadSource(server.options, { ...upload, contentType: 'audio/wav' });
  expect(outcome).toBe('uploaded');
  expect(sha256(await store.get(sourceKey('t', upload.sha256)))).toBe(upload.sha256);
  await rm(path);
});
