import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleRecording, type SampleRecording } from '../../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../../support/surroundings.ts';
import { createKey } from '../../../client/keys/manage-keys.ts';
import { testGateway } from '../gateway/test-gateway.ts';
import {
  buildPage,
  launchChromium,
  seriousFaults as faultsOf,
  type BuiltPage,
} from './page-browser.ts';

/** The page as a browser has it: built, served by the gateway under its policy, over the run's servers and a worker. */

let built: BuiltPage;
let recording: SampleRecording;
let place: Surroundings;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let address: string;
let key: string;
const complaints: string[] = [];

beforeAll(async () => {
  [recording, place, built] = await Promise.all([
    // Up to the first decision.
    sampleRecording(40),
    createSurroundings({ speakers: true }),
    buildPage(),
  ]);
  await place.startWorker();
  gateway = await testGateway({ env: place.env, pageFolder: built.folder });
  address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  ({ key } = await gateway.keyOf('default', 'admin', 'Anna'));
  browser = await launchChromium();
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefused = /status of (?:401|409)|ERR_FAILED/.test(message.text());
    if (message.type() === 'error' && !isRefused) complaints.push(message.text());
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  await recording[Symbol.asyncDispose]();
  await built[Symbol.asyncDispose]();
});

const seriousFaults = (screen: string) => faultsOf(page, screen);

const heardAt = () => page.evaluate<number>(`document.querySelector('audio').currentTime`);

test('somebody signs in with a key, and is told when there is no such key', async () => {
  await page.goto(address);
  await page.getByLabel('Key').fill('hansard_00000000000000000000_none');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('There is no such key').waitFor();
  expect(await seriousFaults('sign-in')).toEqual([]);
  await page.getByLabel('Key').fill(key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No meetings yet' }).waitFor();
  expect(await seriousFaults('empty library')).toEqual([]);
});

test('a dropped recording is sent with its options, and followed until its minutes are there', async () => {
  const { x, y } = (await page.locator('.drop').boundingBox()) ?? { x: 0, y: 0 };
  const session = await context.newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [recording.path], dragOperationsMask: 1 };
    await session.send('Input.dispatchDragEvent', { type, x: x + 20, y: y + 20, data });
  }
  const dialog = page.getByRole('dialog', { name: 'New minutes' });
  await dialog.getByText('40-seconds.flac').waitFor();
  expect(await seriousFaults('new minutes')).toEqual([]);
  await dialog.getByText('Ask for approval').click();
  await dialog.getByText('With an illustration').click();
  await dialog.getByRole('button', { name: 'Make minutes' }).click();
  await page.getByRole('link', { name: '40-seconds.flac' }).click();
  await page.getByRole('heading', { level: 1, name: '40 seconds' }).waitFor();
  await page
    .getByRole('list', { name: 'At a glance' })
    .getByText(/statements verified/)
    .waitFor({ timeout: 110_000 });
  // By the rules of the local stack, as the documents say it.
  await page.getByText('Sentences picked by rules').waitFor();
}, 150_000);

test('a citation plays the recording where its words are said, and the transcript shows them', async () => {
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 60_000 });
  const chip = page.getByRole('button', { name: /^Play at .*marketing budget/ }).first();
  const label = (await chip.getAttribute('aria-label')) ?? '';
  const [, minutes, seconds] = /at (\d+):(\d+)/.exec(label) ?? [];
  const cited: number =
    await page.evaluate(`fetch('/api' + location.hash.slice(1) + '/exports/minutes.json')
    .then((answer) => answer.json())
    .then(({ decisions }) => decisions.flatMap(({ citations }) => citations)
      .find(({ quote }) => quote.includes('marketing budget')).start)`);
  expect(Math.floor(cited)).toBe(Number(minutes) * 60 + Number(seconds));
  await page.evaluate(
    `document.querySelector('audio').addEventListener('seeked', ({ target }) => target.pause())`,
  );
  await chip.click();
  await expect.poll(() => page.evaluate(`document.querySelector('audio').seeking`)).toBe(false);
  await expect.poll(async () => Math.abs((await heardAt()) - cited)).toBeLessThan(0.3);
  await expect.poll(() => page.locator('.segments .cited').first().isVisible()).toBe(true);
  expect(await page.locator('.segments [aria-current]').textContent()).toContain('budget');
  expect(await seriousFaults('minutes')).toEqual([]);
});

test('a speaker is named, and the transcript and their tasks call them so', async () => {
  const minutes: object = await page.evaluate(
    `fetch('/api' + location.hash.slice(1) + '/exports/minutes.json').then((answer) => answer.json())`,
  );
  const task = { task: 'Ring the printer', owner: 'S1', due: null, dueText: null, citations: [] };
  const payload = { ...minutes, actionItems: [{ ...task, verified: false }] };
  const headers = { authorization: `Bearer ${key}` };
  const url = await page.evaluate<string>(`'/api' + location.hash.slice(1) + '/edit?version=1'`);
  const edited = await gateway.app.inject({ method: 'POST', url, headers, payload });
  expect(edited.json()).toMatchObject({ version: 2, outcome: 'made' });
  await page.reload();
  await page.getByRole('cell', { name: 'Speaker 1' }).waitFor();
  await page.getByRole('tab', { name: 'Speakers' }).click();
  await page.getByRole('button', { name: 'Name or join Speaker 1' }).click();
  const dialog = page.getByRole('dialog', { name: 'Speaker 1' });
  await dialog.getByLabel('Name').fill('Anna Weiß');
  expect(await seriousFaults('speaker')).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 3.').waitFor();
  await page.getByRole('cell', { name: 'Anna Weiß' }).waitFor();
  expect(await seriousFaults('speakers')).toEqual([]);
  await page.getByRole('tab', { name: 'Transcript' }).click();
  await page.locator('.segment-speaker').getByText('Anna Weiß').first().waitFor();
});

test('what is edited is shown word by word, survives a reload, and is saved as the next version', async () => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Action items 1' }).fill('Ring <b>two</b> printers');
  await page.getByRole('button', { name: 'Add: Key points' }).click();
  await page.keyboard.type('Nobody said this.');
  expect(await seriousFaults('editor')).toEqual([]);
  await page.getByRole('link', { name: 'Hansard: library' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stay' }).click();
  await page.reload();
  await page.getByText('Version 3 with changes that are not saved').waitFor();
  await page.getByRole('button', { name: 'Review changes' }).click();
  const review = page.getByRole('dialog', { name: 'What changes in version 3' });
  expect(await review.locator('del').allTextContents()).toEqual(['the printer']);
  expect(await review.locator('ins').allTextContents()).toEqual([
    '<b>two</b> printers',
    'Nobody said this.',
  ]);
  expect(await seriousFaults('review')).toEqual([]);
  // Somebody else is first.
  const headers = { authorization: `Bearer ${key}` };
  const url = await page.evaluate<string>(`'/api' + location.hash.slice(1) + '/rename-speaker'`);
  const payload = { speaker: 'S1', name: 'Anna Schwarz' };
  const renamed = await gateway.app.inject({ method: 'POST', url, headers, payload });
  expect(renamed.json()).toMatchObject({ version: 4, outcome: 'made' });
  if (!(await review.isVisible())) {
    await page.getByRole('button', { name: 'Review changes' }).click();
  }
  await review.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Version 4 was made meanwhile').waitFor();
  await page.getByRole('button', { name: 'Put my changes on version 4' }).click();
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 5.').waitFor();
  await page.getByRole('cell', { name: 'Ring <b>two</b> printers' }).waitFor();
});

test('the words of a segment are corrected in their place, and a new summary says what it takes', async () => {
  await page.getByRole('tab', { name: 'Transcript' }).click();
  await page.locator('.segment-text').first().dblclick();
  await page.getByRole('textbox', { name: 'Words of this segment' }).fill('Good evening, all.');
  await page.keyboard.press('Enter');
  await page.getByText('1 segment corrected, not saved').waitFor();
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 6.').waitFor();
  await page.locator('.segment-text').getByText('Good evening, all.').waitFor();
  await page.getByRole('status').getByRole('button', { name: 'New summary' }).click();
  const dialog = page.getByRole('dialog', { name: 'New summary' });
  expect(await seriousFaults('new summary')).toEqual([]);
  await dialog.getByRole('button', { name: 'See what it takes' }).click();
  await dialog.getByText(/takes \d+ calls? of a model/).waitFor();
  await dialog.getByText(/^Not taken over: .*statements? that people wrote/).waitFor();
  await page.keyboard.press('Escape');
});

test('two versions stand side by side, with what is different marked', async () => {
  await page.getByRole('link', { name: 'Compare versions' }).first().click();
  await page.getByRole('button', { name: /Earlier version/ }).click();
  await page.getByRole('option', { name: /^Version 3/ }).click();
  await page.getByRole('heading', { name: 'Action items' }).waitFor();
  expect(await page.locator('.compare-field del').allTextContents()).toEqual(
    expect.arrayContaining(['Weiß', 'the printer']),
  );
  expect(await page.locator('.compare-field ins').allTextContents()).toEqual(
    expect.arrayContaining(['Schwarz', '<b>two</b> printers', 'Nobody said this.']),
  );
  expect(await seriousFaults('side by side')).toEqual([]);
  await page.locator('.back').click();
});

test('while the gateway does not answer, what was read stays, and the page says of when it is', async () => {
  await page.getByRole('button', { name: 'Export' }).waitFor();
  await page.route('**/api/**', (route) => route.abort());
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'minutes.md' }).click();
  await page.getByText(/^The gateway does not answer. What you see is of /).waitFor();
  expect(await page.getByRole('cell', { name: 'Ring <b>two</b> printers' }).isVisible()).toBe(true);
  await page.unroute('**/api/**');
  await page.getByText(/^The gateway does not answer/).waitFor({ state: 'detached' });
});

test('the version that was read is approved, and its files are taken along', async () => {
  await page.getByRole('button', { name: 'Ask somebody else' }).click();
  await page.getByLabel('Who is asked').fill('Tom Weber');
  await page.keyboard.press('Enter');
  await page.getByText('Draft: waits for approval by Tom Weber').waitFor();
  await page.getByRole('button', { name: 'Approve version 7' }).click();
  await page.getByText('Approved by Anna,').waitFor();
  await page.getByRole('tab', { name: 'About' }).click();
  expect(await seriousFaults('about')).toEqual([]);
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'minutes.md' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('minutes.md');
  expect(await readFile(await file.path(), 'utf8')).toContain('Anna Schwarz');
});

test('a file that is wanted after the session has ended leads to the sign-in, and back', async () => {
  await page.evaluate(`fetch('/api/session', { method: 'DELETE' })`);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'All files' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const meeting = page.getByRole('heading', { level: 1, name: '40 seconds' });
  expect(await meeting.count()).toBe(0);
  await page.getByLabel('Key').fill(key);
  await page.keyboard.press('Enter');
  await meeting.waitFor();
});

test('search finds the meeting by what was said, in Chinese too', async () => {
  await page.getByRole('link', { name: 'Hansard: library' }).click();
  await page.getByRole('button', { name: /中文/ }).click();
  await page.getByRole('searchbox', { name: '搜索全部会议' }).fill('marketing');
  await page.keyboard.press('Enter');
  await page.getByText('1 个会议包含“marketing”').waitFor();
  expect(await page.getByRole('link', { name: '40 seconds' }).isVisible()).toBe(true);
  expect(await seriousFaults('found')).toEqual([]);
});

test('whoever operates the installation sees what waits, who works, and the gates of the models', async () => {
  await page.getByRole('link', { name: '运维' }).click();
  await page.getByRole('heading', { level: 1, name: '队列' }).waitFor();
  await page.getByRole('link', { name: '1 已完成' }).waitFor();
  await page.getByRole('row', { name: /^任务的步骤 pipeline 正常 0/ }).waitFor();
  await page.getByRole('cell', { name: /^\d+@/ }).waitFor();
  expect(await seriousFaults('queues')).toEqual([]);
  const sections = page.getByRole('navigation', { name: '运维' });
  await sections.getByRole('link', { name: '模型' }).click();
  await page.getByRole('row', { name: /^whisper-base .* 打开 .*最近一小时：成功 [1-9]/ }).waitFor();
  expect(await seriousFaults('models')).toEqual([]);
  await sections.getByRole('link', { name: '日程' }).click();
  await page.getByRole('heading', { name: '没有模型保持预热' }).waitFor();
  expect(await seriousFaults('schedules')).toEqual([]);
});

test('a webhook is added, its secret is shown once, and it is disabled', async () => {
  const sections = page.getByRole('navigation', { name: '运维' });
  await sections.getByRole('link', { name: 'Webhook' }).click();
  await page.getByLabel('地址').fill('https://hooks.example.com/minutes');
  await page.getByRole('button', { name: '添加 webhook' }).click();
  await page.getByText(/^whsec_/).waitFor();
  expect(await seriousFaults('webhooks')).toEqual([]);
  await page.getByRole('button', { name: '完成' }).click();
  await page.getByText(/^whsec_/).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'https://hooks.example.com/minutes' }).click();
  await page.getByRole('heading', { name: '还没有消息' }).waitFor();
  await page.getByRole('button', { name: '停用' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: '停用' }).click();
  await page.getByRole('button', { name: '启用' }).waitFor();
  expect(await seriousFaults('webhook')).toEqual([]);
});

test('a key is replaced: both are shown until the old one is revoked', async () => {
  const { headers } = await gateway.keyOf('default', 'viewer', 'nightly import');
  const signature = { algorithm: 'hmac-sha256' };
  const signing = { name: 'signing import', role: 'viewer', signature };
  await createKey(gateway.services.apiKeys, 'default', signing);
  // For the record of refusals.
  await gateway.app.inject({ url: '/api/keys', headers });
  const sections = page.getByRole('navigation', { name: '运维' });
  await sections.getByRole('link', { name: '拒绝记录' }).click();
  await page.getByRole('row', { name: /^nightly import .* GET \/api\/keys .* 403/ }).waitFor();
  expect(await seriousFaults('refusals')).toEqual([]);
  await sections.getByRole('link', { name: '密钥' }).click();
  // A second key of this one would not sign.
  await page.getByRole('button', { name: '吊销 signing import' }).waitFor();
  expect(await page.getByRole('button', { name: '更换 signing import' }).count()).toBe(0);
  await page.getByRole('button', { name: '更换 nightly import' }).click();
  await page.getByRole('button', { name: '生成第二个密钥' }).click();
  await page.getByText(/^hansard_/).waitFor();
  await page.getByRole('button', { name: '完成' }).click();
  await page.getByRole('row', { name: /^nightly import .*更换中/ }).waitFor();
  expect(await page.getByRole('row', { name: /^nightly import .* 有效/ }).count()).toBe(1);
  expect(await seriousFaults('keys')).toEqual([]);
  await page.getByRole('button', { name: '吊销旧密钥 nightly import' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: '吊销旧密钥' }).click();
  await page.getByRole('row', { name: /^nightly import .*已吊销/ }).waitFor();
});

test('whoever signs out sees nothing more, and the page never broke its policy', async () => {
  await page.getByRole('button', { name: '账户：Anna' }).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('heading', { name: '登录' }).waitFor();
  await page.goto(`${address}/#/keys`);
  await page.getByRole('heading', { name: '登录' }).waitFor();
  expect(await page.getByText('Anna').count()).toBe(0);
  expect(complaints).toEqual([]);
});
