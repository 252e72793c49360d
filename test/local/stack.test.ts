import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { testStack } from '../support/stack.ts';

test('the stack serves S3 with its bucket', async () => {
  const { s3 } = testStack();
  const client = new S3Client({ ...s3, credentials: s3, forcePathStyle: true });
  await client.send(
    new PutObjectCommand({ Bucket: s3.bucket, Key: 'stack-test/a', Body: 'hello' }),
  );
  const got = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: 'stack-test/a' }));
  expect(await got.Body?.transformToString()).toBe('hello');
});

test('the stack serves PostgreSQL 18 with its database', async () => {
  const client = new pg.Client({ connectionString: testStack().databaseUrl });
  await client.connect();
  const { rows } = await client.query(`SELECT current_database() AS name, version()`);
  await client.end();
  expect(rows[0]).toMatchObject({
    name: 'hansard',
    version: expect.stringContaining('PostgreSQL 18'),
  });
});

test('the stack serves Redis, with a password and limited memory', async () => {
  const { url } = testStack().redis;
  const client = createClient({ url });
  await client.connect();
  expect(await client.configGet(['maxmemory', 'maxmemory-policy', 'save'])).toMatchObject({
    maxmemory: String(64 * 1024 ** 2),
    'maxmemory-policy': 'allkeys-lru',
    save: '',
  });
  client.destroy();
  const stranger = new URL(url);
  stranger.password = '';
  const refused = createClient({ url: stranger.href, socket: { reconnectStrategy: false } });
  refused.on('error', () => {});
  await expect(refused.connect()).rejects.toThrow('NOAUTH');
});

test('the stack serves Temporal and its UI', async () => {
  const { temporal } = testStack();
  const answer = await fetch(`${temporal.uiUrl}/api/v1/namespaces/${temporal.namespace}`);
  expect(answer.status).toBe(200);
});
