import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeAbandonedStacks } from './remove-abandoned-stacks.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'abandoned-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('two runs that start at once delete the abandoned stacks together', async () => {
  const folder = await emptyFolder();
  for (let number = 0; number < 20; number += 1) {
    const directory = join(folder, `run-${number}`);
    await mkdir(join(directory, 'postgres', 'base'), { recursive: true });
    await writeFile(join(directory, 'owner.json'), '{ "pid": 1, "startTime": "never" }');
  }
  const runs = Array.from({ length: 2 }, () => removeAbandonedStacks(folder, 'run-'));
  await expect(Promise.all(runs)).resolves.toBeDefined();
  expect(await readdir(folder)).toEqual([]);
});

test('a stack that its own run deletes meanwhile is no error', async () => {
  const folder = await emptyFolder();
  const names = Array.from({ length: 20 }, (_, number) => `run-${number}`);
  for (const name of names) await mkdir(join(folder, name));
  const removed = names.map((name) => rm(join(folder, name), { recursive: true }));
  await expect(
    Promise.all([removeAbandonedStacks(folder, 'run-'), ...removed]),
  ).resolves.toBeDefined();
  expect(await readdir(folder)).toEqual([]);
});

test('a stack that has no owner yet is kept', async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'run-1'));
  await removeAbandonedStacks(folder, 'run-');
  expect(await readdir(folder)).toEqual(['run-1']);
});
