import { S3Client } from '@aws-sdk/client-s3';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmStored } from '../../../adapters/object-store/complete-upload.ts';
import { ObjectNotStoredError } from '../../../adapters/object-store/object-store-errors.ts';

/** A store that has one object of 5 bytes under every key, and names an ETag only for `named`. */
const server = createServer((request, response) => {
  const etag = request.url?.endsWith('/named') === true ? { etag: '"abc"' } : {};
  response.writeHead(200, { 'content-length': '5', ...etag }).end();
});
let client: S3Client;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const confirm = (Key: string, ETag: string | undefined, bytes: number) =>
  confirmStored(client, { Bucket: 'bucket', Key }, { ETag, bytes });

test('an object is confirmed by its length and by the ETag that the store named, quoted or not', async () => {
  await confirm('named', 'abc', 5);
  await confirm('named', '"abc"', 5);
  await expect(confirm('named', 'another', 5)).rejects.toThrow(ObjectNotStoredError);
  await expect(confirm('named', 'abc', 6)).rejects.toThrow(ObjectNotStoredError);
});

test('where the store named no ETag, the length decides', async () => {
  await confirm('named', undefined, 5);
  await confirm('nameless', undefined, 5);
  await expect(confirm('nameless', undefined, 6)).rejects.toThrow(ObjectNotStoredError);
});
