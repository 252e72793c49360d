import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildPage } from '../../local/build-page.ts';
import { signInLines } from '../../local/sign-in.ts';

test('the page is built where it is missing or older than what it is made of, and not otherwise', async () => {
  const clone = await mkdtemp(join(tmpdir(), 'hansard-page-'));
  try {
    const web = join(clone, 'client', 'web');
    await mkdir(join(web, 'dist'), { recursive: true });
    await mkdir(join(clone, 'workflows', 'contracts'), { recursive: true });
    const build = `node -e "require('fs').appendFileSync('client/web/dist/index.html', 'built ')"`;
    await writeFile(join(clone, 'package.json'), JSON.stringify({ scripts: { build } }));
    await writeFile(join(clone, 'package-lock.json'), '{}');
    await writeFile(join(web, 'main.tsx'), '');
    const built = async () => {
      expect(await buildPage(clone, () => {})).toBe(true);
      return await readFile(join(web, 'dist', 'index.html'), 'utf8');
    };
    expect(await built()).toBe('built ');
    expect(await built()).toBe('built ');
    const later = new Date(Date.now() + 60_000);
    await utimes(join(web, 'main.tsx'), later, later);
    expect(await built()).toBe('built built ');
  } finally {
    await rm(clone, { recursive: true });
  }
});

test('what makes the build fail is told, and nothing is thrown: an older page is served, or none', async () => {
  const clone = await mkdtemp(join(tmpdir(), 'hansard-page-'));
  try {
    const told: string[] = [];
    expect(await buildPage(clone, (line) => told.push(line))).toBe(false);
    expect(told.at(-1)).toMatch(
      /^the page cannot be built, and everything else starts without it: /,
    );
    const dist = join(clone, 'client', 'web', 'dist');
    await mkdir(dist, { recursive: true });
    await writeFile(join(dist, 'index.html'), 'older');
    expect(await buildPage(clone, () => {})).toBe(true);
    expect(await signInLines({ environment: {}, hasPage: false })).toMatch(/^There is no page/);
  } finally {
    await rm(clone, { recursive: true });
  }
});
