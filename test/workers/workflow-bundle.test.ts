import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourcesDigest, workflowBundle } from '../../workers/workflow-bundle.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hansard-bundles-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The bundle, and what was logged while it was made. */
async function bundle(folder: string) {
  const logged: string[] = [];
  const { code } = await workflowBundle(folder, (message) => logged.push(message));
  return { code, logged };
}

test('the bundle is built once, and again when the file is damaged; unused ones are removed', async () => {
  const unused = join(directory, 'unused.0.js');
  const used = join(directory, 'used.0.js');
  await writeFile(unused, '');
  await writeFile(used, '');
  await utimes(unused, 0, 0);

  const first = await bundle(directory);
  expect(first.code).toContain('__TEMPORAL__');
  expect(first.logged).toEqual(['building the workflow bundle']);
  const files = await readdir(directory);
  expect(files).toHaveLength(2);
  expect(files).toContain('used.0.js');

  expect(await bundle(directory)).toEqual({ code: first.code, logged: [] });

  const file = files.find((name) => name !== 'used.0.js') ?? '';
  await truncate(join(directory, file), 1_000);
  expect((await bundle(directory)).logged).toEqual(['building the workflow bundle']);
  expect(await readdir(directory)).toHaveLength(2);
  expect(await bundle(directory)).toMatchObject({ logged: [] });
}, 120_000);

test('a folder that cannot be written costs time and nothing else', async () => {
  const { code, logged } = await bundle(join(directory, 'used.0.js', 'below-a-file'));
  expect(code).toContain('__TEMPORAL__');
  expect(logged[1]).toMatch(/cannot be kept/);
}, 120_000);

test('a folder that others can write to is neither read nor written', async () => {
  const open = join(directory, 'open');
  await mkdir(open);
  await chmod(open, 0o777);
  const { code, logged } = await bundle(open);
  expect(code).toContain('__TEMPORAL__');
  expect(logged[1]).toMatch(/only this user can write to/);
  expect(await readdir(open)).toEqual([]);
}, 120_000);

test('one more byte of a workflow or of the lock file makes it another bundle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-sources-'));
  try {
    const sources = {
      workflowsPath: join(folder, 'index.ts'),
      lockFile: join(folder, 'lock.json'),
    };
    await writeFile(sources.workflowsPath, '');
    await mkdir(join(folder, 'minutes'));
    await writeFile(join(folder, 'minutes', 'minutes.ts'), '');
    await writeFile(sources.lockFile, '{}');
    const digests = [await sourcesDigest(sources)];
    for (const file of [
      sources.workflowsPath,
      join(folder, 'minutes', 'minutes.ts'),
      sources.lockFile,
    ]) {
      await appendFile(file, ' ');
      digests.push(await sourcesDigest(sources));
    }
    expect(new Set(digests).size).toBe(4);
    expect(await sourcesDigest(sources)).toBe(digests[3]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
