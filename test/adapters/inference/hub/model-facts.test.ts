import { Agent } from 'undici';
import { expect, test } from 'vitest';
import { createModelFacts } from '../../../../adapters/inference/hub/model-facts.ts';
import { createExchange } from '../../../../adapters/inference/wire/exchange.ts';
import { withServer } from '../with-server.ts';
import { withHub } from './a-hub.ts';

const MODEL = 'openai/whisper-large-v3';
const ASKED = `/api/models/${MODEL}`;
const CHAT = `/v1/models/${MODEL}`;

const mappingOf = (body: unknown) =>
  withHub({ [ASKED]: body }, ({ services, exchange }) =>
    createModelFacts(services, exchange).mapping(MODEL),
  );
const chatOf = (body: unknown) =>
  withHub({ [CHAT]: body }, ({ services, exchange }) =>
    createModelFacts(services, exchange).chatProviders(MODEL),
  );

const LIVE = { status: 'live', providerId: 'x', task: 'automatic-speech-recognition' };

test('the mapping is read from an object and from a list alike', async () => {
  const found = {
    outcome: 'found',
    value: [{ provider: 'fal-ai', status: 'live', task: 'automatic-speech-recognition' }],
  };
  expect(await mappingOf({ inferenceProviderMapping: { 'fal-ai': LIVE } })).toEqual(found);
  const list = [{ provider: 'fal-ai', ...LIVE }];
  expect(await mappingOf({ inferenceProviderMapping: list })).toEqual(found);
});

test('a model that nobody serves has an empty mapping', async () => {
  expect(await mappingOf({ id: MODEL })).toEqual({ outcome: 'found', value: [] });
});

test('unreadable entries are left out, new statuses are unknown', async () => {
  const mapping = {
    a: { status: 'retired', task: 7 },
    b: 'live',
    'c d\u001b[2J': LIVE,
    d: null,
  };
  expect(await mappingOf({ inferenceProviderMapping: mapping })).toEqual({
    outcome: 'found',
    value: [{ provider: 'a', status: 'unknown', task: null }],
  });
});

test('at most 200 providers are read', async () => {
  const many = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`p${n}`, LIVE]));
  const looked = await mappingOf({ inferenceProviderMapping: many });
  expect(looked.outcome === 'found' && looked.value).toHaveLength(200);
});

test.each([
  ['text', 'hello'],
  ['a number', 7],
  ['another shape', { inferenceProviderMapping: 'x' }],
])('an answer that is %s is unknown', async (_, body) => {
  expect(await mappingOf(body)).toEqual({ outcome: 'unknown', reason: 'unreadable' });
});

test('an answer that is too long is unknown', async () => {
  const looked = await mappingOf({ x: 'x'.repeat(2_000_000) });
  expect(looked).toMatchObject({ outcome: 'unknown' });
});

test('an unreachable or refusing hub gives unknown with a reason; a missing model gives absent', async () => {
  const services = await withHub({}, async (hub) => {
    const facts = createModelFacts(hub.services, hub.exchange);
    expect(await facts.mapping('a/b')).toEqual({ outcome: 'absent' });
    hub.status = 429;
    expect(await facts.mapping('a/c')).toEqual({ outcome: 'unknown', reason: '429' });
    return hub.services;
  });
  await withHub({}, async ({ exchange }) => {
    const facts = createModelFacts(services, exchange);
    expect(await facts.mapping('a/b')).toEqual({ outcome: 'unknown', reason: 'ECONNREFUSED' });
  });
});

test('a renamed model is looked up under its new name, once, and only at the hub itself', async () => {
  const mapping = { inferenceProviderMapping: { 'fal-ai': LIVE } };
  const moves: Record<string, string> = {
    '/api/models/old/name': '/api/models/new/name?expand[]=inferenceProviderMapping',
    '/api/models/old/twice': '/api/models/old/name',
    '/api/models/old/away': 'https://hub.example.com/api/models/new/name',
  };
  const asked: string[] = [];
  const agent = new Agent();
  await withServer(
    ({ url = '', headers }, response) => {
      asked.push(`${url} ${headers.authorization ?? 'no token'}`);
      const location = moves[url.split('?')[0] ?? ''];
      response.writeHead(
        location === undefined ? 200 : 307,
        location === undefined ? {} : { location },
      );
      response.end(JSON.stringify(mapping));
    },
    async (hubUrl) => {
      const exchange = createExchange({ agent, userAgent: 'hansard/test' });
      const facts = createModelFacts(
        { hubUrl, routerUrl: hubUrl, hubTokens: ['hf_hub'] },
        exchange,
      );
      expect(await facts.mapping('old/name')).toMatchObject({ outcome: 'found' });
      expect(asked.at(-1)).toBe(
        '/api/models/new/name?expand[]=inferenceProviderMapping Bearer hf_hub',
      );
      expect(await facts.mapping('old/twice')).toEqual({ outcome: 'unknown', reason: '307' });
      expect(await facts.mapping('old/away')).toEqual({ outcome: 'unknown', reason: '307' });
    },
  );
  await agent.destroy();
});

test('a transport that was closed meanwhile gives unknown, and nothing is thrown', async () => {
  await withHub({}, async ({ services }) => {
    const exchange = () => Promise.reject(new TypeError('closed'));
    const facts = createModelFacts(services, exchange);
    expect(await facts.mapping('a/b')).toEqual({ outcome: 'unknown', reason: 'TypeError' });
  });
});

test('the hub is asked with its token, the router without one', async () => {
  await withHub({ [ASKED]: {}, [CHAT]: { providers: [] } }, async (hub) => {
    const facts = createModelFacts(hub.services, hub.exchange);
    await facts.mapping(MODEL);
    await facts.chatProviders(MODEL);
    expect(hub.asked).toEqual([`${ASKED}?expand[]=inferenceProviderMapping Bearer hf_hub`, CHAT]);
  });
});

test('chat providers have price and context; a missing price or an unexplained 0 is unknown', async () => {
  const live = { status: 'live', is_model_author: false };
  const providers = [
    { provider: 'a', ...live, context_length: 131_072, pricing: { input: 0.25, output: 0.69 } },
    { provider: 'b', ...live },
    { provider: 'c', ...live, pricing: { input: 0, output: 0 } },
    { provider: 'd', ...live, pricing: { input: 0, output: 0 }, is_free: true },
    { provider: 'e', status: 'error', pricing: { input: -1, output: 2 }, context_length: 'long' },
    { status: 'live' },
  ];
  expect(await chatOf({ id: MODEL, providers })).toEqual({
    outcome: 'found',
    value: [
      {
        provider: 'a',
        status: 'live',
        contextTokens: 131_072,
        price: { input: 0.25, output: 0.69 },
      },
      { provider: 'b', status: 'live', contextTokens: null, price: null },
      { provider: 'c', status: 'live', contextTokens: null, price: null },
      { provider: 'd', status: 'live', contextTokens: null, price: { input: 0, output: 0 } },
      { provider: 'e', status: 'error', contextTokens: null, price: null },
    ],
  });
});

test('found answers are cached for ten minutes, others for one', async () => {
  await withHub({ [ASKED]: { inferenceProviderMapping: { a: LIVE } } }, async (hub) => {
    let nowMs = 0;
    const facts = createModelFacts(hub.services, hub.exchange, () => nowMs);
    const ask = async () => {
      await Promise.all([facts.mapping(MODEL), facts.mapping(MODEL), facts.mapping('a/absent')]);
      return hub.asked.splice(0).map((line) => (line.includes('absent') ? 'absent' : 'found'));
    };
    expect((await ask()).toSorted()).toEqual(['absent', 'found']);
    nowMs = 59_000;
    expect(await ask()).toEqual([]);
    nowMs = 61_000;
    expect(await ask()).toEqual(['absent']);
    nowMs = 601_000;
    expect((await ask()).toSorted()).toEqual(['absent', 'found']);
  });
});
