import { expect, test } from 'vitest';
import { endpointState } from '../../../../adapters/inference/endpoints/endpoint-api.ts';
import {
  isHealthy,
  wakeEndpoint,
} from '../../../../adapters/inference/endpoints/endpoint-health.ts';
import { SECRET } from '../a-target.ts';
import { anEndpoint, linesOf } from './an-endpoint.ts';

const { signal } = new AbortController();

test('a server is healthy only if its health route answers 200', async () => {
  await using fake = await anEndpoint();
  const endpoint = await endpointState(fake.target, fake.api, signal);
  expect(await isHealthy(fake.target, endpoint, fake.exchange, signal)).toBe(true);
  for (const status of [204, 404, 500, 503]) {
    fake.health = status;
    expect(await isHealthy(fake.target, endpoint, fake.exchange, signal)).toBe(false);
  }
  expect(fake.seen[1]?.line).toBe('GET /server/healthz');
  expect(fake.seen[1]?.headers.authorization).toBe(`Bearer ${SECRET}`);
});

test('an unreachable server is not healthy', async () => {
  await using fake = await anEndpoint();
  const endpoint = await endpointState(fake.target, fake.api, signal);
  const target = { ...fake.target, baseUrl: 'http://127.0.0.1:9' };
  expect(await isHealthy(target, endpoint, fake.exchange, signal)).toBe(false);
});

test("the token goes to the target's own server, whatever address the API names", async () => {
  await using fake = await anEndpoint();
  await using other = await anEndpoint();
  fake.change = { status: { state: 'running', url: `${other.url}/server` } };
  const endpoint = await endpointState(fake.target, fake.api, signal);
  expect(endpoint.url).toBe(`${other.url}/server`);
  expect(await isHealthy(fake.target, endpoint, fake.exchange, signal)).toBe(true);
  expect(linesOf(fake)).toContain('GET /server/healthz');
  expect(other.seen).toEqual([]);
});

test('a refused token is an error that names its variable', async () => {
  await using fake = await anEndpoint();
  const endpoint = await endpointState(fake.target, fake.api, signal);
  fake.health = 401;
  await expect(isHealthy(fake.target, endpoint, fake.exchange, signal)).rejects.toMatchObject({
    kind: 'auth',
    status: 401,
    message: expect.stringMatching(/Set HF_TOKEN/) as string,
  });
});

test('after a refused token the next one is used', async () => {
  await using fake = await anEndpoint({ apiTokens: ['one', 'two'] });
  const endpoint = await endpointState(fake.target, fake.api, signal);
  fake.health = 403;
  await expect(isHealthy(fake.target, endpoint, fake.exchange, signal)).rejects.toMatchObject({
    kind: 'auth',
    status: 403,
  });
  expect(fake.seen.slice(1).map(({ headers }) => headers.authorization)).toEqual([
    'Bearer one',
    'Bearer two',
  ]);
});

test('a sleeping endpoint is woken by one request that the proxy may hold for a while, and a 503 is no failure', async () => {
  await using fake = await anEndpoint();
  fake.state = 'scaledToZero';
  const endpoint = await endpointState(fake.target, fake.api, signal);
  await wakeEndpoint(fake.target, endpoint, fake.exchange, signal);
  expect(fake.seen[1]).toMatchObject({
    line: 'GET /server/healthz',
    headers: { 'x-scale-up-timeout': '10', authorization: `Bearer ${SECRET}` },
  });
  expect(fake.state).toBe('initializing');
});
