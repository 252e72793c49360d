import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';

test('a store that takes writes says so to credentials that may not delete single versions', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const isVersion = request.url?.includes('versionId=') === true;
    asked.push(`${request.method} ${isVersion ? 'version' : 'object'}`);
    request.resume().once('end', () => {
      if (request.method === 'PUT') response.setHeader('x-amz-version-id', 'v1');
      response.writeHead(isVersion ? 403 : request.method === 'PUT' ? 200 : 204).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const store = createObjectStore({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'versioned',
    accessKeyId: 'test',
    secretAccessKey: 'test',
    forcePathStyle: true,
  });
  onTestFinished(() => {
    store.close();
    server.close();
  });
  await store.checkWrites();
  expect(asked).toEqual(['PUT object', 'DELETE version', 'DELETE object']);
});
