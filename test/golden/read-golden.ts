import { readFileSync } from 'node:fs';

/**
 * A file of `test/fixtures/golden`. These files are written once. If a test disagrees with one of them, stored data or
 * published output has changed: fix the code, or change the file by hand and say why in the commit.
 */
export const readGoldenText = (name: string): string =>
  readFileSync(new URL(`../fixtures/golden/${name}`, import.meta.url), 'utf8');

export const readGolden = (name: string): unknown => JSON.parse(readGoldenText(name));
