import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MEDIA_BINARIES } from '../../../adapters/media/media-binaries.ts';
import { allowPartUploads } from '../../../adapters/object-store/allow-part-uploads.ts';
import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import { createSurroundings, SAMPLE, type Surroundings } from '../../support/surroundings.ts';
import { testGateway } from '../gateway/test-gateway.ts';
import { buildPage, launchChromium, seriousFaults, type BuiltPage } from './page-browser.ts';

/** Recording in a real browser, whose microphone hears a file, over the run's servers and a worker. */

// The machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let folder: string;
let built: BuiltPage;
let place: Surroundings;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let address: string;
let headers: Readonly<Record<string, string>>;
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-microphone-'));
  const heard = join(folder, 'meeting.wav');
  const input = ['-i', SAMPLE, '-t', '40', '-ar', '48000', '-ac', '1'];
  [place, built] = await Promise.all([
    createSurroundings({}),
    buildPage(),
    promisify(execFile)(MEDIA_BINARIES.ffmpeg, ['-nostdin', '-v', 'error', ...input, heard]),
  ]);
  // As the local stack does it.
  await allowPartUploads(parseS3Settings(place.env));
  await place.startWorker();
  gateway = await testGateway({ env: place.env, pageFolder: built.folder });
  address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const made = await gateway.keyOf('default', 'admin', 'Anna');
  ({ headers } = made);
  browser = await launchChromium(
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${heard}`,
    '--autoplay-policy=no-user-gesture-required',
  );
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  // What unplugs a microphone, which no microphone of a test does.
  await context.addInitScript(`
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => (window.heard = await open(wanted));
  `);
  page = await openTab();
  await page.goto(address);
  await page.getByLabel('Key').fill(made.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No meetings yet' }).waitFor();
});
afterAll(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  await built[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(60_000);
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('console', (message) => {
    const isExpected = /status of (?:401|409)|ERR_INTERNET_DISCONNECTED/.test(message.text());
    if (message.type() === 'error' && !isExpected) complaints.push(message.text());
  });
  return tab;
}

/** The tab is gone at once, as when a browser crashes; another one opens the library. */
async function closeTab(): Promise<void> {
  await page.close({ runBeforeUnload: false });
  page = await openTab();
  await page.goto(address, { waitUntil: 'commit' });
}

async function seconds(): Promise<number> {
  const [minutes = 0, rest = 0] = (await page.getByRole('timer').innerText())
    .split(':')
    .map(Number);
  return minutes * 60 + rest;
}
async function untilSeconds(least: number): Promise<void> {
  await expect.poll(seconds, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
}

test('a recording that a closed tab interrupted goes on, loses no microphone and no network, and becomes minutes', async () => {
  await page.getByRole('link', { name: 'Record' }).click();
  await page.getByRole('button', { name: 'Start recording' }).waitFor();
  expect(await seriousFaults(page, 'record')).toEqual([]);
  await page.getByLabel('Title').fill('Painting');
  await page.getByText('With an illustration').click();
  await page.getByRole('button', { name: 'Start recording' }).click();
  await page.getByRole('status').getByText('Recording', { exact: true }).waitFor();
  await untilSeconds(4);
  const level = page.getByRole('meter', { name: 'Level of the microphone' });
  await expect
    .poll(async () => Number(await level.getAttribute('aria-valuenow')))
    .toBeGreaterThan(10);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('status').getByText('Paused').waitFor();
  expect(await seriousFaults(page, 'recording')).toEqual([]);
  const before = await seconds();

  await closeTab();
  const found = page.getByText(/^A recording of (?:\d+ min )?\d+ s was not finished/);
  const [, minutes = 0, rest] = /of (?:(\d+) min )?(\d+) s/.exec(await found.innerText()) ?? [];
  expect(Number(minutes) * 60 + Number(rest)).toBeGreaterThanOrEqual(before - 1);
  expect(await page.getByText('Painting').isVisible()).toBe(true);
  expect(await seriousFaults(page, 'unfinished')).toEqual([]);
  await page.getByRole('button', { name: 'Go on recording' }).click();
  await untilSeconds(before + 3);

  await page.evaluate(`heard.getTracks()[0].dispatchEvent(new Event('ended'))`);
  await page.getByText('The microphone was lost: another one goes on').waitFor();
  const then = await seconds();
  await untilSeconds(then + 3);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Stop and make minutes' }).click();
  await page.getByRole('status').getByText('Sending the recording…').waitFor();
  const all = await seconds();
  await context.setOffline(false);
  await page.getByRole('heading', { level: 1, name: 'Painting' }).waitFor();
  await page
    .getByRole('list', { name: 'At a glance' })
    .getByText('Sentences picked by rules')
    .waitFor({ timeout: 150_000 });
  const made: {
    title: string;
    source: { name: string };
    durationSeconds: number;
  } = await page.evaluate(`fetch('/api' + location.hash.slice(1) + '/exports/minutes.json')
    .then((answer) => answer.json())`);
  expect(made.title).toBe('Painting');
  expect(made.source.name).toMatch(/^recording-\d{4}-\d\d-\d\d-\d\d-\d\d\.webm$/);
  expect(Math.abs(made.durationSeconds - all)).toBeLessThan(3);
  await page.goto(`${address}/#/`);
  await page.getByRole('link', { name: 'Painting' }).waitFor();
  expect(await page.getByText(/was not finished/).count()).toBe(0);
  expect((await gateway.app.inject({ url: '/api/uploads', headers })).json()).toEqual({
    uploads: [],
  });
});

test('what fills a part is sent while the recording goes on, and is deleted with it', async () => {
  await page.goto(`${address}/#/record`);
  await page.getByRole('button', { name: 'Start recording' }).click();
  await untilSeconds(2);
  await closeTab();
  // An hour of talk takes an hour: as many bytes stand for it.
  await page.getByText(/^A recording of .* was not finished/).waitFor();
  await page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('hansard');
    opening.onsuccess = () => {
      const sound = opening.result.transaction('sound', 'readwrite').objectStore('sound');
      sound.openCursor(null, 'prev').onsuccess = ({ target }) => {
        const { key: [id, from], value } = target.result;
        const more = { bytes: new ArrayBuffer(6_000_000), seconds: 1_000 };
        const adding = sound.put(more, [id, from + value.bytes.byteLength]);
        adding.onsuccess = () => { opening.result.close(); resolve(); };
        adding.onerror = reject;
      };
    };
  })`);
  await page.reload();
  await page.getByText(/^A recording of 16 min 40 s was not finished/).waitFor();
  await page.getByRole('button', { name: 'Go on recording' }).click();
  const uploads = async () => {
    const { uploads: listed } = (await gateway.app.inject({ url: '/api/uploads', headers })).json<{
      uploads: readonly { id: string; bytes: number | null }[];
    }>();
    return await Promise.all(
      listed.map(async ({ id }) =>
        (await gateway.app.inject({ url: `/api/uploads/${id}`, headers })).json<object>(),
      ),
    );
  };
  await expect
    .poll(uploads, { timeout: 60_000 })
    .toMatchObject([{ bytes: null, partBytes: 5_242_880, received: [1], state: 'open' }]);
  await page.getByText(/5\.2 MB of it sent/).waitFor();
  await page.getByRole('button', { name: 'Throw away' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Throw away' }).click();
  await page.getByRole('button', { name: 'Start recording' }).waitFor();
  await expect.poll(uploads).toEqual([]);
  await page.reload();
  expect(await page.getByText(/was not finished/).count()).toBe(0);
  expect(complaints).toEqual([]);
});
