import { randomBytes } from 'node:crypto';
import { DeleteBucketCorsCommand, PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allowPartUploads } from '../../../adapters/object-store/allow-part-uploads.ts';
import { allowsPartUploads } from '../../../adapters/object-store/ask-part-uploads.ts';
import { createS3Client } from '../../../adapters/object-store/create-s3-client.ts';
import { ensureBucket } from '../../../adapters/object-store/ensure-bucket.ts';
import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import { testStack } from '../../support/stack.ts';

const options = {
  ...parseS3Settings(testStack().env),
  bucket: `cors-${randomBytes(6).toString('hex')}`,
};
const client = createS3Client(options);
const PAGE = 'https://minutes.example.org';
const allow = async (rule: { AllowedOrigins: string[]; AllowedMethods: string[] }) => {
  const CORSRules = [{ ...rule, AllowedHeaders: ['content-type'] }];
  const CORSConfiguration = { CORSRules };
  await client.send(new PutBucketCorsCommand({ Bucket: options.bucket, CORSConfiguration }));
};

beforeAll(async () => {
  await ensureBucket(options);
});
afterAll(() => client.destroy());

test('a bucket that says nothing of pages takes no parts from them', async () => {
  expect(await allowsPartUploads(options, PAGE)).toBe(false);
});

test('what the local stack allows is enough for every page', async () => {
  await allowPartUploads(options);
  expect(await allowsPartUploads(options, PAGE)).toBe(true);
  expect(await allowsPartUploads(options, 'http://127.0.0.1:8080')).toBe(true);
  await client.send(new DeleteBucketCorsCommand({ Bucket: options.bucket }));
  expect(await allowsPartUploads(options, PAGE)).toBe(false);
});

test('a page of another address, and another method, are not what was allowed', async () => {
  await allow({ AllowedOrigins: [PAGE], AllowedMethods: ['PUT'] });
  expect(await allowsPartUploads(options, PAGE)).toBe(true);
  expect(await allowsPartUploads(options, 'https://other.example.org')).toBe(false);
  await allow({ AllowedOrigins: [PAGE], AllowedMethods: ['GET'] });
  expect(await allowsPartUploads(options, PAGE)).toBe(false);
});

test('it is asked under the address that clients are given; where nothing answers, nothing is allowed', async () => {
  await allowPartUploads(options);
  const elsewhere = {
    ...options,
    endpoint: 'http://127.0.0.1:9',
    publicEndpoint: options.endpoint,
  };
  expect(await allowsPartUploads(elsewhere, PAGE)).toBe(true);
  const wrong = { ...options, publicEndpoint: 'http://127.0.0.1:9' };
  expect(await allowsPartUploads(wrong, PAGE)).toBe(false);
});
