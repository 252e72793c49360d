import { SignJWT } from 'jose';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRoutes } from '../../../../client/gateway/jobs/create-routes.ts';
import { eventRoutes } from '../../../../client/gateway/jobs/event-routes.ts';
import { createKey } from '../../../../client/keys/manage-keys.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

const apiRoutes: NonNullable<Parameters<typeof testGateway>[0]>['apiRoutes'] = [
  createRoutes,
  (context) => eventRoutes(context, { checkEveryMs: 100, mostOfKey: 2 }),
];

/** Listens to a job that it makes, which does not end. */
async function listenerOf(
  { app }: Awaited<ReturnType<typeof testGateway>>,
  headers: Record<string, string>,
) {
  const made = await app.inject({
    method: 'POST',
    url: '/api/jobs?name=talk.txt',
    headers: { ...headers, 'content-type': 'text/plain' },
    payload: 'Ann: We decided to hire a painter.\n',
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${address}/api/jobs/${made.json<{ id: string }>().id}/events`;
  return async ({ headers }: { readonly headers: Record<string, string> }) => {
    const leaving = new AbortController();
    const answer = await fetch(url, { headers, signal: leaving.signal });
    return { status: answer.status, text: () => answer.text(), leave: () => leaving.abort() };
  };
}

test('a key has so many streams at once, and none any more soon after it is revoked', async () => {
  await using gateway = await testGateway({ apiRoutes });
  const tenant = freshTenant();
  const [revoked, live] = [
    await gateway.keyOf(tenant, 'submitter', 'revoked'),
    await gateway.keyOf(tenant, 'viewer', 'live'),
  ];
  const listen = await listenerOf(gateway, revoked.headers);

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

test('streams that nothing signed end soon after their key has to sign', async () => {
  await using gateway = await testGateway({ apiRoutes });
  const tenant = freshTenant();
  const { id, key } = await createKey(gateway.services.apiKeys, tenant, {
    name: 'may sign',
    role: 'submitter',
    signature: { algorithm: 'hmac-sha256', required: false },
  });
  const bearer = { authorization: `Bearer ${key}` };
  const listen = await listenerOf(gateway, bearer);
  const { secret } = await (await gateway.services.sessions()).begin(id, 600);
  const streams = [
    await listen({ headers: bearer }),
    await listen({ headers: { cookie: `hansard-session=${secret}` } }),
  ];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  await (await gateway.services.signingKeys()).setPolicy(tenant, id, 'required');
  for (const { text } of streams) expect(await text()).not.toContain('event: end');
});

test('a stream of a token ends with it, and one of a person with their session', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-streams-'));
  const HANSARD_CONFIG = join(folder, 'hansard.yaml');
  const [tenant, secret] = [freshTenant(), 'a secret that is shared with the issuer'];
  const issuer = {
    name: 'main',
    issuer: 'http://127.0.0.1:9',
    tenant,
    roles: { claim: 'groups', map: { staff: 'viewer' } },
    tokens: { audience: 'hansard', secret: '${SHARED}' },
    signIn: { label: 'Main', clientId: 'hansard' },
  };
  await writeFile(HANSARD_CONFIG, JSON.stringify({ issuers: [issuer] }));
  await using gateway = await testGateway({ apiRoutes, env: { HANSARD_CONFIG, SHARED: secret } });
  // It is read once.
  await gateway.services.issuers();
  await rm(folder, { recursive: true });
  const listen = await listenerOf(gateway, (await gateway.keyOf(tenant, 'submitter')).headers);
  const tokenFor = async (seconds: number) => {
    const token = new SignJWT({ iss: issuer.issuer, sub: 'anna', aud: 'hansard', groups: 'staff' });
    const exp = Math.floor(Date.now() / 1_000) + seconds;
    const signed = token.setProtectedHeader({ alg: 'HS256' }).setExpirationTime(exp);
    return { authorization: `Bearer ${await signed.sign(new TextEncoder().encode(secret))}` };
  };

  // As good as over: only the clocks may differ.
  const late = await listen({ headers: await tokenFor(-5) });
  const live = await listen({ headers: await tokenFor(600) });
  expect([late.status, live.status]).toEqual([200, 200]);
  expect(await late.text()).not.toContain('event: end');

  const identity = { id: 'identity:main:otto', tenant, role: 'viewer', name: 'Otto' } as const;
  const sessions = await gateway.services.identitySessions();
  const session = await sessions.begin('main', identity, 600);
  const cookie = `hansard-session=${session.secret}`;
  const bySession = await listen({ headers: { cookie } });
  expect(bySession.status).toBe(200);
  await sessions.end(session.secret.split('_')[1] ?? '');
  expect(await bySession.text()).not.toContain('event: end');

  // The other token goes on: it has room for one more, and not for two.
  const statuses = [
    await listen({ headers: await tokenFor(600) }),
    await listen({ headers: await tokenFor(600) }),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([200, 429]);
});
