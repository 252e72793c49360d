import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashFile, sha256 } from '../../../adapters/identity/digest.ts';
import { createS3Client } from '../../../adapters/object-store/create-s3-client.ts';
import { findUnfinishedUpload } from '../../../adapters/object-store/find-unfinished-upload.ts';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';
import { ensureBucket } from '../../../adapters/object-store/ensure-bucket.ts';
import { uploadKey } from '../../../adapters/object-store/keys.ts';
import {
  SourceChangedError,
  uploadSource,
  type SourceUpload,
} from '../../../adapters/object-store/upload-source.ts';
import { testStack } from '../../support/stack.ts';

const options = { ...testStack().s3, forcePathStyle: true };
const store = createObjectStore(options);
const tenant = `t${randomUUID().slice(0, 8)}`;
/** Six parts, the last one short. */
const BYTES = 5 * 8 * 1024 * 1024 + 12_345;
let folder: string;

beforeAll(async () => {
  await ensureBucket(options);
  folder = await mkdtemp(join(tmpdir(), 'hansard-upload-'));
});
afterAll(async () => {
  await store.deletePrefix(`${tenant}/`);
  store.close();
  await rm(folder, { recursive: true });
});

async function recording(name: string, bytes = BYTES): Promise<SourceUpload> {
  const path = join(folder, name);
  await writeFile(path, randomBytes(bytes));
  return { tenant, path, contentType: 'audio/wav', ...(await hashFile(path)) };
}

test("a file's streamed digest and size equal those of the whole file", async () => {
  const path = join(folder, 'small');
  await writeFile(path, 'minutes');
  await expect(hashFile(path)).resolves.toEqual({ sha256: sha256('minutes'), bytes: 7 });
});

test('an interrupted upload continues and sends only the rest', async () => {
  const upload = await recording('cut.wav');
  const cancel = new AbortController();
  const reason = new Error('Ctrl-C');
  let arrived = 0;
  await expect(
    uploadSource(options, {
      ...upload,
      signal: cancel.signal,
      onProgress: ({ bytes }) => {
        arrived = bytes;
        if (bytes >= 2 * 8 * 1024 * 1024) cancel.abort(reason);
      },
    }),
  ).rejects.toBe(reason);
  await expect(store.head(`${tenant}/sources/${upload.sha256}/source`)).resolves.toBeNull();

  const { proxy, endpoint, parts } = await countingProxy();
  const progress: number[] = [];
  const outcome = await uploadSource(
    { ...options, endpoint },
    { ...upload, onProgress: ({ bytes }) => progress.push(bytes) },
  );
  proxy.close();
  // Parts on their way at the abort may have arrived unheard; no part that was heard of is sent again.
  expect(arrived).toBeGreaterThanOrEqual(2 * 8 * 1024 * 1024);
  expect(parts()).toBeLessThanOrEqual(4);
  expect(parts()).toBeGreaterThanOrEqual(1);
  expect(outcome.outcome).toBe('uploaded');
  expect(outcome.sentBytes).toBeLessThanOrEqual(BYTES - arrived);
  expect(progress.at(-1)).toBe(BYTES);
  expect(progress).toHaveLength(6);

  expect(sha256(await store.get(outcome.key))).toBe(upload.sha256);
  expect((await store.head(outcome.key))?.contentType).toBe('audio/wav');
  await expect(store.head(uploadKey(tenant, upload.sha256))).resolves.toBeNull();
}, 60_000);

test('a recording that is already stored is not sent again', async () => {
  const upload = await recording('twice.wav');
  await expect(uploadSource(options, upload)).resolves.toMatchObject({ sentBytes: BYTES });
  const { proxy, endpoint, parts } = await countingProxy();
  await expect(uploadSource({ ...options, endpoint }, upload)).resolves.toMatchObject({
    outcome: 'present',
    sentBytes: 0,
  });
  proxy.close();
  expect(parts()).toBe(0);
}, 60_000);

test('an upload that another process finishes first finds the source there', async () => {
  const upload = await recording('raced.wav');
  const { proxy, endpoint } = await countingProxy(async () => {
    await expect(uploadSource(options, upload)).resolves.toMatchObject({ sentBytes: 0 });
  });
  await expect(uploadSource({ ...options, endpoint }, upload)).resolves.toMatchObject({
    outcome: 'present',
  });
  proxy.close();
  expect(sha256(await store.get(`${tenant}/sources/${upload.sha256}/source`))).toBe(upload.sha256);
}, 60_000);

test('an upload that is aborted before its completion is sent anew, although an older object lies there', async () => {
  const upload = await recording('aborted.wav', 50_000);
  const target = { Bucket: options.bucket, Key: uploadKey(tenant, upload.sha256) };
  await store.put(target.Key, 'an older object', { contentType: 'text/plain' });
  const client = createS3Client(options);
  let aborted = false;
  const { proxy, endpoint, parts } = await countingProxy(async () => {
    if (aborted) return;
    aborted = true;
    const { uploadId } = (await findUnfinishedUpload(client, target)) ?? {};
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId: uploadId }));
  });
  await expect(uploadSource({ ...options, endpoint }, upload)).resolves.toMatchObject({
    outcome: 'uploaded',
    sentBytes: 50_000,
  });
  proxy.close();
  client.destroy();
  expect(parts()).toBe(2);
  expect(sha256(await store.get(`${tenant}/sources/${upload.sha256}/source`))).toBe(upload.sha256);
}, 60_000);

test('two concurrent uploads of the same recording both succeed', async () => {
  const path = join(folder, 'popular.wav');
  for (let round = 0; round < 20; round += 1) {
    await writeFile(path, randomBytes(50_000));
    const upload = { tenant, path, contentType: 'audio/wav', ...(await hashFile(path)) };
    const brought = Array.from({ length: 2 }, () => uploadSource(options, upload));
    expect(await Promise.all(brought)).toHaveLength(brought.length);
  }
}, 60_000);

test('a file that grows or changes after hashing is rejected, and nothing is stored', async () => {
  const grown = await recording('grown.wav');
  await appendFile(grown.path, 'more');
  const changed = await recording('changed.wav');
  await writeFile(changed.path, randomBytes(BYTES));
  for (const upload of [grown, changed]) {
    await expect(uploadSource(options, upload)).rejects.toThrow(SourceChangedError);
    await expect(store.head(`${tenant}/sources/${upload.sha256}/source`)).resolves.toBeNull();
  }
}, 60_000);

/** Passes everything on to S3, counts the parts sent, and lets something happen before an upload is completed. */
async function countingProxy(
  beforeCompletion: () => Promise<void> = async () => {
    await Promise.resolve();
  },
): Promise<{ proxy: Server; endpoint: string; parts: () => number }> {
  const upstream = new URL(options.endpoint);
  let parts = 0;
  const proxy = createServer((incoming, outgoing) => {
    if (incoming.method === 'PUT' && incoming.url?.includes('partNumber=') === true) parts += 1;
    // The signature covers the host's name: the client signed the proxy's, so S3 must see that one.
    const passed = request(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    const completes = incoming.method === 'POST' && incoming.url?.includes('uploadId=') === true;
    void (completes ? beforeCompletion() : Promise.resolve()).then(() => incoming.pipe(passed));
  });
  await new Promise<void>((listening) => {
    proxy.listen(0, '127.0.0.1', listening);
  });
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { proxy, endpoint: `http://127.0.0.1:${address.port}`, parts: () => parts };
}
