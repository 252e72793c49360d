import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshTenant } from '../../fresh-tenant.ts';
import { FILES, finishedJob } from './finished-job.ts';
import { openGateway } from './gateway-bench.ts';

type Gateway = Awaited<ReturnType<typeof openGateway>>;
const ID = 'bcdefghabcdefghabcdefghabc';
let gateway: Gateway;
let tenant: string;
beforeAll(async () => {
  gateway = await openGateway();
  tenant = freshTenant();
  await finishedJob(gateway.services, tenant, ID);
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('a job is read by its id or the beginning of it, and again only when it has changed', async () => {
  const read = await gateway.ask(tenant, `/jobs/${ID.slice(0, 8)}`);
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({
    id: ID,
    status: 'completed',
    waitingFor: null,
    result: 'complete',
    stage: 'publish',
    chunks: { done: null, total: null },
    approval: null,
    template: 'standard',
    title: 'Planning',
  });
  const { etag } = read.headers;
  const headers = { 'if-none-match': `"other", ${String(etag)}` };
  const again = await gateway.ask(tenant, `/jobs/${ID}`, { headers });
  expect({ status: again.status, bytes: again.bytes.length }).toEqual({ status: 304, bytes: 0 });
  await (await gateway.services.library()).retitle(tenant, ID, 'Plans');
  const changed = await gateway.ask(tenant, `/jobs/${ID}`, { headers });
  expect(changed).toMatchObject({ status: 200, body: { title: 'Plans' } });
});

test('its versions, and where its statements come from, are answered as the commands print them', async () => {
  const versions = await gateway.ask(tenant, `/jobs/${ID}/versions`);
  expect(versions.body).toEqual({
    id: ID,
    shown: { version: 1, asked: null, stays: null, approval: null },
    versions: [
      {
        version: 1,
        isShown: true,
        result: 'complete',
        approval: null,
        kind: null,
        base: null,
        by: null,
        createdAt: expect.stringMatching(/^20\d\d-.*Z$/) as string,
      },
    ],
  });
  const { body } = await gateway.ask(tenant, `/jobs/${ID}/explain?item=d1`);
  expect(body).toMatchObject({
    id: ID,
    items: [{ id: 'd1', text: 'Hire a painter.', citations: [{ quote: 'Hire a painter.' }] }],
  });
  expect((await gateway.ask(tenant, `/jobs/${ID}/explain?item=x9`)).body).toMatchObject({
    name: 'InvalidOptionError',
  });
  expect((await gateway.ask(tenant, `/jobs/${ID}/changes`)).body).toMatchObject({
    name: 'NoSuchVersionError',
    message: expect.stringContaining('nobody changed it') as string,
  });
});

test('every file is a download that no browser shows', async () => {
  const list = await gateway.ask(tenant, `/jobs/${ID}/exports`);
  const { files } = list.body as { files: { name: string; bytes: number }[] };
  expect(files.map(({ name }) => name).sort()).toEqual([
    'minutes.html',
    'minutes.json',
    'minutes.md',
    'transcript.json',
    'transcript.vtt',
  ]);
  for (const [name, text] of Object.entries(FILES)) {
    const { status, headers, bytes } = await gateway.ask(tenant, `/jobs/${ID}/exports/${name}`);
    expect({ status, text: bytes.toString() }).toEqual({ status: 200, text });
    expect(headers).toMatchObject({
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-length': String(text.length),
    });
    const known = { 'if-none-match': String(headers['etag']) };
    const again = await gateway.ask(tenant, `/jobs/${ID}/exports/${name}`, { headers: known });
    expect(again.status).toBe(304);
  }
  const zip = await gateway.ask(tenant, `/jobs/${ID}/exports?format=md,vtt,zip&version=1`);
  expect(zip.headers['content-disposition']).toBe('attachment; filename="minutes.zip"');
  expect(Object.keys(unzipSync(zip.bytes))).toEqual(['minutes.md', 'transcript.vtt']);
});

test.each([
  ['exports/input.json', { name: 'NoSuchFileError' }],
  ['exports/..%2f..%2finput.json', { name: 'NoSuchFileError' }],
  [
    'exports/minutes.md?version=2',
    {
      name: 'NoSuchVersionError',
      message: expect.stringContaining('has the versions 1') as string,
    },
  ],
  ['exports?format=odt', { name: 'InvalidOptionError' }],
])('%s: nothing but the files of a version is read', async (path, error) => {
  const { status, body } = await gateway.ask(tenant, `/jobs/${ID}/${path}`);
  expect(status).toBe(422);
  expect(body).toMatchObject(error);
});
