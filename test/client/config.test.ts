import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  InvalidSettingError,
  MissingSettingError,
  parseDatabaseUrl,
  parseObjectStoreConfig,
  parseRedisUrl,
  parseTenant,
  readEnvironment,
} from '../../client/config.ts';

async function homeWithStack(contents: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hansard-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const clone = await realpath(resolve(import.meta.dirname, '../..'));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  await mkdir(join(home, 'stacks', name), { recursive: true });
  await writeFile(join(home, 'stacks', name, 'stack.json'), contents);
  return home;
}

const STACK = JSON.stringify({ env: { S3_BUCKET: 'local', DATABASE_URL: 'postgres://local/x' } });

test("where nothing says where the services are, this clone's local stack does", async () => {
  const own = { HANSARD_HOME: await homeWithStack(STACK), HANSARD_TENANT: 'ann', S3_BUCKET: '' };
  const { env, localStack } = readEnvironment(own);
  expect(env).toMatchObject({ S3_BUCKET: 'local', HANSARD_TENANT: 'ann' });
  expect(localStack).toMatch(/stack\.json$/);
});

test.each(['S3_BUCKET', 'S3_ENDPOINT', 'DATABASE_URL', 'TEMPORAL_ADDRESS'])(
  'one service named by %s: the local stack is left alone, services are never mixed',
  async (name) => {
    const own = { HANSARD_HOME: await homeWithStack(STACK), [name]: 'mine' };
    expect(readEnvironment(own)).toEqual({ env: own, localStack: null });
  },
);

test('a half-written stack.json counts as none', async () => {
  const own = { HANSARD_HOME: await homeWithStack(STACK.slice(0, 20)) };
  expect(readEnvironment(own)).toEqual({ env: own, localStack: null });
});

const S3 = { S3_BUCKET: 'b', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };

test('without an endpoint the store is Amazon of the region, by default us-east-1', () => {
  expect(parseObjectStoreConfig(S3)).toMatchObject({
    endpoint: 'https://s3.us-east-1.amazonaws.com',
    region: 'us-east-1',
    forcePathStyle: false,
  });
  expect(parseObjectStoreConfig({ ...S3, S3_ENDPOINT: 'http://localhost:7070' })).toMatchObject({
    endpoint: 'http://localhost:7070',
    forcePathStyle: true,
  });
});

test('every missing variable is named, an empty one too', () => {
  const parse = () =>
    parseObjectStoreConfig({ ...S3, S3_BUCKET: '', AWS_ACCESS_KEY_ID: undefined });
  expect(parse).toThrow(MissingSettingError);
  expect(parse).toThrow(/^S3_BUCKET, AWS_ACCESS_KEY_ID not set/);
});

test('a wrong value is refused by name and not repeated', () => {
  const parse = () => parseDatabaseUrl({ DATABASE_URL: 'mysql://u:secret@host/x' });
  expect(parse).toThrow(InvalidSettingError);
  expect(parse).toThrow(/^DATABASE_URL(?!.*secret)/);
});

test('the tenant is the option, else the variable, else default', () => {
  expect(parseTenant({ HANSARD_TENANT: 'bob' }, 'ann')).toBe('ann');
  expect(parseTenant({ HANSARD_TENANT: 'bob' })).toBe('bob');
  expect(parseTenant({ HANSARD_TENANT: '' })).toBe('default');
  expect(() => parseTenant({ HANSARD_TENANT: '../x' })).toThrow(/HANSARD_TENANT/);
});

test('Redis may be missing, but not be something else', () => {
  expect(parseRedisUrl({})).toBeNull();
  expect(parseRedisUrl({ REDIS_URL: '' })).toBeNull();
  expect(parseRedisUrl({ REDIS_URL: 'rediss://u:p@h:6380/1' })).toBe('rediss://u:p@h:6380/1');
  const parse = () => parseRedisUrl({ REDIS_URL: 'http://u:secret@h' });
  expect(parse).toThrow(/^REDIS_URL(?!.*secret).*redis:\/\//);
});
