import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOidcProvider } from '../../support/oidc-provider.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testGateway } from '../gateway/test-gateway.ts';

/** The page signs in at a real provider, as people do. */

const CLIENT_SECRET = 'a secret of the client';
let folder: string;
let provider: Awaited<ReturnType<typeof openOidcProvider>>;
let gateway: Awaited<ReturnType<typeof testGateway>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let address: string;
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-sign-in-page-'));
  const outDir = join(folder, 'dist');
  const configFile = join(import.meta.dirname, '../../../client/web/vite.config.ts');
  [provider] = await Promise.all([
    openOidcProvider({ clientId: 'hansard', clientSecret: CLIENT_SECRET }),
    build({ configFile, logLevel: 'silent', build: { outDir } }),
  ]);
  const issuer = {
    name: 'acme',
    issuer: provider.url,
    tenant: freshTenant(),
    roles: { claim: 'groups', map: { staff: 'submitter' } },
    signIn: { label: 'Acme', clientId: 'hansard', clientSecret: '${CLIENT_SECRET}' },
  };
  const HANSARD_CONFIG = join(folder, 'hansard.yaml');
  await writeFile(HANSARD_CONFIG, JSON.stringify({ issuers: [issuer] }));
  gateway = await testGateway({ env: { HANSARD_CONFIG, CLIENT_SECRET }, pageFolder: outDir });
  address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  await provider.start(`${address}/api/sign-in/acme/callback`);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOurs = message.location().url.startsWith(address);
    if (message.type() === 'error' && isOurs && !/status of 401/.test(message.text())) {
      complaints.push(message.text());
    }
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The provider has the same host: ports count for nothing. */
const ourCookies = async () =>
  (await context.cookies(address)).filter(({ name }) => name.startsWith('hansard-'));

/** On the provider's own pages. */
async function nameOneself(name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
  await page.locator('button[type=submit]').click();
}

test('whoever goes back at the provider is told so, and can try again', async () => {
  await page.goto(`${address}/#/keys`);
  await page.getByRole('link', { name: 'Sign in with Acme' }).click();
  await page.getByRole('link', { name: /cancel/i }).click();
  await page.getByRole('alert').getByText('The provider did not let you in').waitFor();
  expect(page.url()).toBe(`${address}/#/keys`);
  await page.getByRole('button', { name: /中文/ }).click();
  await page.getByRole('alert').getByText('登录服务没有放行').waitFor();
  await page.getByRole('link', { name: '用 Acme 登录' }).waitFor();
  await page.getByRole('button', { name: /English/ }).click();
});

test('whoever signs in there has the role of their group, where they were, and signs out', async () => {
  const begun = page.waitForRequest((request) => request.url().includes('/api/sign-in/acme'));
  const returned = page.waitForRequest((request) => request.url().includes('/callback?'));
  await page.goto(`${address}/#/?status=failed`);
  await page.getByRole('link', { name: 'Sign in with Acme' }).click();
  await begun;
  const [flow] = await ourCookies();
  await nameOneself('anna');
  await page.getByRole('button', { name: 'Account: anna of Acme' }).click();
  expect(page.url()).toBe(`${address}/#/?status=failed`);
  const menu = page.getByRole('dialog', { name: 'Account' });
  await menu.getByText('Submitter').waitFor();
  await menu.getByText('Signed in with').waitFor();
  expect(flow).toMatchObject({ name: 'hansard-sign-in', sameSite: 'Lax', httpOnly: true });
  expect(await ourCookies()).toMatchObject([
    { name: 'hansard-session', sameSite: 'Strict', httpOnly: true },
  ]);

  // The very answer of the provider, once more, from who has the cookie of the sign-in too.
  const again = await gateway.app.inject({
    url: (await returned).url().slice(address.length),
    headers: { host: new URL(address).host, cookie: `hansard-sign-in=${flow?.value}` },
  });
  expect(again.headers.location).toBe('/#/sign-in?problem=sign_in_failed');

  await menu.getByRole('button', { name: 'Sign out of Acme, too' }).click();
  await page.getByRole('heading', { name: /sign-out/i }).waitFor();
  expect(new URL(page.url()).origin).toBe(provider.url);
  expect(await ourCookies()).toEqual([]);
  await page.getByRole('button', { name: /yes/i }).click();
  await page.goto(address);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('whoever has no role is told whom to ask', async () => {
  await page.getByRole('link', { name: 'Sign in with Acme' }).click();
  await nameOneself('otto');
  await page.getByRole('alert').getByText('have no role here').waitFor();
  expect(await ourCookies()).toEqual([]);
  expect(gateway.logged()).not.toMatch(/anna|otto/);
  expect(complaints).toEqual([]);
});
