import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../adapters/database/create-database.ts';
import { migrate } from '../../../../adapters/database/migrate.ts';
import { createUploads } from '../../../../adapters/database/uploads.ts';
import { jobInputKey, partUploadKey, sourceKey } from '../../../../adapters/object-store/keys.ts';
import { registerSearchAttributes } from '../../../../adapters/temporal/search-attributes.ts';
import { jobInputSchema } from '../../../../workflows/contracts/job-input.ts';
import { freshNamespace, type FreshNamespace } from '../../../adapters/temporal/fresh-namespace.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';
import { noise, put, sha256Of, uploader, type Upload } from './upload-bench.ts';

/** Files that come in parts to a real store. No worker runs: the jobs wait in their queue. */

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
let place: FreshNamespace;
let gateway: Awaited<ReturnType<typeof testGateway>>;
/** Two parts, the last one short. */
const recording = noise(9_000_000);

beforeAll(async () => {
  await migrate(db);
  place = await freshNamespace();
  await registerSearchAttributes(place.client);
  gateway = await testGateway({ env: place.env });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  await db.destroy();
});

async function keysBelow(tenant: string): Promise<string[]> {
  const keys = [];
  const store = await gateway.services.store();
  for await (const { key } of store.list(`${tenant}/`)) keys.push(key);
  return keys;
}

test('a client that lost its connection sends what is missing, and the job is that of the file posted whole', async () => {
  const tenant = freshTenant();
  const client = await uploader(gateway, tenant);
  const upload = await client.begin(recording, { sha256: sha256Of(recording) });
  expect(upload).toMatchObject({ state: 'open', partBytes: 8_388_608, parts: 2 });
  await client.send(upload, recording, [2]);

  const read = await client.ask('GET', `/uploads/${upload.id}`);
  expect(read.body).toMatchObject({ state: 'open', received: [2], bytes: 9_000_044 });
  const early = await client.ask('POST', `/uploads/${upload.id}/complete`);
  expect(early).toMatchObject({
    status: 409,
    body: {
      code: 'upload_incomplete',
      detail: expect.stringMatching(/^part 1 is missing/) as string,
    },
  });
  expect(await client.ask('POST', '/jobs', { upload: upload.id })).toMatchObject({
    status: 409,
    body: { code: 'upload_incomplete' },
  });

  await client.send(upload, recording, [1]);
  const complete = await client.ask('POST', `/uploads/${upload.id}/complete`);
  expect(complete).toMatchObject({ status: 200, body: { state: 'complete', received: [1, 2] } });
  const again = await client.ask('POST', `/uploads/${upload.id}/complete`);
  const { expiresAt: _, ...stays } = complete.body;
  expect(again).toMatchObject({ status: 200, body: stays });
  expect(await client.ask('POST', `/uploads/${upload.id}/parts`, { parts: [1] })).toMatchObject({
    status: 409,
    body: { code: 'upload_complete' },
  });

  const options = { title: 'Painting', language: 'en', image: false };
  const made = await client.ask('POST', '/jobs', { upload: upload.id, ...options });
  expect(made).toMatchObject({ status: 202, body: { reused: false } });
  const id = String(made.body['id']);
  const store = await gateway.services.store();
  const { source, title } = await store.getJson(jobInputKey(tenant, id), jobInputSchema);
  expect({ source, title }).toMatchObject({
    source: { kind: 'recording', name: 'talk.wav', sha256: sha256Of(recording), bytes: 9_000_044 },
    title: 'Painting',
  });
  const kept = await store.get(sourceKey(tenant, sha256Of(recording)));
  expect(recording.equals(kept)).toBe(true);
  // It is a source by now, and no upload any more that takes room or is listed.
  expect(await store.head(partUploadKey(tenant, upload.id))).toBeNull();
  expect((await client.ask('GET', '/uploads')).body).toEqual({ uploads: [] });

  const repeated = await client.ask('POST', '/jobs', { upload: upload.id, ...options });
  expect(repeated).toMatchObject({ status: 202, body: { id, reused: true } });
  const posted = await gateway.app.inject({
    method: 'POST',
    url: '/api/jobs?title=Painting&language=en&image=false',
    headers: { ...client.headers, 'content-type': 'audio/wav' },
    payload: recording,
  });
  expect(posted.json()).toMatchObject({ id, reused: true });
  const other = await client.ask('POST', '/jobs', { upload: upload.id });
  expect(other).toMatchObject({ status: 202, body: { reused: false } });
});

test('a recording that goes on is sent in whole parts, and its length is told at its end', async () => {
  const client = await uploader(gateway, freshTenant());
  const begun = await client.ask('POST', '/uploads', { name: 'talk.wav' });
  expect(begun).toMatchObject({ status: 201, body: { state: 'open', bytes: null, parts: null } });
  const upload = begun.body as unknown as Upload;
  expect(await client.addresses(upload, [1, 3814])).toMatchObject([
    { part: 1, bytes: 5_242_880 },
    { part: 3814, bytes: 5_242_880 },
  ]);
  expect(await client.ask('POST', `/uploads/${upload.id}/parts`, { parts: [3815] })).toMatchObject({
    status: 400,
    body: { code: 'invalid_option', detail: expect.stringMatching(/^there is no part 3815/) },
  });
  await client.send(upload, recording, [1]);
  const read = await client.ask('GET', `/uploads/${upload.id}`);
  expect(read.body).toMatchObject({ bytes: null, parts: null, received: [1] });
  expect(await client.ask('POST', `/uploads/${upload.id}/complete`)).toMatchObject({
    status: 409,
    body: { code: 'upload_incomplete', detail: expect.stringContaining('length') },
  });
  const tell = (bytes: number) => client.ask('POST', `/uploads/${upload.id}/length`, { bytes });
  expect(await tell(5_242_879)).toMatchObject({ status: 400, body: { code: 'invalid_option' } });
  expect(await tell(20_000_000_001)).toMatchObject({ status: 400 });
  const told = { status: 200, body: { bytes: 9_000_044, parts: 2, received: [1] } };
  expect(await tell(9_000_044)).toMatchObject(told);
  expect(await tell(9_000_044)).toMatchObject(told);
  expect(await tell(9_000_045)).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/^the upload has 9000044 bytes already/) },
  });
  await client.send(upload, recording, [2]);
  expect(await client.ask('POST', `/uploads/${upload.id}/complete`)).toMatchObject({
    status: 200,
    body: { state: 'complete', received: [1, 2] },
  });
  expect(await client.ask('POST', '/jobs', { upload: upload.id })).toMatchObject({ status: 202 });
});

test('who claims the digest of a recording that the tenant has is not given its job', async () => {
  const tenant = freshTenant();
  const client = await uploader(gateway, tenant);
  const talk = Buffer.from('Ann: We hire a painter.\nBob: Who books the hall?\n');
  const theirs = await client.upload(talk, { name: 'talk.txt', sha256: sha256Of(talk) });
  expect((await client.ask('POST', '/jobs', { upload: theirs.id })).status).toBe(202);
  const before = await keysBelow(tenant);
  const other = Buffer.from('Ann: We hire nobody.\n');
  const { id } = await client.upload(other, { name: 'talk.txt', sha256: sha256Of(talk) });
  expect(await client.ask('POST', '/jobs', { upload: id })).toMatchObject({
    status: 422,
    body: { code: 'digest_mismatch' },
  });
  expect(await keysBelow(tenant)).toEqual([...before, `${tenant}/uploads/${id}`].toSorted());
});

test('who asks twice at once for the same job is given it twice', async () => {
  const client = await uploader(gateway, freshTenant());
  const { id } = await client.upload(noise(64_000));
  const asked = [1, 2, 3].map(() => client.ask('POST', '/jobs', { upload: id }));
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
});

test('an upload that is no recording is refused as a posted file is', async () => {
  const client = await uploader(gateway, freshTenant());
  const nothing = Buffer.from('this is no sound at all');
  const { id } = await client.upload(nothing, { name: 'C:\\talks\\talk.m4a' });
  const posted = await gateway.app.inject({
    method: 'POST',
    url: '/api/jobs?name=talk.m4a',
    headers: { ...client.headers, 'content-type': 'audio/mp4' },
    payload: nothing,
  });
  const { status, body } = await client.ask('POST', '/jobs', { upload: id });
  const { requestId: _, ...told } = posted.json<Record<string, unknown>>();
  expect({ status, body }).toMatchObject({ status: 422, body: told });
  expect(body).toMatchObject({
    code: 'recording_unusable',
    detail: expect.stringMatching(/^talk\.m4a /) as string,
  });
  // Named as what it is, it is a transcript.
  const named = await client.ask('POST', '/jobs', { upload: id, name: 'talk.txt' });
  expect(named).toMatchObject({ status: 202, body: { reused: false } });
});

test('several uploads are one recording, in their order', async () => {
  const tenant = freshTenant();
  const client = await uploader(gateway, tenant);
  const [first, second] = [noise(64_000), noise(96_000)];
  const one = await client.upload(first, { name: 'one.wav' });
  const two = await client.upload(second, { name: 'two.wav' });
  const made = await client.ask('POST', '/jobs', { uploads: [two.id, one.id] });
  expect(made.status).toBe(202);
  const store = await gateway.services.store();
  const key = jobInputKey(tenant, String(made.body['id']));
  expect((await store.getJson(key, jobInputSchema)).source).toMatchObject({
    name: 'two.wav (+1)',
    durationSeconds: 5,
    files: [{ sha256: sha256Of(second) }, { sha256: sha256Of(first) }],
  });
});

test('what another tenant uploads is what nobody has', async () => {
  const [owner, other] = [freshTenant(), freshTenant()];
  const theirs = await (await uploader(gateway, owner)).upload(noise(64_000));
  const client = await uploader(gateway, other);
  const ways = (id: string) => [
    client.ask('GET', `/uploads/${id}`),
    client.ask('POST', `/uploads/${id}/parts`, { parts: [1] }),
    client.ask('POST', `/uploads/${id}/complete`),
    client.ask('POST', `/uploads/${id}/length`, { bytes: 9 }),
    client.ask('POST', '/jobs', { upload: id }),
    client.ask('POST', '/jobs', { uploads: [id] }),
    client.ask('DELETE', `/uploads/${id}`),
  ];
  const told = async (id: string) =>
    (await Promise.all(ways(id))).map(({ status, body }) => ({
      status,
      code: body['code'],
      body: { ...body, requestId: null },
    }));
  const answers = await told(theirs.id);
  expect(answers).toEqual(await told('00000000-0000-4000-8000-000000000000'));
  expect(answers).toEqual(await told('no id\u0000'));
  expect(answers.map(({ status, code }) => [status, code])).toEqual(
    Array.from({ length: 7 }, () => [404, 'upload_not_found']),
  );
  expect((await client.ask('GET', '/uploads')).body).toEqual({ uploads: [] });
  expect(await keysBelow(owner)).toEqual([`${owner}/uploads/${theirs.id}`]);
});

test('an address takes its part of its upload, of its length, and nothing else', async () => {
  const client = await uploader(gateway, freshTenant());
  const file = noise(9_000_000);
  const upload = await client.begin(file);
  const other = await client.begin(file);
  const [second] = await client.addresses(upload, [2]);
  const [ofOther] = await client.addresses(other, [2]);
  if (second === undefined || ofOther === undefined) throw new Error('there is no address');
  const part = file.subarray(upload.partBytes);
  const storeId = (url: string) => new URL(url).searchParams.get('uploadId') ?? '';
  const elsewhere = new URL(second.url);
  elsewhere.pathname = new URL(ofOther.url).pathname;
  const refused = [
    second.url.replace('partNumber=2', 'partNumber=1'),
    second.url.replace(storeId(second.url), storeId(ofOther.url)),
    elsewhere.href,
    second.url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604800'),
  ];
  for (const url of refused) expect([403, null]).toContain(await put(url, part));
  for (const body of [part.subarray(1), Buffer.concat([part, part])]) {
    expect([403, null]).toContain(await put(second.url, body));
  }
  for (const { id } of [upload, other]) {
    expect((await client.ask('GET', `/uploads/${id}`)).body).toMatchObject({ received: [] });
  }
  expect(await put(second.url, part)).toBe(200);
  expect((await client.ask('GET', `/uploads/${upload.id}`)).body).toMatchObject({ received: [2] });
  expect(await client.ask('POST', `/uploads/${upload.id}/parts`, { parts: [3] })).toMatchObject({
    status: 400,
    body: { code: 'invalid_option', detail: 'there is no part 3: the upload has 2' },
  });
});

test('the local store lets a page of another address send a part, and a page of none read', async () => {
  const client = await uploader(gateway, freshTenant());
  const file = noise(64_000);
  const upload = await client.begin(file);
  const [address] = await client.addresses(upload, [1]);
  const ask = async (method: string) =>
    await fetch(address?.url ?? '', {
      method: 'OPTIONS',
      headers: { origin: 'https://minutes.example', 'access-control-request-method': method },
    });
  const allowed = await ask('PUT');
  expect(allowed.status).toBe(200);
  expect(['*', 'https://minutes.example']).toContain(
    allowed.headers.get('access-control-allow-origin'),
  );
  expect((await ask('GET')).status).toBe(403);
});

test('of an upload that was ended nothing is left, and its addresses take nothing any more', async () => {
  const tenant = freshTenant();
  const client = await uploader(gateway, tenant);
  const file = noise(64_000);
  const open = await client.begin(file);
  const [address] = await client.addresses(open, [1]);
  expect(await put(address?.url ?? '', file)).toBe(200);
  const complete = await client.upload(file);
  for (const { id } of [open, complete]) {
    expect((await client.ask('DELETE', `/uploads/${id}`)).status).toBe(204);
    for (const answer of [
      await client.ask('GET', `/uploads/${id}`),
      await client.ask('POST', `/uploads/${id}/complete`),
      await client.ask('DELETE', `/uploads/${id}`),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'upload_not_found' } });
    }
  }
  expect(await put(address?.url ?? '', file)).toBe(404);
  expect(await keysBelow(tenant)).toEqual([]);
});

test('a key and a tenant have room for so many uploads at once', async () => {
  const tenant = freshTenant();
  const uploads = createUploads(db);
  const add = async (count: number, keyId: string) => {
    for (let index = 0; index < count; index += 1) {
      const row = await uploads.create(
        {
          id: crypto.randomUUID(),
          tenant,
          keyId,
          name: 'talk.wav',
          bytes: 1,
          partBytes: 8_388_608,
          contentType: null,
          claimedSha256: null,
        },
        { ofKey: 100, ofTenant: 100 },
        60,
      );
      if (row === null) throw new Error('there is no room');
    }
  };
  const client = await uploader(gateway, tenant);
  const begun = await client.begin(recording);
  await add(19, client.keyId);
  const more = { name: 'talk.wav', bytes: 1 };
  const refused = { status: 409, body: { code: 'too_many_uploads' } };
  expect(await client.ask('POST', '/uploads', more)).toMatchObject(refused);
  const second = await uploader(gateway, tenant, 'another one');
  await add(79, 'somebody else');
  const last = await second.begin(recording);
  expect(await second.ask('POST', '/uploads', more)).toMatchObject(refused);
  await second.ask('DELETE', `/uploads/${begun.id}`);
  await second.ask('DELETE', `/uploads/${last.id}`);
  expect((await client.ask('POST', '/uploads', more)).status).toBe(201);
});

test.each([
  [{ name: 'a.wav', bytes: 0 }, 'body/bytes'],
  [{ name: 'a.wav', bytes: 20_000_000_001 }, 'body/bytes'],
  [{ name: 'a.wav', bytes: 1, sha256: 'A'.repeat(64) }, 'body/sha256'],
  [{ bytes: 1 }, 'body/name'],
])('%j begins no upload', async (payload, at) => {
  const client = await uploader(gateway, freshTenant());
  expect(await client.ask('POST', '/uploads', payload)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ place: at }] },
  });
});

test.each([
  [{ upload: 'x', uploads: ['y'] }, 'body'],
  [{ upload: 'x', image: 'no' }, 'body/image'],
  [{ upload: 'x', aprove: true }, 'body'],
  [{ uploads: ['x', 'y'], name: 'z.wav' }, 'body/name'],
])('%j is no request for a job', async (payload, at) => {
  const client = await uploader(gateway, freshTenant());
  expect(await client.ask('POST', '/jobs', payload)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ place: at }] },
  });
});

test('JSON without uploads is a transcript still, of any size', async () => {
  const client = await uploader(gateway, freshTenant());
  const segments = Array.from({ length: 9_000 }, (_, index) => ({
    id: `s${index + 1}`,
    start: index,
    end: index + 1,
    speaker: 'Ann',
    language: 'en',
    text: 'We decided to hire a painter.',
  }));
  const transcript = { schemaVersion: 1, language: 'en', durationSeconds: 9_000, segments };
  expect(JSON.stringify(transcript).length).toBeGreaterThan(262_144);
  const made = await client.ask('POST', '/jobs', transcript);
  expect(made).toMatchObject({ status: 202, body: { reused: false } });
});
