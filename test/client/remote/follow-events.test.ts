import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { JobView } from '../../../client/jobs/job-view.ts';
import { followEvents } from '../../../client/remote/follow-events.ts';
import { createGatewayClient } from '../../../client/remote/gateway-client.ts';

/** A line that breaks, which a real gateway does not do on demand. */

const ID = 'a'.repeat(26);
const state = (status: string, done: number) =>
  JSON.stringify({
    id: ID,
    status,
    waitingFor: null,
    result: status === 'completed' ? 'complete' : null,
    approval: null,
    stage: 'transcribe',
    chunks: { done, total: 3 },
    degradations: [],
    costUsd: null,
    failure: null,
    failureMessage: null,
    stages: { transcribe: 'running' },
    sections: { done: 0, total: 0 },
    unserved: [],
  });
const event = (id: string, data: string) => `event: progress\nid: ${id}\ndata: ${data}\n\n`;

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers one request after the other; answers the ids that were sent as known. */
async function gatewayThat(...answers: Answer[]) {
  const known: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    known.push(request.headers['last-event-id']?.toString());
    answers.shift()?.(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    known,
    client: createGatewayClient({ url: `http://${place}`, place, opener: { key: 'hansard_k' } }),
  };
}

const opened: (text: string, then?: (response: ServerResponse) => void) => Answer =
  (text, then = () => undefined) =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => then(response));
  };

const PATIENCE = { awayMs: 60_000, silentMs: 60_000, againMs: 1 };
const { signal } = new AbortController();

async function followed(answers: Answer[], patience = PATIENCE) {
  const { client, known } = await gatewayThat(...answers);
  const shown: string[] = [];
  const show = ({ status }: JobView) => void shown.push(`${status.status} ${status.chunks.done}`);
  const end = followEvents(client, { reference: ID }, { signal, show }, patience);
  return { end, shown, known };
}

test('a line that breaks is opened again behind the last event, and what is known is not told twice', async () => {
  const { end, shown, known } = await followed([
    opened(event('one', state('running', 1)), (response) => response.destroy()),
    opened(event('two', state('running', 2)), (response) => response.end()),
    opened(`:\n\n${event('three', state('completed', 3))}event: end\ndata: {}\n\n`),
  ]);
  expect((await end).status).toMatchObject({ status: 'completed', result: 'complete' });
  expect(shown).toEqual(['running 1', 'running 2', 'completed 3']);
  expect(known).toEqual([undefined, 'one', 'two']);
});

test('a gateway that starts anew is waited for; a job that has ended meanwhile is known', async () => {
  const busy = JSON.stringify({
    status: 503,
    code: 'service_unavailable',
    detail: 'a service does not answer',
    requestId: 'r',
  });
  const { end, known } = await followed([
    opened(event('one', state('running', 3)), (response) => response.destroy()),
    (response) => response.writeHead(503).end(busy),
    (response) => response.writeHead(204).end(),
  ]);
  expect((await end).status.chunks.done).toBe(3);
  expect(known).toEqual([undefined, 'one', 'one']);
});

test('silence is a line that broke', async () => {
  const { end, known } = await followed(
    [opened(event('one', state('running', 1))), opened(event('two', state('completed', 3)))],
    { ...PATIENCE, silentMs: 1_500 },
  );
  expect((await end).status.status).toBe('completed');
  expect(known).toEqual([undefined, 'one']);
});

test('a gateway that stays away, and a key that ended, are told', async () => {
  const first = opened(event('one', state('running', 1)), (response) => response.destroy());
  const gone: Answer = (response) => response.destroy();
  const away = await followed([first, gone], { ...PATIENCE, awayMs: -1 });
  await expect(away.end).rejects.toThrow(/\(HANSARD_URL\) cannot be reached/);
  const revoked = JSON.stringify({
    status: 401,
    code: 'key_revoked',
    detail: 'this key is revoked: send another one',
    requestId: 'r',
  });
  const ended = await followed([first, (response) => response.writeHead(401).end(revoked)]);
  await expect(ended.end).rejects.toThrow('HANSARD_KEY: this key is revoked');
});

test('a redirect is not followed: the key would go with it', async () => {
  const { known, client } = await gatewayThat(
    (response) => response.writeHead(307, { location: '/elsewhere' }).end(),
    (response) => response.end('{}'),
  );
  await expect(client.open('/jobs')).rejects.toThrow(/a redirect/);
  expect(known).toHaveLength(1);
});
