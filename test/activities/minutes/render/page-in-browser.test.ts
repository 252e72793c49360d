import axe from 'axe-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { renderHtml } from '../../../../activities/minutes/render/html.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import { MEDIA_BINARIES, runMediaTool } from '../../../../adapters/media/media-binaries.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

/** The exported page in Chromium: as it lies in a folder, with and without a recording beside it. */

const html = renderHtml(minutesDocument(sampleMinutes, sampleTranscript, { picture: false }), null);
const withAudio = html.replace(
  '"hansard-audio" content=""',
  '"hansard-audio" content="recording.ogg"',
);

let folder: string;
let browser: Browser;
let page: Page;
let requests: string[];
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-page-'));
  await writeFile(join(folder, 'plain.html'), html);
  await writeFile(join(folder, 'audio.html'), withAudio);
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=90', '-c:a', 'libopus'];
  await runMediaTool(MEDIA_BINARIES.ffmpeg, [...tone, join(folder, 'recording.ogg')]);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--mute-audio'],
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await browser.newPage();
  requests = [];
  complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterEach(() => page.close());

const open = (name: string) => page.goto(pathToFileURL(join(folder, name)).href);
const count = () => page.locator('output').textContent();

test('search counts the matches, goes on and back by key, and Escape leaves it', async () => {
  await open('plain.html');
  await page.keyboard.press('/');
  await page.keyboard.type('SHIP on');
  await expect.poll(count).toBe('1 / 2');
  await page.keyboard.press('Enter');
  expect(await count()).toBe('2 / 2');
  await page.keyboard.press('Enter');
  expect(await count()).toBe('1 / 2');
  await page.keyboard.press('Shift+Enter');
  expect(await count()).toBe('2 / 2');
  expect(await page.evaluate(`[...CSS.highlights.get('current')].map(String)`)).toEqual([
    'ship on',
  ]);
  await page.keyboard.press('Escape');
  expect(await count()).toBe('');
  expect(await page.evaluate(`document.activeElement.tagName`)).toBe('BODY');
  expect(complaints).toEqual([]);
});

test('without a recording there is no player, and nothing but the page is asked for', async () => {
  await open('plain.html');
  await page.locator('a.source').first().click();
  expect(await page.locator('audio').count()).toBe(0);
  expect(new Set(requests.map((url) => url.split('#')[0]))).toEqual(
    new Set([pathToFileURL(join(folder, 'plain.html')).href]),
  );
  expect(complaints).toEqual([]);
});

test('a click on a citation or on a line of the transcript plays there, and keys move it', async () => {
  await open('audio.html');
  const heardAt = async () => {
    await expect.poll(() => page.evaluate(`!document.querySelector('audio').seeking`)).toBe(true);
    const at: number = await page.evaluate(`document.querySelector('audio').currentTime`);
    await page.evaluate(`document.querySelector('audio').pause()`);
    return at;
  };
  await expect.poll(() => page.evaluate(`document.querySelector('audio').readyState`)).not.toBe(0);
  // The citation of the decision, at 3.1 s.
  await page.locator('#decisions a.source').click();
  expect(Math.abs((await heardAt()) - 3.1)).toBeLessThan(0.3);
  await page.locator('#s3 span').click();
  expect(Math.abs((await heardAt()) - 61)).toBeLessThan(0.3);
  await page.keyboard.press('j');
  expect(Math.abs((await heardAt()) - 51)).toBeLessThan(0.6);
  await page.keyboard.press('k');
  expect(await page.evaluate(`document.querySelector('audio').paused`)).toBe(false);
  expect(requests.every((url) => url.startsWith('file://'))).toBe(true);
  expect(complaints).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing serious in the %s page',
  async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open('audio.html');
    // Past the page's own policy, which lets no other script run.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: axe.source });
    const { violations } = await page.evaluate<{
      violations: readonly { id: string; impact: string }[];
    }>(`axe.run()`);
    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
    ).toEqual([]);
  },
);

test('print shows no controls', async () => {
  await open('plain.html');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.bar').isVisible()).toBe(false);
  expect(await page.locator('h1').isVisible()).toBe(true);
});
