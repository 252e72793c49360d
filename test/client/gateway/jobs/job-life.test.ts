import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { jobInputKey, sourceKey } from '../../../../adapters/object-store/keys.ts';
import { registerSearchAttributes } from '../../../../adapters/temporal/search-attributes.ts';
import { progressSchema } from '../../../../client/gateway/jobs/job-schemas.ts';
import { jobInputSchema } from '../../../../workflows/contracts/job-input.ts';
import { freshNamespace, type FreshNamespace } from '../../../adapters/temporal/fresh-namespace.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { finishedJob } from './finished-job.ts';
import { openGateway } from './gateway-bench.ts';

/** Jobs that are submitted, followed and stopped over HTTP. No worker runs: they wait in their queue. */

let place: FreshNamespace;
let gateway: Awaited<ReturnType<typeof openGateway>>;
let port: number;
beforeAll(async () => {
  place = await freshNamespace();
  await registerSearchAttributes(place.client);
  gateway = await openGateway(place.env);
  await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  port = (gateway.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

const TALK = 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n';

async function post(tenant: string, query: string, payload: string | Buffer = TALK) {
  const headers = { 'content-type': 'text/plain' };
  return await gateway.ask(tenant, `/jobs?${query}`, { method: 'POST', payload, headers });
}
const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id;

test('a posted file is a job, once; its options are those of submit', async () => {
  const tenant = freshTenant();
  const query =
    'name=..%2Fminutes%5Ctalk.txt&title=Painting&date=2026-03-02&language=English&attendees=Ann,Bob&template=board&image=false&approve=true&approver=Eve&deadline=2d';
  const made = await post(tenant, query);
  const id = idOf(made);
  expect(made).toMatchObject({ status: 202, body: { id, reused: false, waitsForWorker: true } });
  expect(made.headers['location']).toBe(`/api/jobs/${id}`);
  const store = await gateway.services.store();
  const input = await store.getJson(jobInputKey(tenant, id), jobInputSchema);
  expect(input).toMatchObject({
    title: 'Painting',
    source: { kind: 'transcript', name: 'talk.txt', bytes: TALK.length },
    options: {
      date: '2026-03-02',
      language: 'en',
      attendees: ['Ann', 'Bob'],
      template: 'board',
      image: false,
    },
    approval: { asked: 'Eve', withinSeconds: 172_800 },
  });
  const stored = await store.get(sourceKey(tenant, input.source.sha256));
  expect(Buffer.from(stored).toString()).toBe(TALK);
  const again = { id, workflowId: `minutes/${tenant}/${id}`, reused: true };
  const stand = { isComplete: false, waitsForWorker: false };
  expect((await post(tenant, query)).body).toEqual({ ...again, ...stand });
  expect((await post(tenant, query.replace('Painting', 'Paint'))).body).toEqual({
    ...again,
    retitled: 'everywhere',
    ...stand,
  });
  expect(idOf(await post(tenant, `${query}&force=true`))).not.toBe(id);
});

test.each([
  ['date=tomorrow', TALK, /--date "tomorrow" is not a calendar day/],
  ['title=a%00b', TALK, /--title takes .* no control characters/],
  ['approver=Eve', TALK, /--approver needs --approve/],
  ['name=..', TALK, /^name takes the name of a file/],
  ['name=talk.m4a', TALK, /^talk\.m4a /],
  ['name=a.txt', Buffer.from([255, 0, 254, 0, 1]), /^a\.txt/],
  ['name=a.txt', '', /^(?:a\.txt|the body) /],
])('%s: what submit refuses is refused, and nothing is stored', async (query, payload, message) => {
  const tenant = freshTenant();
  const { status, body } = await post(tenant, query, payload);
  expect(status).toBe(422);
  expect(body).toMatchObject({ message: expect.stringMatching(message) as string });
  expect(JSON.stringify(body)).not.toContain('hansard-');
  const keys = [];
  const store = await gateway.services.store();
  for await (const { key } of store.list(`${tenant}/`)) keys.push(key);
  expect(keys).toEqual([]);
});

test.each(['template=%2Fetc%2Fpasswd', 'image=no', 'aprove=true'])(
  '%s is no option',
  async (query) => {
    expect((await post(freshTenant(), query)).status).toBe(400);
  },
);

test('a language that no transcribing target of the gateway knows is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-languages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const target = { name: 'whisper', contract: 'hf-task', model: 'openai/whisper-small.en' };
  const config = join(folder, 'hansard.yaml');
  await writeFile(config, JSON.stringify({ roles: { transcribe: [target] } }));
  const env = { ...place.env, HANSARD_CONFIG: config, HF_TOKEN: 'hf_test' };
  await using english = await openGateway(env);
  const refused = await english.ask(freshTenant(), '/jobs?language=de', {
    method: 'POST',
    payload: TALK,
    headers: { 'content-type': 'text/plain' },
  });
  expect(refused).toMatchObject({ status: 422, body: { name: 'InvalidOptionError' } });
});

test('a type that is no recording and no text is refused', async () => {
  const headers = { 'content-type': 'image/png' };
  const made = await gateway.ask(freshTenant(), '/jobs', { method: 'POST', payload: 'x', headers });
  expect(made.status).toBe(415);
});

test.each([
  ['as soon as it says so', 'content-length: 150000000', false],
  ['while it comes', 'transfer-encoding: chunked', true],
])(
  'a body above the limit is refused %s, and a sender that looks up at its end only is told',
  async (_, length, isChunked) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (block) => (answer += String(block)));
    const head = [
      'POST /api/jobs?name=a.wav HTTP/1.1',
      'host: localhost',
      'content-type: audio/wav',
    ];
    socket.write([...head, 'x-test-tenant: default', length, '', ''].join('\r\n'));
    const block = Buffer.alloc(1_000_000);
    const sent = isChunked ? Buffer.concat([Buffer.from('f4240\r\n'), block, CRLF]) : block;
    for (let count = 0; count < 150; count += 1) {
      if (!socket.write(sent)) await once(socket, 'drain');
    }
    if (isChunked) socket.write('0\r\n\r\n');
    await expect.poll(() => answer).toContain('Request body is too large');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  },
);

const CRLF = Buffer.from('\r\n');

interface Events {
  readonly next: () => Promise<EventSourceMessage | null>;
  readonly leave: () => void;
}

async function listen(
  tenant: string,
  id: string,
  { lastId, at = port }: { lastId?: string | undefined; at?: number } = {},
): Promise<Events> {
  const leaving = new AbortController();
  const response = await fetch(`http://127.0.0.1:${at}/api/jobs/${id}/events`, {
    headers: { 'x-test-tenant': tenant, ...(lastId !== undefined && { 'last-event-id': lastId }) },
    signal: leaving.signal,
  });
  if (response.status !== 200 || response.body === null) throw new Error(await response.text());
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  return {
    next: async () => {
      const { done, value } = await events.read();
      return done ? null : value;
    },
    leave: () => leaving.abort(),
  };
}

test('everybody who listens is told how a job stands, goes on where they were, and hears its end', async () => {
  const tenant = freshTenant();
  const id = idOf(await post(tenant, 'name=talk.txt'));
  const first = await listen(tenant, id.slice(0, 8));
  const queued = await first.next();
  expect(queued?.event).toBe('progress');
  // A server that gives handlers little time gives it to those that answer at once.
  await using strict = await openGateway(place.env, { handlerTimeout: 100 });
  await strict.app.listen({ host: '127.0.0.1', port: 0 });
  const at = (strict.app.server.address() as AddressInfo).port;
  const slow = await listen(tenant, id, { at });
  expect(await slow.next()).toEqual(queued);
  await sleep(150);
  const state = progressSchema.parse(JSON.parse(queued?.data ?? ''));
  expect(state).toMatchObject({ id, status: 'queued', stages: null });
  const second = await listen(tenant, id);
  expect(await second.next()).toEqual(queued);
  // Somebody who knows this state hears of the next one only.
  const third = await listen(tenant, id, { lastId: queued?.id });
  second.leave();

  expect((await gateway.ask(tenant, `/jobs/${id}`)).body).toMatchObject({ status: 'queued' });
  await place.client.workflow.getHandle(`minutes/${tenant}/${id}`).terminate();
  const ended = await first.next();
  expect(JSON.parse(ended?.data ?? '')).toMatchObject({ status: 'failed', failure: 'Terminated' });
  expect(await third.next()).toEqual(ended);
  expect(await slow.next()).toEqual(ended);
  for (const events of [first, third]) {
    expect(await events.next()).toMatchObject({ event: 'end' });
    expect(await events.next()).toBeNull();
  }

  // The row is ended by whoever is asked to stop the job; then it can run again.
  const cancelled = await gateway.ask(tenant, `/jobs/${id}/cancel`, { method: 'POST' });
  expect(cancelled).toMatchObject({ status: 202, body: { id, outcome: 'cancelled' } });
  const after = await listen(tenant, id);
  const last = await after.next();
  expect(JSON.parse(last?.data ?? '')).toMatchObject({ status: 'cancelled' });
  const known = await gateway.ask(tenant, `/jobs/${id}/events`, {
    headers: { 'last-event-id': last?.id ?? '' },
  });
  expect({ status: known.status, bytes: known.bytes.length }).toEqual({ status: 204, bytes: 0 });

  const again = await gateway.ask(tenant, `/jobs/${id}/retry`, { method: 'POST' });
  expect(again).toMatchObject({ status: 202, body: { id, reused: false } });
  expect((await gateway.ask(tenant, `/jobs/${id}/retry`, { method: 'POST' })).body).toMatchObject({
    name: 'NothingToRetryError',
  });
  const stopped = await gateway.ask(tenant, `/jobs/${id}/cancel`, { method: 'POST' });
  expect(stopped.body).toEqual({ id, outcome: 'requested' });
}, 60_000);

test('without a worker, a change goes on after its answer, and a summary that nobody confirmed is given up', async () => {
  const patience = { answerMs: 300, callsMs: 300 };
  await using hasty = await openGateway(place.env, { patience });
  const tenant = freshTenant();
  const [named, summarised] = ['b'.repeat(26), 'c'.repeat(26)];
  await finishedJob(hasty.services, tenant, named);
  await finishedJob(hasty.services, tenant, summarised);
  const change = (id: string) => place.client.workflow.getHandle(`revise/${tenant}/${id}`);
  const renamed = await hasty.ask(tenant, `/jobs/${named}/rename-speaker`, {
    method: 'POST',
    payload: { speaker: 'S1', name: 'Ann' },
  });
  expect(renamed).toMatchObject({
    status: 202,
    headers: { location: `/api/jobs/${named}/versions` },
    body: { id: named, version: null, outcome: 'going-on' },
  });
  expect((await change(named).describe()).status.name).toBe('RUNNING');
  // Nobody is asked how it stands, who would not answer.
  const another = await hasty.ask(tenant, `/jobs/${named}/rename-speaker`, {
    method: 'POST',
    payload: { speaker: 'S1', name: 'Bob' },
  });
  expect(another.body).toMatchObject({
    name: 'RevisionRefusedError',
    message: expect.stringContaining('waits for a worker, and none is running'),
  });
  expect((await hasty.ask(tenant, `/jobs/${named}/cancel`, { method: 'POST' })).body).toEqual({
    id: named,
    outcome: 'requested',
  });
  await change(named).terminate();

  const patient = await openGateway(place.env, { patience: { ...patience, answerMs: 30_000 } });
  const asking = patient.ask(tenant, `/jobs/${summarised}/resummarize`, {
    method: 'POST',
    payload: { template: 'board' },
  });
  const isGivenUp = async () => {
    const { events } = await change(summarised).fetchHistory();
    return events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes) ?? false;
  };
  await expect.poll(() => isGivenUp().catch(() => false)).toBe(true);
  await change(summarised).terminate();
  expect((await asking).body).toMatchObject({ name: 'NoAnswerError' });
  await patient[Symbol.asyncDispose]();
}, 60_000);
