import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient, RESP_TYPES } from 'redis';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { startRedisServer, type RedisServer } from '../../../support/redis-server.ts';
import { sampleRecording, type SampleRecording } from '../../../support/sample-recording.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

/** Two tenants ask the same below `/v1`, through two gateways that share a cache. */

const [own, other] = [freshTenant(), freshTenant()];
const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let redis: RedisServer;
let recording: SampleRecording;
let here: Awaited<ReturnType<typeof testGateway>>;
let elsewhere: Awaited<ReturnType<typeof testGateway>>;
const keys: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  await migrate(db);
  redis = await startRedisServer();
  recording = await sampleRecording(4);
  const env = {
    REDIS_URL: redis.url,
    HANSARD_CACHE_SECRET: 'a secret of this test that nobody guesses, ever',
  };
  [here, elsewhere] = await Promise.all([testGateway({ env }), testGateway({ env })]);
  for (const tenant of [own, other]) {
    keys[tenant] = (await here.keyOf(tenant, 'submitter')).headers;
  }
});
afterAll(async () => {
  await Promise.all([here, elsewhere].map(async (one) => await one[Symbol.asyncDispose]()));
  await recording[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await db.destroy();
});

/** A body, with its type where that is not JSON. */
type Asked = readonly [body: object | Buffer, type?: string];

const picture = async (): Promise<string> => {
  const plain = { width: 64, height: 64, channels: 3, background: '#3a7' } as const;
  return (await sharp({ create: plain }).png().toBuffer()).toString('base64');
};

async function form(): Promise<Asked> {
  const filled = new FormData();
  filled.set('file', new Blob([await readFile(recording.path)]), 'a.flac');
  filled.set('model', 'transcribe');
  const request = new Request('http://a/', { method: 'POST', body: filled });
  return [Buffer.from(await request.arrayBuffer()), request.headers.get('content-type') ?? ''];
}

const TEXT = `We hire a painter, says ${randomUUID()}.`;
/** Of every route, a request that a target is paid for. A new route needs a line. */
const REQUESTS: Readonly<Record<string, () => Promise<Asked>>> = {
  '/v1/chat/completions': async () => [
    { model: 'summarize', messages: [{ role: 'user', content: TEXT }], max_tokens: 50 },
  ],
  '/v1/embeddings': async () => [{ model: 'embed', input: TEXT }],
  '/v1/classify': async () => [{ model: 'classify', input: TEXT }],
  '/v1/moderations': async () => [
    {
      input: [
        {
          type: 'image_url',
          image_url: { url: `data:image/png;base64,${await picture()}` },
        },
      ],
    },
  ],
  '/v1/images/generations': async () => [
    { model: 'illustrate', prompt: `a tree, ${TEXT}`, size: '256x256' },
  ],
  '/v1/audio/transcriptions': form,
};

async function ask(
  gateway: typeof here,
  tenant: string,
  url: string,
  [payload, type = 'application/json']: Asked,
) {
  const headers = { ...keys[tenant], 'content-type': type };
  const answer = await gateway.app.inject({ method: 'POST', url, headers, payload });
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.body.slice(0, 300)}`);
  return String(answer.headers['hansard-cache']);
}

const paidBy = async (tenant: string): Promise<number> =>
  (await db.selectFrom('ledgerEntry').select('state').where('tenant', '=', tenant).execute())
    .length;

test('every route that asks targets is asked here', () => {
  const posts = here.routes.flatMap(({ url, method }) =>
    url.startsWith('/v1/') && [method].flat().includes('POST') ? [url] : [],
  );
  expect(posts.toSorted()).toEqual(Object.keys(REQUESTS).toSorted());
});

test.each(Object.keys(REQUESTS))(
  'the answer of %s is kept for its own tenant, in every gateway; another one pays for its own',
  async (url) => {
    const asked = (await REQUESTS[url]?.()) ?? [{}];
    const before = [await paidBy(other), await paidBy(own)];
    const since = async () => [
      (await paidBy(other)) - (before[0] ?? 0),
      (await paidBy(own)) - (before[1] ?? 0),
    ];
    expect(await ask(here, other, url, asked)).toBe('miss');
    const [calls = 0] = await since();
    expect(calls).toBeGreaterThan(0);
    expect(await ask(elsewhere, other, url, asked)).toBe('hit');
    expect(await since()).toEqual([calls, 0]);

    expect(await ask(here, own, url, asked)).toBe('miss');
    expect(await since()).toEqual([calls, calls]);
    expect(await ask(elsewhere, own, url, asked)).toBe('hit');
    expect(await since()).toEqual([calls, calls]);
  },
  300_000,
);

test('at the same moment, each of two tenants makes a call of its own', async () => {
  const before = [await paidBy(other), await paidBy(own)];
  const asked: Asked = [{ model: 'embed', input: `At once, ${randomUUID()}.` }];
  const tenants = [own, other, own, other];
  const told = await Promise.all(tenants.map((one) => ask(here, one, '/v1/embeddings', asked)));
  expect(told).toContain('miss');
  const after = [await paidBy(other), await paidBy(own)];
  expect(after).toEqual(before.map((count) => count + 1));
});

test('in the cache that they share, nothing of what was asked and answered can be read', async () => {
  const client = createClient({ url: redis.url });
  await client.connect();
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const names = (await client.keys('hansard:cache:*')).filter((name) => name.includes(own));
  expect(names.length).toBeGreaterThanOrEqual(Object.keys(REQUESTS).length - 1);
  const stored = await Promise.all(names.map(async (name) => await bytes.get(name)));
  for (const words of ['painter', 'vectors', '"result"', 'extractive-v1']) {
    expect(stored.filter((one) => one?.includes(words))).toEqual([]);
  }
  client.destroy();
});
