import { expect, test } from 'vitest';
import { parseRedisUrl } from '../../../adapters/cache/parse-redis-url.ts';
import { parseDatabaseUrl } from '../../../adapters/database/parse-database-url.ts';
import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import { SettingError } from '../../../adapters/settings/environment.ts';
import { hansardHome } from '../../../adapters/settings/hansard-home.ts';

const S3 = { S3_BUCKET: 'b', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };

test('without an endpoint the store is Amazon of the region, by default us-east-1', () => {
  expect(parseS3Settings(S3)).toMatchObject({
    endpoint: 'https://s3.us-east-1.amazonaws.com',
    region: 'us-east-1',
    forcePathStyle: false,
  });
  expect(parseS3Settings({ ...S3, AWS_REGION: 'eu-west-1' }).endpoint).toContain('s3.eu-west-1.');
  expect(parseS3Settings({ ...S3, S3_ENDPOINT: 'http://localhost:7070' })).toMatchObject({
    endpoint: 'http://localhost:7070',
    forcePathStyle: true,
  });
});

test('every missing variable is named, an empty one too', () => {
  const parse = () => parseS3Settings({ ...S3, S3_BUCKET: '', AWS_ACCESS_KEY_ID: undefined });
  expect(parse).toThrow(SettingError);
  expect(parse).toThrow(expect.objectContaining({ kind: 'missing' }));
  expect(parse).toThrow(/^S3_BUCKET, AWS_ACCESS_KEY_ID are not set\. Set them .*\.env\.example/);
  expect(() => parseDatabaseUrl({})).toThrow(/^DATABASE_URL is not set\. Set it/);
});

test.each([
  ['DATABASE_URL', () => parseDatabaseUrl({ DATABASE_URL: 'mysql://u:secret@host/x' })],
  ['REDIS_URL', () => parseRedisUrl({ REDIS_URL: 'http://u:secret@h' })],
  ['REDIS_URL', () => parseRedisUrl({ REDIS_URL: 'redis://:secret@h:6379/db' })],
  ['REDIS_URL', () => parseRedisUrl({ REDIS_URL: 'secret' })],
  ['S3_ENDPOINT', () => parseS3Settings({ ...S3, S3_ENDPOINT: 'secret.example.com' })],
])('a wrong %s is refused by name, with an example, and is not repeated', (name, parse) => {
  expect(parse).toThrow(expect.objectContaining({ name: 'SettingError', kind: 'invalid' }));
  expect(parse).toThrow(new RegExp(`^${name}(?!.*secret).*://`));
});

test('Redis is optional', () => {
  expect(parseRedisUrl({})).toBeNull();
  expect(parseRedisUrl({ REDIS_URL: '' })).toBeNull();
  expect(parseRedisUrl({ REDIS_URL: 'rediss://u:p@h:6380/1' })).toBe('rediss://u:p@h:6380/1');
});

test('HANSARD_HOME has a default', () => {
  expect(hansardHome({ HANSARD_HOME: '/somewhere' })).toBe('/somewhere');
  expect(hansardHome({ HANSARD_HOME: '' })).toMatch(/^\/.+hansard$/);
});
