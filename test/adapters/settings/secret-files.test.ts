import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SettingError } from '../../../adapters/settings/environment.ts';
import { withSecretFiles } from '../../../adapters/settings/secret-files.ts';
import { readEnvironment, signingKeyPath } from '../../../client/config.ts';
import { parseWorkerConfig } from '../../../workers/config.ts';

let folder: string;
const file = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a secret is read from the file that NAME_FILE names, without the line break at its end', async () => {
  const path = await file('database', 'postgresql://hansard:s3cret@postgres/hansard\r\n');
  expect(withSecretFiles({ DATABASE_URL_FILE: path })['DATABASE_URL']).toBe(
    'postgresql://hansard:s3cret@postgres/hansard',
  );
});

test.each([
  'DATABASE_URL',
  'REDIS_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'HF_TOKEN',
  'HF_TOKENS',
  'WHISPER_TOKEN',
  'TEMPORAL_API_KEY',
  'HANSARD_KEY',
  'HANSARD_CACHE_SECRET',
  // As an issuer in hansard.yaml may name the secret of its client.
  'SIGN_IN_SECRET',
  // As a hansard.yaml may name it.
  'PORTKEY_KEY',
])('%s can come from a file', async (name) => {
  const path = await file(name, 'value');
  expect(withSecretFiles({ [`${name}_FILE`]: path })[name]).toBe('value');
});

test('variables of others that end in _FILE are left alone', () => {
  const env = {
    SSL_CERT_FILE: '/nowhere/a',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/b',
    TEMPORAL_CONFIG_FILE: '/nowhere/c',
    AWS_CONFIG_FILE: '/nowhere/d',
  };
  expect(withSecretFiles(env)).toEqual(env);
});

test('the file that signs stays a file, wherever the path starts', () => {
  const env = { HANSARD_SIGNING_KEY_FILE: 'signs.pem', INIT_CWD: folder };
  expect(withSecretFiles(env)).toEqual(env);
  expect(signingKeyPath(readEnvironment(env).env)).toBe(join(folder, 'signs.pem'));
});

test('an empty file, and an empty variable, count as not set', async () => {
  const empty = await file('empty', '\n');
  expect(withSecretFiles({ HF_TOKEN_FILE: empty })['HF_TOKEN']).toBe('');
  expect(withSecretFiles({ HF_TOKEN_FILE: '' })).toEqual({ HF_TOKEN_FILE: '' });
  const path = await file('token', 'from the file');
  expect(withSecretFiles({ HF_TOKEN: '', HF_TOKEN_FILE: path })['HF_TOKEN']).toBe('from the file');
});

test('a secret that is set twice is refused by name, and not repeated', async () => {
  const path = await file('twice', 's3cret-in-file');
  const read = () => withSecretFiles({ HF_TOKEN: 's3cret', HF_TOKEN_FILE: path });
  expect(read).toThrow(SettingError);
  expect(read).toThrow(/^HF_TOKEN and HF_TOKEN_FILE are both set\. Unset one\.$/);
});

test('a file that cannot be read is named with its variable and the reason', () => {
  expect(() => withSecretFiles({ HF_TOKEN_FILE: join(folder, 'missing') })).toThrow(
    /^HF_TOKEN_FILE names .*missing, which cannot be read \(ENOENT\)\. Correct the path/,
  );
});

test('worker, gateway and command line read them', async () => {
  const env = {
    S3_BUCKET: 'b',
    AWS_ACCESS_KEY_ID_FILE: await file('access', 'k'),
    AWS_SECRET_ACCESS_KEY_FILE: await file('secret', 's'),
    DATABASE_URL_FILE: await file('url', 'postgresql://u:p@h/d'),
    PORTKEY_KEY_FILE: await file('portkey', 'for hansard.yaml'),
  };
  const config = parseWorkerConfig(env);
  expect(config.databaseUrl).toBe('postgresql://u:p@h/d');
  expect(config.objectStore).toMatchObject({ accessKeyId: 'k', secretAccessKey: 's' });
  expect(config.env['PORTKEY_KEY']).toBe('for hansard.yaml');
  expect(readEnvironment(env)).toEqual({
    env: expect.objectContaining({ DATABASE_URL: 'postgresql://u:p@h/d' }),
    localStack: null,
  });
});
