import { chromium, type Browser } from 'playwright-core';

export interface SendingPage extends AsyncDisposable {
  /** The process of the tab, and the others of the browser, which read the file and hold the connections. */
  readonly processes: () => Promise<{ readonly tab: number[]; readonly browser: number[] }>;
}

/** Signs in to the page of a gateway in Chromium, and has it send a file. Resolves when it has begun. */
export async function sendByPage(url: string, key: string, file: string): Promise<SendingPage> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    const page = await browser.newPage({ locale: 'en-GB' });
    await page.goto(url);
    await page.getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles(file);
    await page.getByRole('button', { name: 'Make minutes' }).click();
  } catch (error) {
    await browser.close();
    throw error;
  }
  return {
    processes: () => processesOf(browser),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function processesOf(browser: Browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pids = (isTab: boolean): number[] =>
    processInfo.filter(({ type }) => (type === 'renderer') === isTab).map(({ id }) => id);
  return { tab: pids(true), browser: pids(false) };
}
