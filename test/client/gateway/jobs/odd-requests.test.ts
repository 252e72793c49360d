import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';
import { FILES, finishedJob } from './finished-job.ts';

/** Requests that no honest client makes: each gets an answer of its own, and none is a fault of ours. */

const tenant = freshTenant();
const ID = 'a'.repeat(26);
let gateway: Awaited<ReturnType<typeof testGateway>>;
let headers: { readonly authorization: string };
let scratch: string;
let address: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hansard-test-'));
  vi.stubEnv('TMPDIR', scratch);
  gateway = await testGateway();
  ({ headers } = await gateway.keyOf(tenant, 'admin'));
  await finishedJob(gateway.services, tenant, ID);
  address = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true });
});

const cursorOf = (place: string) => Buffer.from(place).toString('base64url');
const deep = '['.repeat(100_000);
const LONGER = 'content-type: text/plain\r\ncontent-length: 1000\r\n';
const TALK = 'Ann: We decided to hire a painter.\n';

test.each([
  ['GET', `/jobs/${ID}/exports/none.pdf`, null, 404, 'file_not_found'],
  ['GET', `/jobs/${ID}/exports/..%2f..%2fminutes.md`, null, 404, 'file_not_found'],
  ['GET', `/jobs/%00${ID}`, null, 400, 'job_reference_invalid'],
  ['GET', `/jobs?cursor=${cursorOf(`0000-01-01T10:00:00.000000Z ${ID}`)}`, null, 400, null],
  ['POST', `/jobs/${ID}/cancel`, null, 409, 'nothing_to_cancel'],
  ['POST', `/jobs/${ID}/cancel`, '', 409, 'nothing_to_cancel'],
  ['POST', `/jobs/${ID}/approve`, '', 400, 'invalid_request'],
  ['POST', '/jobs?name=a.txt&title=a%00b', TALK, 400, 'invalid_option'],
  ['POST', '/jobs?name=a.txt&attendees=a%00b', TALK, 400, 'invalid_option'],
  ['POST', `/jobs/${ID}/edit`, deep, 422, 'edit_unusable'],
  ['POST', `/jobs/${ID}/edit`, `{"summary":${deep}${']'.repeat(100_000)}}`, 422, null],
  ['POST', `/jobs/${ID}/edit`, `{"keyPoints":[],"x":${deep}${']'.repeat(100_000)}}`, 422, null],
  ['POST', `/jobs/${ID}/delegate`, '{"to":"\\ud800"}', 400, 'invalid_option'],
  ['POST', '/keys', '{"name":"\\ud800","role":"viewer"}', 400, 'invalid_request'],
] as const)('%s %s: %#', async (method, url, payload, status, code) => {
  const answer = await gateway.app.inject({
    method,
    url: `/api${url}`,
    headers: {
      ...headers,
      ...(payload !== null && {
        'content-type': payload === TALK ? 'text/plain' : 'application/json',
      }),
    },
    ...(payload !== null && { payload }),
  });
  expect(answer.json()).toMatchObject({ status, ...(code !== null && { code }) });
  const store = await gateway.services.store();
  const sources = await Array.fromAsync(store.list(`${tenant}/sources/`));
  expect(sources).toEqual([]);
});

test('a large edit is read as a small one is, and one that takes too much memory is refused', async () => {
  const edit = async (payload: string) => {
    const url = `/api/jobs/${ID}/edit`;
    const type = { 'content-type': 'application/json' };
    const options = { method: 'POST' as const, url, payload };
    return (await gateway.app.inject({ ...options, headers: { ...headers, ...type } })).json();
  };
  const padding = ' '.repeat(2_000_000);
  const transcript = FILES['transcript.json'];
  expect(await edit(padding + transcript)).toMatchObject({ outcome: 'same' });
  const longer = transcript.replace('"durationSeconds":60', '"durationSeconds":61');
  expect(await edit(padding + longer)).toMatchObject({
    code: 'edit_unusable',
    detail: 'the body: durationSeconds: cannot be changed: it says what the machine did',
  });
  // In memory, it would be many times as large.
  expect(await edit(`{"segments":[${'{},'.repeat(1_000_000)}{}]}`)).toMatchObject({
    code: 'edit_unusable',
    detail:
      'the body has more than 1,000,000 objects and lists: no minutes.json or transcript.json has',
  });
});

function sender() {
  const { port } = new URL(address);
  return (first: string, more = '', body = '') => {
    const socket = connect(Number(port), '127.0.0.1');
    const { authorization } = headers;
    socket.write(`${first} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n${more}`);
    socket.write(`\r\n${body}`);
    return socket;
  };
}

test('of whoever goes away before the end, nothing is left, and nothing is called a fault of ours', async () => {
  const send = sender();
  const posted = send('POST /api/jobs?name=a.txt', LONGER, TALK);
  await expect.poll(() => readdir(scratch)).toHaveLength(1);
  posted.destroy();
  await expect.poll(() => gateway.logged()).toMatch(/"method":"POST".*"route":"\/api\/jobs"/);
  // Of the zip only the length is asked for.
  const headed = send(`HEAD /api/jobs/${ID}/exports?format=zip`, 'connection: close\r\n');
  expect(String(Buffer.concat(await Array.fromAsync<Buffer>(headed)))).toMatch(/^HTTP\/1\.1 200/);
  await expect.poll(() => readdir(scratch)).toEqual([]);
  expect(gateway.logged()).not.toContain('a request failed');
});

test('a recording has as long to come as its route may take', () => {
  expect(gateway.app.server.requestTimeout).toBe(600_000);
});

test('a key has 8 files on their way at once', async () => {
  const send = sender();
  const posted = Array.from({ length: 8 }, () => send('POST /api/jobs?name=a.txt', LONGER, TALK));
  await expect.poll(() => readdir(scratch)).toHaveLength(8);
  const more = await gateway.app.inject({
    method: 'POST',
    url: '/api/jobs?name=a.txt',
    headers: { ...headers, 'content-type': 'text/plain' },
    payload: TALK,
  });
  expect(more.json()).toMatchObject({ status: 429, code: 'rate_limited' });
  for (const socket of posted) socket.destroy();
  await expect.poll(() => readdir(scratch)).toEqual([]);
});
