import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { allowPartUploads } from '../../adapters/object-store/allow-part-uploads.ts';
import { ensureBucket } from '../../adapters/object-store/ensure-bucket.ts';
import { parseS3Settings } from '../../adapters/object-store/parse-s3-settings.ts';
import type { JobView } from '../../client/jobs/job-view.ts';
import { followEvents } from '../../client/remote/follow-events.ts';
import { createGatewayClient, type Asked } from '../../client/remote/gateway-client.ts';
import { uploadFiles } from '../../client/remote/upload-files.ts';
import { choosePort } from '../../local/choose-port.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { provideVersitygw } from '../../local/provision/versitygw.ts';
import { killable, type Killable } from '../support/killable.ts';
import { sampleRecording, type SampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';
import { headOf, noise, sha256Of } from './gateway/uploads/upload-bench.ts';
import { buildPage, launchChromium, type BuiltPage } from './web/page-browser.ts';

/** The gateway, its object store and the tab are killed in mid-upload and in mid-job, and nothing is lost or sent twice. */

// The machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const configuration = `roles:
  transcribe:
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: 6, concurrency: 1 }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
  illustrate: []
  moderate: []
`;

let folder: string;
let place: Surroundings;
let recording: SampleRecording;
let built: BuiltPage;
let store: Killable;
let gateway: Killable;
let browser: Browser;
let context: BrowserContext;
let address: string;
let key: string;
let client: ReturnType<typeof createGatewayClient>;
const { signal } = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-restarts-'));
  const { home, overrides } = parseLocalConfig(process.env);
  const provisioning = { home, overrides, environment: process.env, log: () => undefined };
  const inference = ['--faults', '--scripted-transcriber', '--latency-ms', '500'];
  const [versitygw, storePort, gatewayPort] = await Promise.all([
    provideVersitygw(provisioning),
    choosePort(),
    choosePort(),
  ]);
  [place, recording, built] = await Promise.all([
    createSurroundings({ inference, configuration }),
    sampleRecording(40),
    buildPage(),
  ]);
  const endpoint = `http://127.0.0.1:${storePort}`;
  const env = { ...process.env, ...place.env, S3_ENDPOINT: endpoint };
  const settings = parseS3Settings(env);
  const objects = join(folder, 's3');
  await mkdir(objects);
  const flags = ['--port', `127.0.0.1:${storePort}`, '--health', '/health', '--quiet'];
  store = killable(
    [versitygw, ...flags, 'posix', objects],
    {
      ...process.env,
      ROOT_ACCESS_KEY: settings.accessKeyId,
      ROOT_SECRET_KEY: settings.secretAccessKey,
    },
    `${endpoint}/health`,
  );
  await store.start();
  await ensureBucket(settings);
  await allowPartUploads(settings);
  address = `http://127.0.0.1:${gatewayPort}`;
  const child = join(import.meta.dirname, 'gateway-child.ts');
  gateway = killable(
    [process.execPath, child, String(gatewayPort), built.folder],
    env,
    `${address}/readyz`,
  );
  const made = place.succeed('keys', 'create', 'Anna', '--role', 'admin');
  await Promise.all([gateway.start(), place.startWorker({ S3_ENDPOINT: endpoint })]);
  key = (await made).trim();
  client = createGatewayClient({
    url: address,
    place: `127.0.0.1:${gatewayPort}`,
    opener: { key },
  });
  browser = await launchChromium();
  context = await browser.newContext({ locale: 'en-GB' });
});
afterAll(async () => {
  await browser.close();
  await gateway.kill();
  await store.kill();
  await place[Symbol.asyncDispose]();
  await recording[Symbol.asyncDispose]();
  await built[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function killBoth(): Promise<void> {
  await Promise.all([gateway.kill(), store.kill()]);
  await Promise.all([gateway.start(), store.start()]);
}

const uploadsSchema = z.object({ uploads: z.array(z.object({ id: z.string() })) });
const readSchema = z.object({ state: z.string(), received: z.array(z.int()) });
const jobSchema = z.object({ id: z.string(), reused: z.boolean() });
const receivedOf = async (id: string) =>
  (await client.ask(readSchema, `/uploads/${id}`, {})).received;

test('the command line sends what is missing when gateway and store were killed in mid-upload', async () => {
  const file = noise(50_000_000);
  const path = join(folder, 'talk.wav');
  await writeFile(path, file);
  const told: number[] = [];
  const restarts: Promise<void>[] = [];
  const onUploaded = (bytes: number): void => {
    told.push(bytes);
    const isMidway = bytes > 0 && bytes < file.length;
    if (isMidway && restarts.length === 0) restarts.push(killBoth());
  };
  const files = [{ path, bytes: file.length }];
  const [id = ''] = await uploadFiles(client, files, { signal, onUploaded }, 300);
  expect(await Promise.all(restarts)).toHaveLength(1);
  // What was there before stayed.
  expect(told).toEqual(told.toSorted((one, other) => one - other));
  expect(await client.ask(readSchema, `/uploads/${id}`)).toMatchObject({ state: 'complete' });
  // The gateway compares the digest that was claimed with that of what is stored.
  const json = { upload: id, image: false };
  expect(sha256Of(file)).toMatch(/^[0-9a-f]{64}$/);
  expect(await client.ask(jobSchema, '/jobs', { method: 'POST', json })).toMatchObject({
    reused: false,
  });
});

test('who follows a job is told of its end when the gateway was killed in the middle', async () => {
  const bytes = await readFile(recording.path);
  const body = { bytes, type: 'audio/flac' };
  const { id } = await client.ask(jobSchema, '/jobs', {
    method: 'POST',
    query: { name: 'meeting.flac', title: 'Painting' },
    body,
  });
  const page = await signedIn();
  await page.goto(`${address}/#/jobs/${id}`);
  await page.getByRole('heading', { level: 1, name: 'Painting' }).waitFor();
  const lastIds: (string | undefined)[] = [];
  const listening = {
    ...client,
    open: async (path: string, asked: Asked = {}) => {
      lastIds.push(asked.headers?.['last-event-id']);
      return await client.open(path, asked);
    },
  };
  let restarted: Promise<void> | null = null;
  const show = ({ status }: JobView): void => {
    if (status.status === 'running') restarted ??= gateway.kill().then(gateway.start);
  };
  const patience = { awayMs: 200_000, silentMs: 45_000, againMs: 200 };
  const end = await followEvents(listening, { reference: id }, { signal, show }, patience);
  expect(restarted).not.toBeNull();
  expect(end.status).toMatchObject({ status: 'completed', result: 'complete' });
  expect(lastIds.length).toBeGreaterThan(1);
  expect(lastIds[0]).toBeUndefined();
  expect(lastIds.at(-1)).toMatch(/./);
  // The browser opens its own line again.
  await page.getByRole('list', { name: 'At a glance' }).waitFor({ timeout: 60_000 });
  await page.close();
});

test('the page goes on after gateway and store were killed, and after its tab was closed', async () => {
  const [path, other] = [join(folder, 'board.wav'), join(folder, 'other', 'board.wav')];
  await mkdir(join(folder, 'other'));
  await longFile(path, 1);
  await longFile(other, 2);
  let page = await signedIn();
  await throttled(page);
  await page.locator('input[type=file]').setInputFiles(path);
  await page.getByRole('button', { name: 'Make minutes' }).click();
  const id = await begun();
  await expect.poll(() => receivedOf(id), { timeout: 60_000 }).toContain(2);
  await killBoth();
  const before = await receivedOf(id);
  await expect
    .poll(async () => (await receivedOf(id)).length, { timeout: 60_000 })
    .toBeGreaterThan(before.length + 1);

  await page.close({ runBeforeUnload: false });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.url());
  });
  await page.goto(address, { waitUntil: 'commit' });
  await page.getByText(/^board\.wav was not sent whole: /).waitFor();
  const there = await receivedOf(id);
  const again = page.locator('.notice input[type=file]');
  await again.setInputFiles(other);
  await page.getByText(/^That is another file/).waitFor();
  expect(sent).toEqual([]);
  await again.setInputFiles(path);
  await page.getByRole('link', { name: 'board.wav' }).click();
  await page.getByRole('heading', { level: 1, name: 'board' }).waitFor();
  // Only what was missing, of 14 parts.
  expect(sent).toHaveLength(14 - there.length);
  expect(await client.ask(uploadsSchema, '/uploads')).toEqual({ uploads: [] });
  await page.goto(`${address}/#/`);
  await page.getByRole('link', { name: 'Painting' }).waitFor();
  expect(await page.getByText(/was not sent whole/).count()).toBe(0);
});

async function signedIn(): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(address);
  const field = page.getByLabel('Key', { exact: true });
  await field
    .or(page.getByRole('heading', { name: 'Library' }))
    .first()
    .waitFor();
  if (await field.isVisible()) {
    await field.fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Library' }).waitFor();
  }
  return page;
}

/** About two parts a second. */
async function throttled(page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const conditions = { offline: false, latency: 0, downloadThroughput: -1 };
  const uploadThroughput = 16_000_000;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput });
}

async function begun(): Promise<string> {
  const listed = () => client.ask(uploadsSchema, '/uploads');
  await expect.poll(async () => (await listed()).uploads, { timeout: 60_000 }).toHaveLength(1);
  const [upload] = (await listed()).uploads;
  return upload?.id ?? '';
}

/** WAV of 110 MB: more than is posted whole. Most of it takes no room on the disk. */
async function longFile(path: string, seed: number): Promise<void> {
  await using file = await open(path, 'w');
  const bytes = 110_000_000;
  const head = headOf(bytes - 44);
  await file.write(head);
  await file.write(Buffer.alloc(100_000, seed), 0, 100_000, 1_000_000);
  await file.truncate(bytes);
}
