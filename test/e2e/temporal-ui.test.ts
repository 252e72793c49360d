import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../support/stack.ts';
import { createSurroundings, SAMPLE, type Surroundings } from '../support/surroundings.ts';

/** What an operator sees of Hansard in Temporal's own pages. HANSARD_SCREENSHOTS keeps the pictures there. */

/** A dead first target, so that there is a degradation to see; the dead one answers at once. */
const CONFIGURATION = `roles:
  transcribe:
    - { name: gone, contract: hf-task, model: openai/whisper-gone, audioSeconds: 28, concurrency: 2 }
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: 28, concurrency: 2, coldStart: true }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
`;

let place: Surroundings;
let browser: Browser;
let pictures: string;

beforeAll(async () => {
  place = await createSurroundings({
    // Slow enough to look at the page while chunks are in flight.
    inference: ['--faults', '--scripted-transcriber', '--latency-ms', '8000'],
    configuration: CONFIGURATION,
  });
  pictures =
    process.env['HANSARD_SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'hansard-temporal-ui-')));
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: [
      ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ].flat(),
  });
  await place.startWorker();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await place[Symbol.asyncDispose]();
});

async function open(path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1600 } });
  const namespace = place.env['TEMPORAL_NAMESPACE'] ?? '';
  await page.goto(`${testStack().temporal.uiUrl}/namespaces/${namespace}/${path}`);
  return page;
}

const shows = (page: Page | FrameLocator, text: string | RegExp) =>
  page
    .getByText(text)
    .filter({ visible: true })
    .first()
    .waitFor({ state: 'visible', timeout: 30_000 });

test('while a job runs, its page shows stages, chunks, degradations, and what each call is about', async () => {
  const submitted = await place.succeed('submit', SAMPLE, '--no-image', '--json');
  const { id } = JSON.parse(submitted) as { id: string };
  const job = await place.client.workflow.getHandle(`minutes/default/${id}`).describe();
  const page = await open(`workflows/${encodeURIComponent(job.workflowId)}/${job.runId}/history`);
  try {
    await shows(page, /chunk \d+ of \d+, \d\d:\d\d-\d\d:\d\d/);
    await page.screenshot({ path: join(pictures, 'history.png') });
    await page.getByText('User Metadata').click();
    await shows(page, 'Current Details');
    // Temporal shows what workflows say in frames: the summary's is the first.
    const details = page.frameLocator('iframe').last();
    await shows(details, /^\d of 7 chunks$/);
    await shows(details, 'transcribe');
    await shows(details, 'gone: ModelNotFound');
  } finally {
    await page.screenshot({ path: join(pictures, 'details.png'), fullPage: true });
    await place.hansard('cancel', id);
  }
  expect(job.status.name).toBe('RUNNING');
}, 120_000);

test("a warm-up's schedule shows when it runs next", async () => {
  await place.succeed('warm', 'apply', '--hours', '0-24', '--days', 'MON-SUN', '--every', '4m');
  const page = await open(`schedules/${encodeURIComponent('warm/whisper-base')}`);
  try {
    await shows(page, 'warm/whisper-base');
    await shows(page, 'Upcoming Runs');
    await shows(page, 'warmModels');
  } finally {
    await page.screenshot({ path: join(pictures, 'schedule.png'), fullPage: true });
  }
  expect(await page.getByText('Upcoming Runs').count()).toBeGreaterThan(0);
}, 120_000);
