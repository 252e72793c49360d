import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipFiles } from '../../adapters/archive/zip-files.ts';
import { writeWhole } from './write-whole.ts';

/** What `fetch` writes into a folder, packed as `minutes.zip` in this one. The same files give the same zip. */
export async function fetchZip(
  folder: string,
  fetch: (folder: string) => Promise<readonly { readonly name: string; readonly path: string }[]>,
) {
  const loose = await mkdtemp(join(tmpdir(), 'hansard-'));
  try {
    const files = [...(await fetch(loose))].sort((a, b) => (a.name < b.name ? -1 : 1));
    const packed = zipFiles(
      await Promise.all(
        files.map(async ({ name, path }) => ({ name, body: await readFile(path) })),
      ),
    );
    await mkdir(folder, { recursive: true });
    const name = 'minutes.zip';
    const path = join(folder, name);
    await writeWhole(path, (partial) => writeFile(partial, packed));
    return [{ name, path }];
  } finally {
    await rm(loose, { recursive: true, force: true });
  }
}
