import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderApart } from '../../activities/minutes/render/office/render-apart.ts';
import {
  missingFrom,
  sampleDocument,
  textsOf,
} from '../activities/minutes/render/office/office-samples.ts';

/** A day of transcript as documents for the office, read back by pandoc and pdftotext, which must be installed. */

const run = promisify(execFile);
const LINES = 15_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-office-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the work; how long this process did not answer at most, and how much it grew. */
async function watched<T>(work: () => Promise<T>) {
  const before = process.memoryUsage().rss;
  let last = performance.now();
  let longestMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  }, 50);
  const value = await work();
  clearInterval(timer);
  return { value, longestMs, grownMb: (process.memoryUsage().rss - before) / 1e6 };
}

test.each([
  ['pdf', (path: string) => run('pdftotext', [path, '-'], { maxBuffer: 1e8 })],
  ['docx', (path: string) => run('pandoc', [path, '-s', '-t', 'plain'], { maxBuffer: 1e8 })],
] as const)(
  '24 hours as %s leave this process free and are read back whole',
  async (format, read) => {
    const document = sampleDocument('mixed', LINES);
    const { value, longestMs, grownMb } = await watched(() =>
      renderApart({ format, document, picture: null }),
    );
    console.log(
      `${format}: ${value.length} bytes, longest pause ${Math.round(longestMs)} ms, grown by ${Math.round(grownMb)} MB`,
    );
    // A heartbeat is due every 10 s.
    expect(longestMs).toBeLessThan(5000);
    expect(grownMb).toBeLessThan(300);
    const path = join(folder, `minutes.${format}`);
    await writeFile(path, value);
    const { stdout } = await read(path);
    // Heads and numbers of pages stand between the lines of a PDF.
    const text = stdout
      .replaceAll(/\d+ \/ \d+\s*\f/g, '')
      .replaceAll(document.title, '')
      .replaceAll(document.glance.status, '');
    const shown = textsOf(document).filter(
      (part) => part !== document.title && part !== document.glance.status,
    );
    expect(
      missingFrom(
        text,
        shown.slice(-3 * LINES).filter((_, index) => index % 3 === 2),
      ),
    ).toEqual([]);
  },
);
