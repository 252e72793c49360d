import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loadAt } from '../../bench/load-at.ts';

async function serve(answer: (...asked: Parameters<RequestListener>) => unknown): Promise<string> {
  const server = createServer((...asked) => void answer(...asked)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
}

test('sends as many requests as the rate says, each with a body of its own, on all connections', async () => {
  const bodies: string[] = [];
  const ports = new Set<number | undefined>();
  const url = await serve(async (request, response) => {
    ports.add(request.socket.remotePort);
    bodies.push(Buffer.concat(await request.toArray()).toString());
    response.end();
  });
  let count = 0;
  const body = () => String((count += 1));
  const load = { requestsPerSecond: 100, connections: 4, seconds: 0.1 };
  const times = await loadAt({ url, headers: {}, body }, load);
  expect(times).toHaveLength(10);
  expect(bodies.toSorted()).toEqual(['1', '10', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(ports.size).toBe(4);
});

test('a request that waited behind another one took as long as it waited', async () => {
  let isFirst = true;
  const url = await serve(async (request, response) => {
    await request.toArray();
    const waitMs = isFirst ? 200 : 0;
    isFirst = false;
    await sleep(waitMs);
    response.end();
  });
  const load = { requestsPerSecond: 20, connections: 1, seconds: 0.1 };
  const [, second] = await loadAt({ url, headers: {}, body: () => '' }, load);
  expect(second).toBeGreaterThan(140);
});

test('an answer that is not 200 is an error', async () => {
  const url = await serve((_, response) => void response.writeHead(429).end());
  const load = { requestsPerSecond: 10, connections: 1, seconds: 0.1 };
  await expect(loadAt({ url, headers: {}, body: () => '' }, load)).rejects.toThrow(
    '/path: an answer is 429 and not 200',
  );
});
