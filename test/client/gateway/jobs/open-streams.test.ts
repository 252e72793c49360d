import { expect, test } from 'vitest';
import { createRoutes } from '../../../../client/gateway/jobs/create-routes.ts';
import { eventRoutes } from '../../../../client/gateway/jobs/event-routes.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

test('a key has so many streams at once, and none any more soon after it is revoked', async () => {
  await using gateway = await testGateway({
    apiRoutes: [
      createRoutes,
      (context) => eventRoutes(context, { checkEveryMs: 100, mostOfKey: 2 }),
    ],
  });
  const tenant = freshTenant();
  const [revoked, live] = [
    await gateway.keyOf(tenant, 'submitter', 'revoked'),
    await gateway.keyOf(tenant, 'viewer', 'live'),
  ];
  const made = await gateway.app.inject({
    method: 'POST',
    url: '/api/jobs?name=talk.txt',
    headers: { ...revoked.headers, 'content-type': 'text/plain' },
    payload: 'Ann: We decided to hire a painter.\n',
  });
  const address = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${address}/api/jobs/${made.json<{ id: string }>().id}/events`;
  const listen = async ({ headers }: { readonly headers: Record<string, string> }) => {
    const leaving = new AbortController();
    const answer = await fetch(url, { headers, signal: leaving.signal });
    return { status: answer.status, text: () => answer.text(), leave: () => leaving.abort() };
  };

  const [first, second] = [await listen(revoked), await listen(revoked)];
  expect([first.status, second.status, (await listen(revoked)).status]).toEqual([200, 200, 429]);
  const other = await listen(live);
  expect(other.status).toBe(200);
  await (await gateway.services.apiKeys()).revoke(tenant, revoked.id);
  for (const { text } of [first, second]) {
    // It ends without the event that says that the job has ended.
    expect(await text()).not.toContain('event: end');
  }
  expect((await listen(revoked)).status).toBe(401);

  // A session ends its own, and nobody else's.
  const { secret } = await (await gateway.services.sessions()).begin(live.id, 600);
  const bySession = await listen({ headers: { cookie: `hansard-session=${secret}` } });
  expect(bySession.status).toBe(200);
  await (await gateway.services.sessions()).end(secret.split('_')[1] ?? '');
  expect(await bySession.text()).not.toContain('event: end');

  // The other key has its own, and what is closed makes room.
  expect([(await listen(live)).status, (await listen(live)).status]).toEqual([200, 429]);
  other.leave();
  await expect.poll(async () => (await listen(live)).status).toBe(200);
});
