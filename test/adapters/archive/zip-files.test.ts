import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { zipFiles } from '../../../adapters/archive/zip-files.ts';

const FILES = [
  { name: 'minutes.md', body: new TextEncoder().encode('words '.repeat(100)) },
  { name: 'illustration.png', body: Uint8Array.of(1, 2, 3) },
];

test('a zip holds its files in their order, and is the same whenever and wherever it is made', () => {
  const zone = process.env['TZ'];
  const zips = ['UTC', 'Asia/Tokyo', 'America/New_York'].map((name) => {
    process.env['TZ'] = name;
    return Buffer.from(zipFiles(FILES)).toString('base64');
  });
  process.env['TZ'] = zone;
  expect(new Set(zips).size).toBe(1);
  const files = unzipSync(Buffer.from(zips[0] ?? '', 'base64'));
  expect(Object.entries(files).map(([name, body]) => [name, body.length])).toEqual([
    ['minutes.md', 600],
    ['illustration.png', 3],
  ]);
});
