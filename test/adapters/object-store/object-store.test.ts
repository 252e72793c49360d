import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { copyObject } from '../../../adapters/object-store/copy-object.ts';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';
import { createS3Client } from '../../../adapters/object-store/create-s3-client.ts';
import { ensureBucket } from '../../../adapters/object-store/ensure-bucket.ts';
import {
  FileChangedError,
  ObjectMalformedError,
  ObjectTooNewError,
  ObjectNotFoundError,
  ObjectNotStoredError,
  ObjectStoreUnreachableError,
  ObjectTooLargeError,
} from '../../../adapters/object-store/object-store-errors.ts';
import { schemaVersion } from '../../../workflows/contracts/schema-version.ts';
import { testStack } from '../../support/stack.ts';

const options = { ...testStack().s3, forcePathStyle: true };
const store = createObjectStore(options);
const folder = `test-${randomUUID()}`;
const key = (name: string) => `${folder}/${name}`;
const plain = { contentType: 'text/plain' };

beforeAll(async () => {
  await ensureBucket(options);
});
afterAll(async () => {
  await store.deletePrefix(`${folder}/`);
  store.close();
});

test('an object is read as it was written, with its size and type', async () => {
  await expect(store.put(key('plain'), 'grüße', plain)).resolves.toBe('written');
  await expect(store.get(key('plain'))).resolves.toEqual(Buffer.from('grüße'));
  await expect(text(await store.getStream(key('plain')))).resolves.toBe('grüße');
  await expect(store.head(key('plain'))).resolves.toEqual({
    bytes: 7,
    contentType: 'text/plain',
  });
});

test('with ifAbsent, one of twenty concurrent writers wins, and its object stays', async () => {
  const outcomes = await Promise.allSettled(
    Array.from(
      { length: 20 },
      async (_, writer) =>
        await store.put(key('race'), `writer ${writer}`, { ...plain, ifAbsent: true }),
    ),
  );
  // A conflict (409) is an error for the caller's retrier, not a second success.
  const winners = outcomes.flatMap(({ status }, writer) => {
    const outcome = outcomes[writer];
    return status === 'fulfilled' && outcome?.status === 'fulfilled' && outcome.value === 'written'
      ? [writer]
      : [];
  });
  expect(winners).toHaveLength(1);
  expect(String(await store.get(key('race')))).toBe(`writer ${winners[0]}`);
  await expect(store.put(key('race'), 'late', { ...plain, ifAbsent: true })).resolves.toBe(
    'exists',
  );
});

test('for a missing object, head and findJson return null and get throws ObjectNotFoundError', async () => {
  await expect(store.head(key('nothing'))).resolves.toBeNull();
  await expect(store.findJson(key('nothing'), z.unknown())).resolves.toBeNull();
  await expect(store.get(key('nothing'))).rejects.toThrow(ObjectNotFoundError);
  await expect(store.getJson(key('nothing'), z.unknown())).rejects.toThrow(key('nothing'));
});

test('a file is stored whole; one that grows or shrinks while it is read is refused and not stored', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'hansard-store-')), 'file');
  const bytes = randomBytes(300_000);
  await writeFile(path, bytes);
  await store.putFile(key('file'), path, plain);
  await expect(store.get(key('file'))).resolves.toEqual(bytes);
  await writeFile(path, '');
  await store.putFile(key('empty'), path, plain);
  await expect(store.head(key('empty'))).resolves.toMatchObject({ bytes: 0 });
  await rm(dirname(path), { recursive: true });

  // The kernel says 0 bytes of the one and 4096 of the other, and gives more, and less.
  for (const other of ['/proc/self/status', '/sys/kernel/mm/transparent_hugepage/enabled']) {
    const stored = store.putFile(key('other'), other, plain);
    await expect(stored).rejects.toThrow(FileChangedError);
    await expect(store.head(key('other'))).resolves.toBeNull();
  }
});

test('a read with a limit returns nothing of a larger object', async () => {
  await store.put(key('large'), Buffer.alloc(100_001), plain);
  await expect(store.get(key('large'), { maxBytes: 100_000 })).rejects.toThrow(ObjectTooLargeError);
  await expect(store.get(key('large'), { maxBytes: 100_001 })).resolves.toHaveLength(100_001);
});

test('JSON is validated, and the error does not quote its content', async () => {
  const schema = z.strictObject({ title: z.string() });
  await store.putJson(key('good'), { title: 'Budget' });
  await expect(store.getJson(key('good'), schema)).resolves.toEqual({ title: 'Budget' });

  await store.putJson(key('wrong'), { title: 7, 'Dismissal of Ann': true });
  await store.put(key('broken'), '{"title": "Dismissal of Ann', plain);
  for (const name of ['wrong', 'broken']) {
    const error: unknown = await store
      .getJson(key(name), schema)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ObjectMalformedError);
    expect(String(error)).toContain(key(name));
    expect(JSON.stringify(error) + String(error)).not.toContain('Ann');
  }
});

test('a document of a newer schema is refused with what to do, and no word of it', async () => {
  const schema = z.object({ schemaVersion: schemaVersion(2), title: z.string() });
  await store.putJson(key('new'), { schemaVersion: 2, title: 'Budget', later: true });
  await expect(store.getJson(key('new'), schema)).resolves.toEqual({
    schemaVersion: 2,
    title: 'Budget',
  });
  // As a later version may write it: also with other fields.
  await store.putJson(key('newer'), { schemaVersion: 3, titles: ['Dismissal of Ann'] });
  for (const read of [store.getJson, store.findJson]) {
    const error: unknown = await read(key('newer'), schema).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ObjectTooNewError);
    expect(String(error)).toMatch(/newer version of Hansard.*up to version 2: update the worker/);
    expect(String(error)).toContain(key('newer'));
    expect(JSON.stringify(error) + String(error)).not.toContain('Ann');
  }
});

test('a copy equals its original and keeps its type, in one piece and in parts', async () => {
  const bytes = randomBytes(6 * 1024 * 1024);
  await store.put(key('original'), bytes, { contentType: 'audio/flac' });
  await store.copy(key('original'), key('copy'));
  const client = createS3Client(options);
  await copyObject(
    { client, bucket: options.bucket },
    key('original'),
    key('in-parts'),
    5 * 1024 * 1024,
  );
  client.destroy();
  for (const name of ['copy', 'in-parts']) {
    expect(bytes.equals(await store.get(key(name)))).toBe(true);
    expect((await store.head(key(name)))?.contentType).toBe('audio/flac');
  }
});

test('a copy in parts that was aborted, and confirmed all the same, is an error', async () => {
  const bytes = randomBytes(6 * 1024 * 1024);
  await store.put(key('only-copy'), bytes, { contentType: 'audio/flac' });
  await store.put(key('older'), 'an older object', plain);
  const client = createS3Client(options);
  const direct = createS3Client(options);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const input = args.input as AbortMultipartUploadCommandInput;
        if (commandName === 'CompleteMultipartUploadCommand') {
          const { Bucket, Key, UploadId } = input;
          await direct.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        }
        return await next(args);
      },
    { step: 'initialize' },
  );
  const place = { client, bucket: options.bucket };
  const copying = copyObject(place, key('only-copy'), key('older'), 5 * 1024 * 1024);
  await expect(copying).rejects.toThrow(ObjectNotStoredError);
  client.destroy();
  direct.destroy();
});

test('a folder is listed and deleted completely, and nothing outside it', async () => {
  const names = ['tree/a', 'tree/b/c', 'tree/b/d'];
  for (const name of [...names, 'tree-beside']) await store.put(key(name), name, plain);
  const listed = [];
  for await (const { key: found } of store.list(key('tree/'))) listed.push(found);
  expect(listed).toEqual(names.map(key));

  await expect(store.deletePrefix(key('tree/'))).resolves.toBe(3);
  await expect(store.deletePrefix(key('tree/'))).resolves.toBe(0);
  await expect(store.head(key('tree-beside'))).resolves.not.toBeNull();
  for (const prefix of ['', '/', key('tree')]) {
    await expect(store.deletePrefix(prefix)).rejects.toThrow(TypeError);
  }
});

test('a dead endpoint, a missing bucket and a wrong secret are named, with the remedy', async () => {
  const faults = [
    [{ endpoint: 'http://127.0.0.1:9' }, 'S3_ENDPOINT'],
    [{ bucket: 'hansard-no-such-bucket' }, 'S3_BUCKET'],
    [{ secretAccessKey: 'wrong' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ accessKeyId: 'wrong' }, 'AWS_ACCESS_KEY_ID'],
  ] as const;
  for (const [fault, remedy] of faults) {
    const wrong = { ...options, ...fault };
    const broken = createObjectStore(wrong);
    const error: unknown = await broken.check().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ObjectStoreUnreachableError);
    expect(String(error)).toContain(wrong.endpoint);
    expect(String(error)).toContain(wrong.bucket);
    expect(String(error)).toContain(remedy);
    expect(String(error)).not.toContain(options.secretAccessKey);
    broken.close();
  }
  await expect(store.check()).resolves.toBeUndefined();
});

test('an existing bucket is not created again', async () => {
  await expect(ensureBucket(options)).resolves.toBe('exists');
});
