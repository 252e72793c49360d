import { Agent } from 'undici';
import { afterAll, expect, test } from 'vitest';
import { createExchange } from '../../../../adapters/inference/wire/exchange.ts';
import { createTokenCheck } from '../../../../adapters/inference/hub/token-check.ts';
import { withServer } from '../with-server.ts';

const agent = new Agent();
afterAll(() => agent.destroy());
const exchange = createExchange({ agent, userAgent: 'hansard/test' });
const { signal } = new AbortController();

test('asks the hub about each token once', async () => {
  const asked: string[] = [];
  await withServer(
    (request, response) => {
      const { authorization } = request.headers;
      asked.push(`${request.url} ${authorization}`);
      response.writeHead(authorization === 'Bearer good' ? 200 : 401).end('{}');
    },
    async (url) => {
      const standingOf = createTokenCheck({ hubUrl: url, routerUrl: url }, exchange, signal);
      const standings = await Promise.all(['good', 'bad', 'good', 'bad'].map(standingOf));
      expect(standings).toEqual(['known', 'refused', 'known', 'refused']);
      expect(asked.toSorted()).toEqual(['/api/whoami-v2 Bearer bad', '/api/whoami-v2 Bearer good']);
    },
  );
});

test('gives unknown if the hub does not answer', async () => {
  const services = { hubUrl: 'http://127.0.0.1:9', routerUrl: 'http://127.0.0.1:9' };
  expect(await createTokenCheck(services, exchange, signal)('good')).toBe('unknown');
});

test('shows the hub no token of a router that is not its own', async () => {
  const never = () => Promise.reject(new Error('it was asked'));
  for (const [hubUrl, routerUrl] of [
    ['https://huggingface.co', 'http://127.0.0.1:8000'],
    ['https://huggingface.co', 'https://router-huggingface.co'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8001'],
  ] as const)
    expect(await createTokenCheck({ hubUrl, routerUrl }, never, signal)('good')).toBe('unknown');
});

test("Hugging Face's own router is the hub's", async () => {
  const urls: string[] = [];
  const standing = await createTokenCheck(
    { hubUrl: 'https://huggingface.co', routerUrl: 'https://router.huggingface.co' },
    ({ url }) => {
      urls.push(url);
      return Promise.resolve({ status: 200, headers: {}, bytes: new Uint8Array() });
    },
    signal,
  )('good');
  expect(standing).toBe('known');
  expect(urls).toEqual(['https://huggingface.co/api/whoami-v2']);
});
