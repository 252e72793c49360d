import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { testGateway } from './test-gateway.ts';

test('in Chromium, the page of /docs complains of nothing and asks nobody else', async () => {
  await using gateway = await testGateway();
  const address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const faults: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !url.startsWith('data:')) faults.push(url);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${address}/docs`);
    // The first operation: the page makes those further down when somebody scrolls to them.
    await page.getByText('The jobs, newest first').first().waitFor({ state: 'attached' });
    expect(faults).toEqual([]);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(390);
  } finally {
    await browser.close();
  }
}, 60_000);
