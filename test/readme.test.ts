import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hansard } from './client/cli-child.ts';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const exists = (path: string) => existsSync(new URL(path, ROOT));

const ENGLISH = 'README.md';
const CHINESE = 'README.zh-CN.md';
const READMES = [ENGLISH, CHINESE];

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

/** Fenced blocks in order: `{ language, text }`. */
const blocksOf = (path: string) =>
  [...read(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

/** The commands of the `sh` blocks, a line each. */
const commandsOf = (path: string) =>
  blocksOf(path)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n').filter((line) => line !== ''));

/** Folders of the product. */
const folders = () =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !GENERATED.includes(name));
const GENERATED = ['node_modules', 'out', 'dist'];

const LONGEST_README_LINES = 200;

describe.each(READMES)('%s', (path) => {
  test('every npm script that it names exists', () => {
    const text = read(path);
    const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => name);
    expect(named).toContain('demo');
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
    expect(text).toContain('npm test');
  });

  test('every file and folder that it links to or names exists', () => {
    const text = read(path).replaceAll(/^```[\s\S]*?^```$/gm, '');
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, link = '']) => link);
    // In backticks, a path begins with one of the folders.
    const begins = new RegExp(`\`((?:${folders().join('|')})/[\\w./-]*)\``, 'g');
    const named = [...text.matchAll(begins)].map(([, name = '']) => name);
    expect(linked.length).toBeGreaterThan(10);
    expect([...linked, ...named].filter((name) => !exists(name))).toEqual([]);
  });

  test('it is short', () => {
    expect(read(path).trimEnd().split('\n').length).toBeLessThanOrEqual(LONGEST_README_LINES);
  });

  test('its glossary explains the ten words', () => {
    const text = read(path).replaceAll(/^```[\s\S]*?^```$/gm, '');
    const words = [...text.matchAll(/^- \*\*(?:[^*（]+（)?([A-Za-z ]+)）?\*\*[:：]/gm)];
    expect(words.map(([, word = '']) => word.toLowerCase())).toEqual(GLOSSARY);
  });
});

const GLOSSARY = [
  'target',
  'chain',
  'contract',
  'gate',
  'ledger',
  'claim',
  'in doubt',
  'degradation',
  'window',
  'section',
];

test('every hansard command and option that is shown is in its help', async () => {
  const shown = [ENGLISH, 'docs/configuration.md', 'docs/development.md']
    .flatMap(commandsOf)
    .flatMap((line) => /npm run -s hansard -- (?<words>.+)/.exec(line)?.groups?.['words'] ?? []);
  expect(shown.length).toBeGreaterThan(10);
  const missing: string[] = [];
  for (const words of shown) {
    const command = /^(?:(?:warm|models) \w+|\w+)/.exec(words)?.[0].split(' ') ?? [];
    const { stdout } = await hansard([...command, '--help']);
    // Asked for the help of a command that is none, the program shows its own.
    if (!stdout.startsWith(`Usage: hansard ${command.join(' ')}`)) missing.push(command.join(' '));
    const options = words.match(/--[a-z-]+/g) ?? [];
    missing.push(...options.filter((option) => !stdout.includes(option)));
  }
  expect(missing).toEqual([]);
}, 120_000);

test('both languages show the same blocks, and so the same commands, in the same order', () => {
  expect(commandsOf(CHINESE)).toEqual(commandsOf(ENGLISH));
  const kinds = (path: string) => blocksOf(path).map(({ language }) => language);
  expect(kinds(CHINESE)).toEqual(kinds(ENGLISH));
});

test('both languages point to the same places, each in its own language', () => {
  const links = (path: string) =>
    [...read(path).matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  const inEnglish = (link: string) => link.replace('.zh-CN.md', '.md');
  const inChinese = (link: string) => {
    const translated = inEnglish(link).replace('.md', '.zh-CN.md');
    return exists(translated.replace(/#.*/, '')) ? translated : link;
  };
  expect(links(CHINESE).map(inEnglish).toSorted()).toEqual(
    links(ENGLISH).map(inEnglish).toSorted(),
  );
  const others = links(CHINESE).filter((link) => link !== ENGLISH);
  expect(others).toEqual(others.map(inChinese));
});
