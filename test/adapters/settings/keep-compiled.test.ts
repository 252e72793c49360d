import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = resolve(import.meta.dirname, '../../../client/cli/main.ts');

async function help(home: string) {
  const env = { PATH: process.env['PATH'], HANSARD_HOME: home };
  return promisify(execFile)(process.execPath, [MAIN, '--help'], { env });
}

test('compiled modules are kept in HANSARD_HOME; a home that cannot be written is no error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-compiled-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  const { stdout } = await help(home);
  expect((await readdir(join(home, 'compile-cache'), { recursive: true })).length).toBeGreaterThan(
    10,
  );

  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await help(join(file, 'below-a-file'))).toEqual({ stdout, stderr: '' });
});
