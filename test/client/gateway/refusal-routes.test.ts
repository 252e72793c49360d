import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testStack } from '../../support/stack.ts';
import { testGateway } from './test-gateway.ts';

let gateway: Awaited<ReturnType<typeof testGateway>>;
beforeAll(async () => {
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  await migrate(db);
  await db.destroy();
  gateway = await testGateway();
});
afterAll(async () => await gateway[Symbol.asyncDispose]());

interface Page {
  readonly refusals: readonly { readonly route: string; readonly requestId: string }[];
  readonly next: string | null;
}

test('an auditor reads in pages what keys of the tenant were refused, and nothing of another tenant', async () => {
  const tenant = freshTenant();
  const { headers } = await gateway.keyOf(tenant, 'auditor');
  const viewer = await gateway.keyOf(tenant, 'viewer', 'Nightly import');
  const stranger = await gateway.keyOf(freshTenant(), 'viewer', 'stranger');
  const urls = ['/api/keys', '/api/webhooks/1', '/api/schedules'];
  for (const url of urls) {
    await gateway.app.inject({ url, headers: viewer.headers });
    await gateway.app.inject({ url, headers: stranger.headers });
  }
  const read = async (cursor: string | null) =>
    (
      await gateway.app.inject({
        url: '/api/refusals',
        query: { limit: '2', ...(cursor !== null && { cursor }) },
        headers,
      })
    ).json<Page>();
  const first = await read(null);
  expect(first.refusals).toEqual([
    {
      refusedAt: expect.stringMatching(/Z$/),
      requestId: expect.any(String),
      keyId: viewer.id,
      keyName: 'Nightly import',
      action: 'schedules:read',
      status: 403,
      method: 'GET',
      route: '/api/schedules',
    },
    expect.objectContaining({ action: 'webhooks:read', route: '/api/webhooks/:id' }),
  ]);
  // What is refused meanwhile moves nothing.
  await gateway.app.inject({ url: '/metrics', headers: viewer.headers });
  const second = await read(first.next);
  expect(second).toEqual({
    refusals: [expect.objectContaining({ action: 'keys:read' })],
    next: null,
  });
  expect((await read(null)).refusals[0]).toMatchObject({ route: '/metrics' });
});

test.each(['none', Buffer.from('2026-03-02T00:00:00.000000Z a').toString('base64url')])(
  'the cursor %s is none that the list gave',
  async (cursor) => {
    const { headers } = await gateway.keyOf(freshTenant(), 'admin');
    const answer = await gateway.app.inject({ url: '/api/refusals', query: { cursor }, headers });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_option' });
  },
);
