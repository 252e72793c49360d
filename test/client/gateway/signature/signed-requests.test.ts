import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../../../adapters/database/create-database.ts';
import { createNonces } from '../../../../adapters/database/nonces.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { signRequest, type Signer } from '../../../../adapters/signatures/sign-request.ts';
import { createKey } from '../../../../client/keys/manage-keys.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

type Gateway = Awaited<ReturnType<typeof testGateway>>;
let gateway: Gateway;
let db: Database;
beforeAll(async () => {
  db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  await migrate(db);
  gateway = await testGateway();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.destroy();
});

/** A new pair: what the gateway is given, and what signs. */
function newPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    key: { algorithm: 'ed25519' as const, privateKey },
  };
}

/** A key of an admin whose requests are signed. */
async function signingKey(
  algorithm: 'ed25519' | 'hmac-sha256',
  { required = true, tenant = freshTenant() } = {},
): Promise<Signer & { readonly bearer: string; readonly tenant: string }> {
  const pair = newPair();
  const made = await createKey(gateway.services.apiKeys, tenant, {
    name: 'signs',
    role: 'admin',
    signature: {
      algorithm,
      required,
      ...(algorithm === 'ed25519' && { publicKey: pair.publicKey }),
    },
  });
  const secret = Buffer.from(made.signingSecret ?? '', 'base64');
  const key = algorithm === 'ed25519' ? pair.key : { algorithm, secret };
  return { keyId: made.id, key, bearer: made.key, tenant };
}

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly url?: string;
  readonly payload?: object | string | Buffer;
  readonly type?: string;
}

/** A signed request as it is sent, by default for the list of keys. */
function signed(
  signer: Signer,
  { method = 'GET', url = '/api/keys', payload, type = 'application/json' }: Asked = {},
  made: { readonly createdAt?: Date; readonly nonce?: string } = {},
) {
  const bytes =
    typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const body = bytes === undefined ? null : { sha256: sha256(bytes), type };
  const headers = signRequest(
    { method, url: new URL(`http://localhost${url}`), body, ...made },
    signer,
  );
  return { method, url, headers, ...(bytes !== undefined && { payload: bytes }) };
}

const send = async (request: InjectOptions, by: Gateway = gateway) => {
  const answer = await by.app.inject(request);
  const { code = null } = answer.body === '' ? {} : answer.json<{ code?: string }>();
  return { status: answer.statusCode, code, answer };
};

test.each(['ed25519', 'hmac-sha256'] as const)(
  'a request that is signed with %s needs no bearer key, and knows tenant and role',
  async (algorithm) => {
    const signer = await signingKey(algorithm);
    const listed = await send(signed(signer));
    expect(listed.answer.json()).toMatchObject({
      keys: [{ id: signer.keyId, signature: 'required', role: 'admin' }],
    });
    const made = await send(
      signed(signer, { method: 'POST', payload: { name: 'reports', role: 'viewer' } }),
    );
    expect(made.answer.json()).toMatchObject({ tenant: signer.tenant, signature: 'none' });
    expect(gateway.logged()).not.toContain(listed.answer.headers['signature'] ?? signer.bearer);
  },
);

test('a key that has to sign is refused with its bearer key alone, in words that say what is wanted', async () => {
  const signer = await signingKey('ed25519');
  const bearer = { authorization: `Bearer ${signer.bearer}` };
  const { status, code, answer } = await send({ url: '/api/keys', headers: bearer });
  expect([status, code]).toEqual([401, 'signature_missing']);
  expect(answer.headers['accept-signature']).toContain('"@method" "@target-uri"');
  const session = await send({
    method: 'POST',
    url: '/api/session',
    headers: { 'sec-fetch-site': 'same-origin' },
    payload: { key: signer.bearer },
  });
  expect(session.code).toBe('signature_missing');
  const below = await gateway.app.inject({ url: '/v1/models', headers: bearer });
  expect(below.json()).toMatchObject({ error: { code: 'signature_missing' } });
  expect((await send(signed(signer, { url: '/v1/models' }))).status).toBe(200);
});

test('a key that may sign is taken with either, and both have to be of the same key', async () => {
  const [signer, other] = [
    await signingKey('hmac-sha256', { required: false }),
    await signingKey('ed25519'),
  ];
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  expect((await send({ url: '/api/keys', headers: bearer(signer.bearer) })).status).toBe(200);
  const both = (key: string) => {
    const request = signed(signer);
    return send({ ...request, headers: { ...request.headers, ...bearer(key) } });
  };
  expect((await both(signer.bearer)).status).toBe(200);
  expect(await both(other.bearer)).toMatchObject({ status: 401, code: 'key_invalid' });
  expect(await both(`${signer.bearer.slice(0, -1)}!`)).toMatchObject({ code: 'key_invalid' });
});

const POSTED = {
  method: 'POST',
  url: '/api/keys?by=test',
  payload: { name: 'one', role: 'viewer' },
} as const;

test.each<[string, (request: ReturnType<typeof signed>) => InjectOptions, string]>([
  ['another method', (request) => ({ ...request, method: 'PUT' }), 'route_not_found'],
  ['another path', (request) => ({ ...request, url: '/api/webhooks' }), 'signature_invalid'],
  ['another query', (request) => ({ ...request, url: '/api/keys?a=1' }), 'signature_invalid'],
  ['no query', (request) => ({ ...request, url: '/api/keys' }), 'signature_invalid'],
  ['another host', changing('host', () => 'elsewhere.example'), 'signature_invalid'],
  [
    'another body',
    (request) => ({ ...request, payload: '{"name":"two","role":"admin"}' }),
    'digest_mismatch',
  ],
  [
    'another body, with its own digest',
    (request) => ({
      ...request,
      payload: 'two',
      headers: {
        ...request.headers,
        'content-digest': `sha-256=:${Buffer.from(sha256('two'), 'hex').toString('base64')}:`,
      },
    }),
    'signature_invalid',
  ],
  ['no body', (request) => ({ ...request, payload: '' }), 'digest_mismatch'],
  ['no digest', without('content-digest'), 'signature_invalid'],
  ['another type', changing('content-type', () => 'text/plain'), 'signature_invalid'],
  ...['created', 'expires'].map(
    (name): [string, (request: ReturnType<typeof signed>) => InjectOptions, string] => [
      `another ${name}`,
      changing('signature-input', (value) =>
        value.replace(new RegExp(`${name}=(\\d+)`), (_, time) => `${name}=${Number(time) + 1}`),
      ),
      'signature_invalid',
    ],
  ),
  [
    'another nonce',
    changing('signature-input', again(/nonce="[^"]+"/, `nonce="${'n'.repeat(36)}"`)),
    'signature_invalid',
  ],
  [
    'another algorithm',
    changing('signature-input', again(/alg="[^"]+"/, 'alg="hmac-sha256"')),
    'signature_invalid',
  ],
  ['no algorithm', changing('signature-input', again(/;alg="[^"]+"/, '')), 'signature_invalid'],
  [
    'another key',
    changing('signature-input', again(/keyid="[^"]+"/, `keyid="${'0'.repeat(20)}"`)),
    'signature_invalid',
  ],
  [
    'another tag',
    changing('signature-input', again('tag="hansard"', 'tag="other"')),
    'key_missing',
  ],
  ['fewer components', changing('signature-input', again('"@method" ', '')), 'signature_invalid'],
  ['another signature', changing('signature', again(/:./, ':!')), 'signature_invalid'],
  ['a shorter signature', changing('signature', () => 'hansard=:AAAA:'), 'signature_invalid'],
  ['no signature', without('signature'), 'signature_invalid'],
  [
    'two signatures',
    changing('signature-input', (value) => `${value}, ${value.replace('hansard=', 'b=')}`),
    'signature_invalid',
  ],
])('a request with %s is refused, and changes nothing', async (_, tamper, code) => {
  const signer = await signingKey('ed25519');
  const request = signed(signer, POSTED);
  expect((await send(tamper(request))).code).toBe(code);
  const listed = await send(signed(signer));
  expect(listed.answer.json<{ keys: unknown[] }>().keys).toHaveLength(1);
  // The same request as it was signed is good, unless its nonce is used up.
  const whole = await send(request);
  expect(whole.status === 201 || whole.code === 'signature_replayed').toBe(true);
  expect(whole.code === 'signature_replayed').toBe(code === 'digest_mismatch');
});

function changing(name: string, change: (value: string) => string) {
  return (request: ReturnType<typeof signed>): InjectOptions => ({
    ...request,
    headers: { ...request.headers, [name]: change(request.headers[name] ?? '') },
  });
}

function without(name: string) {
  return (request: ReturnType<typeof signed>): InjectOptions => ({
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([one]) => one !== name)),
  });
}

function again(what: string | RegExp, by: string) {
  return (value: string): string => value.replace(what, by);
}

test('a signature that has expired, is not valid yet, or lasts too long is refused', async () => {
  const signer = await signingKey('hmac-sha256');
  const at = (seconds: number) => ({ createdAt: new Date(Date.now() + seconds * 1_000) });
  const codes = [];
  // It lasts 60 s, and clocks may be 30 s apart.
  for (const seconds of [-95, -85, 25, 35]) {
    codes.push((await send(signed(signer, {}, at(seconds)))).code);
  }
  expect(codes).toEqual(['signature_expired', null, null, 'signature_not_yet_valid']);
  const request = signed(signer);
  const created = Number(/created=(\d+)/.exec(request.headers['signature-input'] ?? '')?.[1]);
  const longer = changing('signature-input', again(/expires=\d+/, `expires=${created + 301}`));
  const refused = await send(longer(request));
  expect(refused.answer.json()).toMatchObject({
    code: 'signature_invalid',
    detail: expect.stringContaining('300 s at most'),
  });
});

test('a nonce is used once, on all gateways together, and also after a restart', async () => {
  const signer = await signingKey('ed25519');
  const request = signed(signer);
  const second = await testGateway();
  const answers = await Promise.all(
    [gateway, second, gateway, second].map(async (by) => await send(request, by)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ code }) => code === 'signature_replayed')).toHaveLength(3);
  await second[Symbol.asyncDispose]();
  await using third = await testGateway();
  expect(await send(request, third)).toMatchObject({ status: 401, code: 'signature_replayed' });
  // The nonce of one key is nothing to another one.
  const [nonce, other] = [randomUUID(), await signingKey('ed25519')];
  expect((await send(signed(signer, {}, { nonce }))).status).toBe(200);
  expect((await send(signed(other, {}, { nonce }))).status).toBe(200);
});

test('nonces are kept for as long as a signature could be sent again, and no more than a bound of a key', async () => {
  const nonces = createNonces(db);
  const keyId = freshTenant();
  const use = async (nonce: string, seconds: number) => nonces.use({ keyId, nonce, seconds }, 3);
  expect(await use('one', 60)).toBe('first');
  expect(await use('one', 60)).toBe('used');
  expect(await use('over', -1)).toBe('first');
  expect(await use('two', 60)).toBe('first');
  expect(await use('three', 60)).toBe('first');
  expect(await use('four', 60)).toBe('full');
  expect(await use('two', 60)).toBe('used');
  await nonces.expire();
  const left = await db
    .selectFrom('signatureNonce')
    .select('nonce')
    .where('keyId', '=', keyId)
    .orderBy('nonce')
    .execute();
  expect(left.map(({ nonce }) => nonce)).toEqual(['one', 'three', 'two']);
});

test('while a signing key is replaced both sign, and the old one ends when it is said to', async () => {
  const signer = await signingKey('ed25519');
  const rotate = async (by: Signer, payload: object) =>
    (
      await send(
        signed(by, { method: 'POST', url: `/api/keys/${signer.keyId}/rotate-signature`, payload }),
      )
    ).answer.json<{ signingSecret: string | null; previousEndsAt: string | null }>();
  const next = newPair();
  const kept = await rotate(signer, {
    algorithm: 'ed25519',
    publicKey: next.publicKey,
    keep: '1h',
  });
  expect(kept).toMatchObject({ signingSecret: null, key: { signature: 'required' } });
  expect(Date.parse(kept.previousEndsAt ?? '') - Date.now()).toBeGreaterThan(3_500_000);
  const second = { keyId: signer.keyId, key: next.key };
  expect((await send(signed(signer))).status).toBe(200);
  expect((await send(signed(second))).status).toBe(200);

  // A third one ends the first at once, and this time the second, too.
  const { signingSecret } = await rotate(second, { algorithm: 'hmac-sha256', keep: '0' });
  const secret = Buffer.from(signingSecret ?? '', 'base64');
  const third: Signer = { keyId: signer.keyId, key: { algorithm: 'hmac-sha256', secret } };
  expect((await send(signed(signer))).code).toBe('signature_invalid');
  expect((await send(signed(second))).code).toBe('signature_invalid');
  expect((await send(signed(third))).status).toBe(200);
});

test('a key begins to sign, has to sign, and need not any more', async () => {
  const tenant = freshTenant();
  const { id, headers } = await gateway.keyOf(tenant, 'admin');
  const patch = async (signature: string) =>
    await send({ method: 'PATCH', url: `/api/keys/${id}`, headers, payload: { signature } });
  expect(await patch('required')).toMatchObject({ status: 409, code: 'no_signing_key' });
  const { publicKey, key } = newPair();
  const url = `/api/keys/${id}/rotate-signature`;
  const payload = { algorithm: 'ed25519', publicKey };
  const first = await send({ method: 'POST', url, headers, payload });
  expect(first.answer.json()).toMatchObject({
    previousEndsAt: null,
    key: { signature: 'optional' },
  });
  expect((await patch('required')).answer.json()).toMatchObject({ id, signature: 'required' });
  expect((await patch('optional')).code).toBe('signature_missing');
  const signer = { keyId: id, key };
  const back = {
    method: 'PATCH',
    url: `/api/keys/${id}`,
    payload: { signature: 'optional' },
  } as const;
  expect((await send(signed(signer, back))).status).toBe(200);
  expect((await send({ url: '/api/keys', headers })).status).toBe(200);
});

test.each([
  [{ algorithm: 'ed25519' }, /takes the public key as PEM/],
  [{ algorithm: 'ed25519', publicKey: 'nonsense' }, /takes the public key as PEM/],
  [{ algorithm: 'hmac-sha256', publicKey: 'nonsense' }, /takes no public key/],
])('%j is no way to sign', async (signature, message) => {
  const { headers } = await gateway.keyOf(freshTenant(), 'admin');
  const payload = { name: 'a', role: 'viewer', signature };
  const { answer } = await send({ method: 'POST', url: '/api/keys', headers, payload });
  expect(answer.json()).toMatchObject({
    code: 'invalid_option',
    detail: expect.stringMatching(message),
  });
});

test('a private key that is sent by mistake is refused, and told to nobody', async () => {
  const { headers } = await gateway.keyOf(freshTenant(), 'admin');
  const pem = newPair().key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(createPrivateKey(pem).asymmetricKeyType).toBe('ed25519');
  const payload = {
    name: 'a',
    role: 'viewer',
    signature: { algorithm: 'ed25519', publicKey: pem },
  };
  const { answer, code } = await send({ method: 'POST', url: '/api/keys', headers, payload });
  expect(code).toBe('invalid_option');
  const secret = pem.split('\n')[1] ?? 'none';
  expect(answer.body).not.toContain(secret);
  expect(gateway.logged()).not.toContain(secret);
});

test('a signed request is repeated with its Idempotency-Key: each is signed anew, and one is done', async () => {
  const signer = await signingKey('ed25519');
  const repeated = async () => {
    const request = signed(signer, POSTED);
    const headers = {
      ...request.headers,
      'idempotency-key': '0b6d8f7e-2f4e-4b53-9c59-8d4a3f0f6a11',
    };
    return await send({ ...request, headers });
  };
  const [first, second] = [await repeated(), await repeated()];
  expect(second.answer.json()).toEqual(first.answer.json());
  expect(second.answer.headers['idempotency-replayed']).toBe('true');
});

test('a posted file is compared while it is read, and makes no job unless it is the one that was signed', async () => {
  const signer = await signingKey('ed25519');
  const asked = {
    method: 'POST',
    url: '/api/jobs?name=talk.txt',
    payload: 'Anna: We begin on Monday.\n',
    type: 'text/plain',
  } as const;
  const request = signed(signer, asked);
  const changed = await send({ ...request, payload: 'Anna: We begin on Sunday.\n' });
  expect([changed.status, changed.code]).toEqual([422, 'digest_mismatch']);
  const jobs = await send(signed(signer, { url: '/api/jobs' }));
  expect(jobs.answer.json()).toMatchObject({ jobs: [] });
  const whole = await send(signed(signer, asked));
  expect(whole.status).toBe(202);
});

test('a form is compared, with whatever stands behind its last part', async () => {
  const signer = await signingKey('ed25519');
  const form = [
    '--b',
    'content-disposition: form-data; name="model"',
    '',
    'no-such-model',
    '--b',
    'content-disposition: form-data; name="file"; filename="talk.wav"',
    '',
    'sound',
    '--b--',
    '',
  ].join('\r\n');
  const asked = {
    method: 'POST',
    url: '/v1/audio/transcriptions',
    payload: `${form}behind it`,
    type: 'multipart/form-data; boundary=b',
  } as const;
  const codeOf = async (request: InjectOptions) =>
    (await gateway.app.inject(request)).json<{ error: { code: string } }>().error.code;
  expect(
    await codeOf({ ...signed(signer, asked), payload: asked.payload.replace('no', 'ON') }),
  ).toBe('digest_mismatch');
  expect(await codeOf(signed(signer, asked))).toBe('model_not_found');
});

test('refused signatures leave a row without their content', async () => {
  const signer = await signingKey('ed25519');
  const request = signed(signer);
  await send(request);
  await send(request);
  const rows = await db
    .selectFrom('refusal')
    .select(['status', 'keyId', 'route'])
    .where('tenant', '=', signer.tenant)
    .execute();
  expect(rows).toEqual([{ status: 401, keyId: signer.keyId, route: '/api/keys' }]);
});

test('a key that asks too often uses no nonce up', async () => {
  await using limited = await testGateway({ requestsPerMinute: 1 });
  const signer = await signingKey('ed25519');
  expect((await send(signed(signer), limited)).status).toBe(200);
  const request = signed(signer);
  expect((await send(request, limited)).code).toBe('rate_limited');
  expect((await send(request)).status).toBe(200);
});

test('a key that was revoked says so to whoever signs with it, and to nobody else', async () => {
  const [signer, wrong] = [await signingKey('ed25519'), newPair().key];
  await (await gateway.services.apiKeys()).revoke(signer.tenant, signer.keyId);
  expect((await send(signed(signer))).code).toBe('key_revoked');
  expect((await send(signed({ ...signer, key: wrong }))).code).toBe('signature_invalid');
});

test('behind a proxy, what is signed is the address that clients know', async () => {
  await using proxied = await testGateway({
    env: { HANSARD_GATEWAY_URL: 'https://minutes.example.org' },
  });
  const signer = await signingKey('ed25519');
  const asked = async (url: string) => {
    const headers = signRequest({ method: 'GET', url: new URL(url), body: null }, signer);
    return await send({ url: '/api/keys', headers }, proxied);
  };
  expect((await asked('https://minutes.example.org/api/keys')).status).toBe(200);
  const { answer } = await asked('http://localhost/api/keys');
  expect(answer.json()).toMatchObject({
    code: 'signature_invalid',
    detail: expect.stringContaining('begins with https://minutes.example.org/'),
  });
});

test('whoever signs goes on while others behind the same address guess', async () => {
  await using guessed = await testGateway();
  const signer = await signingKey('ed25519');
  expect((await send(signed(signer), guessed)).status).toBe(200);
  const wrong = { ...signer, key: newPair().key };
  const codes = new Set<string | null>();
  for (let tries = 0; tries < 130; tries += 1) codes.add((await send(signed(wrong), guessed)).code);
  expect([...codes]).toEqual(['signature_invalid', 'rate_limited']);
  expect((await send(signed(signer), guessed)).status).toBe(200);
});
