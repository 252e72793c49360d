import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SettingError } from '../../adapters/settings/environment.ts';
import { InvalidOptionError, isRemote, parseTenant, readEnvironment } from '../../client/config.ts';

async function homeWithStack(contents: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hansard-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const clone = await realpath(resolve(import.meta.dirname, '../..'));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  await mkdir(join(home, 'stacks', name), { recursive: true });
  await writeFile(join(home, 'stacks', name, 'stack.json'), contents);
  return home;
}

const STACK = JSON.stringify({
  env: {
    S3_BUCKET: 'local',
    DATABASE_URL: 'postgres://local/x',
    HANSARD_URL: 'http://127.0.0.1:8080',
    HANSARD_KEY: 'hansard_key',
  },
});

test("where nothing says where the services are, this clone's local stack does", async () => {
  const own = { HANSARD_HOME: await homeWithStack(STACK), HANSARD_TENANT: 'ann', S3_BUCKET: '' };
  const { env, localStack } = readEnvironment(own);
  expect(env).toMatchObject({ S3_BUCKET: 'local', HANSARD_TENANT: 'ann' });
  expect(localStack).toMatch(/stack\.json$/);
});

test("the gateway of this clone's stack is used by those only who name it", async () => {
  const own = { HANSARD_HOME: await homeWithStack(STACK) };
  expect(isRemote(readEnvironment(own).env)).toBe(false);
  const named = { ...own, HANSARD_URL: 'http://127.0.0.1:8080' };
  expect(readEnvironment(named).env).toMatchObject({ HANSARD_URL: 'http://127.0.0.1:8080' });
  expect(readEnvironment(named).env).not.toHaveProperty('HANSARD_KEY');
});

test.each(['S3_BUCKET', 'S3_ENDPOINT', 'DATABASE_URL', 'TEMPORAL_ADDRESS'])(
  'one service named by %s: the local stack is left alone, services are never mixed',
  async (name) => {
    const own = { HANSARD_HOME: await homeWithStack(STACK), [name]: 'mine' };
    expect(readEnvironment(own)).toEqual({ env: own, localStack: null });
  },
);

test.each([STACK.slice(0, 20), '{"env":{"S3_BUCKET":1}}', '[]', 'null'])(
  'a half-written stack.json counts as none: %s',
  async (text) => {
    const own = { HANSARD_HOME: await homeWithStack(text) };
    expect(readEnvironment(own)).toEqual({ env: own, localStack: null });
  },
);

test('the tenant is the option, else the variable, else default', () => {
  expect(parseTenant({ HANSARD_TENANT: 'bob' }, 'ann')).toBe('ann');
  expect(parseTenant({ HANSARD_TENANT: 'bob' })).toBe('bob');
  expect(parseTenant({ HANSARD_TENANT: '' })).toBe('default');
  expect(() => parseTenant({ HANSARD_TENANT: '../x' })).toThrow(/HANSARD_TENANT/);
  expect(() => parseTenant({ HANSARD_TENANT: '../x' })).toThrow(SettingError);
  expect(() => parseTenant({}, '../x')).toThrow(InvalidOptionError);
});
