import axe from 'axe-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { renderHtml } from '../../../../activities/minutes/render/html.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import { MEDIA_BINARIES, runMediaTool } from '../../../../adapters/media/media-binaries.ts';
import sharp from 'sharp';
import { sampleDocument, type Sample } from './office/office-samples.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

/** The exported page in Chromium: as it lies in a folder, with and without a recording beside it. */

const html = renderHtml(minutesDocument(sampleMinutes, sampleTranscript, { picture: false }), null);
const withRecording = (page: string): string =>
  page.replace('"hansard-audio" content=""', '"hansard-audio" content="recording.ogg"');

/** With speakers, sections, a warning and a square picture. */
async function richPage(sample: Sample, title: string, lines: number): Promise<string> {
  const square = { width: 1024, height: 1024, channels: 3, background: '#8888cc' } as const;
  const picture = await sharp({ create: square }).png().toBuffer();
  const document = sampleDocument(sample, lines, {
    title,
    attendees: ['Anna', 'Сергій', '李娜'],
    sections: [
      {
        id: 'section1',
        title: 'Risks',
        items: [{ text: 'It is late.', citations: [], verified: false }],
      },
    ],
    image: {
      key: 'k',
      verdict: 'safe',
      score: 0,
      quality: 1,
      watermark: { text: 'generated', metadata: true },
      model: 'procedural-v1',
      prompt: 'a meeting',
    },
  });
  return renderHtml(document, `data:image/png;base64,${picture.toString('base64')}`);
}

let folder: string;
let browser: Browser;
let page: Page;
let requests: string[];
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-page-'));
  await writeFile(join(folder, 'plain.html'), html);
  await writeFile(join(folder, 'audio.html'), withRecording(html));
  await writeFile(join(folder, 'en.html'), withRecording(await richPage('en', 'Planning', 60)));
  const title = '2026年11月3日产品发布计划与预算会议纪要';
  await writeFile(join(folder, 'zh.html'), withRecording(await richPage('zh', title, 6)));
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

const open = (name: string, fragment = '') =>
  page.goto(pathToFileURL(join(folder, name)).href + fragment);
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

const WIDTHS = [1440, 390];
const atWidth = (width: number) => page.setViewportSize({ width, height: 900 });
/** Edges of the first element of a selector, in pixels from the top of what is seen. */
const edgesOf = (selector: string) =>
  page.evaluate<{ top: number; bottom: number; height: number }>(
    `document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().toJSON()`,
  );

test.each(WIDTHS)('what a link leads to is not under the bar, at %i pixels', async (width) => {
  await atWidth(width);
  await open('en.html', '#open-questions');
  await expect.poll(() => page.evaluate(`scrollY`)).toBeGreaterThan(200);
  expect((await edgesOf('#open-questions h2')).top).toBeGreaterThan((await edgesOf('.bar')).bottom);
  await page.evaluate(`location.hash = '#d1'`);
  await expect.poll(async () => (await edgesOf('#d1')).top).toBeLessThan(450);
  expect((await edgesOf('#d1')).top).toBeGreaterThan((await edgesOf('.bar')).bottom);
});

test('a square picture leaves room for the summary on the first screen', async () => {
  await atWidth(1440);
  await open('en.html');
  const { height } = await edgesOf('img');
  expect(height).toBeGreaterThan(200);
  expect((await edgesOf('#summary h2')).bottom).toBeLessThan(900);
});

test('no character of a Chinese title stands alone on a phone, and no id is broken', async () => {
  await atWidth(390);
  await open('zh.html');
  const lines = await page.evaluate<number[]>(`(() => {
    const { firstChild: text } = document.querySelector('h1');
    const tops = new Map();
    for (let at = 0; at < text.length; at++) {
      const range = new Range();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const { top } = range.getBoundingClientRect();
      tops.set(top, (tops.get(top) ?? 0) + 1);
    }
    return [...tops.values()];
  })()`);
  expect(lines.length).toBeGreaterThan(1);
  expect(Math.min(...lines)).toBeGreaterThan(3);
  expect(
    await page.evaluate(
      `[...document.querySelectorAll('.id')].every((id) => id.getClientRects().length === 1)`,
    ),
  ).toBe(true);
});

test('Enter on a citation plays there, and l goes on', async () => {
  await open('audio.html');
  await expect.poll(() => page.evaluate(`document.querySelector('audio').readyState`)).not.toBe(0);
  const at = () => page.evaluate<number>(`document.querySelector('audio').currentTime`);
  const paused = () => page.evaluate(`document.querySelector('audio').paused`);
  await page.locator('#decisions a.source').focus();
  await page.keyboard.press('Enter');
  await expect.poll(paused).toBe(false);
  await page.keyboard.press('k');
  await expect.poll(paused).toBe(true);
  const before = await at();
  expect(before).toBeGreaterThan(3);
  await page.keyboard.press('l');
  expect((await at()) - before).toBeCloseTo(10, 1);
});

test.each(
  WIDTHS.flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const)),
)('axe finds nothing serious in a page with everything at %i pixels, %s', async (width, scheme) => {
  await page.emulateMedia({ colorScheme: scheme });
  await atWidth(width);
  await open('zh.html');
  // Past the page's own policy, which lets no other script run.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe.source });
  const { violations } = await page.evaluate<{
    violations: readonly { id: string; impact: string }[];
  }>(`axe.run()`);
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual(
    [],
  );
});

test('print numbers its pages, and no small print is larger than the text', async () => {
  await open('en.html');
  await page.emulateMedia({ media: 'print' });
  const sizes = await page.evaluate<number[]>(
    `['#summary p', 'table td', 'dl dd', '.note li', '.facts'].map((one) =>
      parseFloat(getComputedStyle(document.querySelector(one)).fontSize))`,
  );
  expect(sizes[0]).toBeCloseTo(14, 1); // 10.5 pt
  expect(Math.max(...sizes)).toBe(sizes[0]);
  const { text } = await extractText(
    await getDocumentProxy(Uint8Array.from(await page.pdf({ preferCSSPageSize: true }))),
    { mergePages: false },
  );
  expect(text.length).toBeGreaterThan(1);
  for (const [index, printed] of text.entries()) {
    expect(printed.replaceAll(/\s/g, '')).toContain(`${index + 1}/${text.length}`);
  }
});

test('print shows no controls', async () => {
  await open('plain.html');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.bar').isVisible()).toBe(false);
  expect(await page.locator('h1').isVisible()).toBe(true);
});
