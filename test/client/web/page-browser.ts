import axe from 'axe-core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';

export interface BuiltPage {
  readonly folder: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** The page as `npm run build` makes it, in a folder of its own. */
export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-page-'));
  const configFile = join(import.meta.dirname, '../../../client/web/vite.config.ts');
  await build({ configFile, logLevel: 'silent', build: { outDir: join(folder, 'dist') } });
  return {
    folder: join(folder, 'dist'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export const launchChromium = (...more: readonly string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--mute-audio',
      ...more,
    ],
  });

/** What axe says is serious or critical, on the screen as it is: light on a desk, and dark on a phone. */
export async function seriousFaults(page: Page, screen: string): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const faults: string[] = [];
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Past the page's own policy, which lets no other script run.
    await session.send('Runtime.evaluate', { expression: axe.source });
    const { violations } = await page.evaluate<{
      violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[];
    }>(`axe.run()`);
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      faults.push(`${screen}, ${width}, ${colorScheme}: ${id} ${nodes[0]?.html}`);
    }
    const overflow = await page.evaluate<number>(
      `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
    );
    if (overflow > 0) faults.push(`${screen}, ${width}: ${overflow} pixels too wide`);
    const shots = process.env['HANSARD_SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${screen}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await session.detach();
  return faults;
}
