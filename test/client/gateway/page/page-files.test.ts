import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testGateway } from '../test-gateway.ts';

const HTML = '<!doctype html><script type="module" src="./assets/index-B3rMF8pk.js"></script>';
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-'));
  const page = join(folder, 'dist');
  await mkdir(join(page, 'assets'), { recursive: true });
  await Promise.all([
    writeFile(join(page, 'index.html'), HTML),
    writeFile(join(page, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    writeFile(join(page, '.env'), 'SECRET=1'),
    writeFile(join(page, 'assets', 'index-B3rMF8pk.js'), 'export {};'),
    writeFile(join(page, 'assets', 'index-CfkmYElw.css'), 'body {}'),
    writeFile(join(folder, 'outside.txt'), 'outside'),
  ]);
  gateway = await testGateway({
    pageFolder: page,
    env: { S3_ENDPOINT: 'https://store.example.org:9000/ignored' },
  });
  // Not there when the gateway was built.
  await writeFile(join(page, 'later.txt'), 'later');
  await symlink(join(folder, 'outside.txt'), join(page, 'link.txt'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('/ is the page, which nobody may keep unasked, and in which nothing runs that stands in it', async () => {
  const { statusCode, body, headers } = await gateway.app.inject('/');
  expect([statusCode, body]).toEqual([200, HTML]);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    etag: expect.any(String),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': [
      "default-src 'none'",
      "base-uri 'none'",
      "connect-src 'self' https://store.example.org:9000",
      "font-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob: https://store.example.org:9000",
      "script-src 'self'",
      "style-src 'self'",
    ].join(';'),
  });
  const again = await gateway.app.inject({
    url: '/',
    headers: { 'if-none-match': String(headers['etag']) },
  });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test.each([
  ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['/icon.svg', 'image/svg+xml', 'no-cache'],
  [
    '/assets/index-B3rMF8pk.js',
    'application/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ],
  ['/assets/index-CfkmYElw.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
])('%s is a file of it: %s, %s', async (url, type, kept) => {
  const { statusCode, headers } = await gateway.app.inject(url);
  expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    type,
    kept,
  ]);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*script-src 'self';/);
});

test.each([
  '/.env',
  '/later.txt',
  '/link.txt',
  '/assets',
  '/assets/',
  '/assets/../icon.svg/',
  '/..%2foutside.txt',
  '/%2e%2e/outside.txt',
  '/assets/%2e%2e/%2e%2e/outside.txt',
  '/assets/..%5c..%5coutside.txt',
  '//icon.svg',
  '/icon.svg%00.js',
  '/ICON.SVG',
  '/sign-in',
  '/jobs/abc',
])('%s is no address of it', async (url) => {
  const { statusCode, body } = await gateway.app.inject({ url, headers: { accept: 'text/html' } });
  expect([url, statusCode]).toEqual([url, 404]);
  expect(JSON.parse(body)).toMatchObject({ code: 'route_not_found' });
});

test('a page that is not built says how', async () => {
  await using without = await testGateway({ pageFolder: join(folder, 'none') });
  const answer = await without.app.inject('/');
  expect(answer.json()).toMatchObject({
    status: 404,
    code: 'route_not_found',
    detail: expect.stringContaining('npm run build'),
  });
});
