import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heardKey, jobInputKey } from '../../../../adapters/object-store/keys.ts';
import { registerSearchAttributes } from '../../../../adapters/temporal/search-attributes.ts';
import type { JobReference } from '../../../../workflows/contracts/jobs.ts';
import { jobInputSchema } from '../../../../workflows/contracts/job-input.ts';
import { freshNamespace, type FreshNamespace } from '../../../adapters/temporal/fresh-namespace.ts';
import { bundledWorkflows } from '../../../support/bundled-workflows.ts';
import { installQuietRuntime } from '../../../support/install-quiet-runtime.ts';
import { testStack } from '../../../support/stack.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { finishedJob } from './finished-job.ts';
import { openGateway } from './gateway-bench.ts';

/** More than one block of what is read at once. */
const HEARD = randomBytes(2_500_000);
const ID = 'a'.repeat(26);
const SHA256 = 'e'.repeat(64);
const tenant = freshTenant();
let place: FreshNamespace;
let gateway: Awaited<ReturnType<typeof openGateway>>;
beforeAll(async () => {
  place = await freshNamespace();
  await registerSearchAttributes(place.client);
  gateway = await openGateway(place.env, { patience: { answerMs: 300, callsMs: 300 } });
  await recordedJob(tenant);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

/** A job that was made of a recording. */
async function recordedJob(of: string): Promise<void> {
  await finishedJob(gateway.services, of, ID);
  const store = await gateway.services.store();
  const key = jobInputKey(of, ID);
  const input = await store.getJson(key, jobInputSchema);
  const { bytes } = input.source;
  const source = { kind: 'recording', name: 'a.amr', sha256: SHA256, bytes, durationSeconds: 60 };
  await store.putJson(key, { ...input, source });
}

const hear = async (headers: Record<string, string> = {}) =>
  await gateway.ask(tenant, `/jobs/${ID}/audio`, { headers });

test('until it is made, which one workflow does however many ask, the answer is 202', async () => {
  for (const answer of await Promise.all([hear(), hear()])) {
    expect(answer).toMatchObject({
      status: 202,
      headers: { 'retry-after': '5' },
      body: { id: ID, state: 'making' },
    });
  }
  const runs = [];
  for await (const run of place.client.workflow.list()) runs.push([run.type, run.workflowId]);
  expect(runs).toEqual([['playback', `playback/${tenant}/${SHA256}`]]);
  const store = await gateway.services.store();
  await store.put(heardKey(tenant, SHA256), HEARD, { contentType: 'audio/ogg' });
  expect((await hear()).status).toBe(200);
});

test('it is sent whole, as a download in which nothing runs', async () => {
  const { status, headers, bytes } = await hear();
  expect(status).toBe(200);
  expect(bytes.equals(HEARD)).toBe(true);
  expect(headers).toMatchObject({
    'content-type': 'audio/ogg',
    'content-length': '2500000',
    'accept-ranges': 'bytes',
    'content-disposition': 'attachment; filename="recording.ogg"',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
  });
  const known = await hear({ 'if-none-match': String(headers['etag']) });
  expect([known.status, known.bytes.length]).toEqual([304, 0]);
});

test('a part is sent to who asks for it', async () => {
  const part = await hear({ range: 'bytes=1048570-2097160' });
  expect(part).toMatchObject({
    status: 206,
    headers: { 'content-range': 'bytes 1048570-2097160/2500000', 'content-length': '1048591' },
  });
  expect(part.bytes.equals(HEARD.subarray(1_048_570, 2_097_161))).toBe(true);
  const last = await hear({ range: 'bytes=-5' });
  expect([last.status, last.bytes.toString('hex')]).toEqual([
    206,
    HEARD.subarray(-5).toString('hex'),
  ]);
  // What it was a part of is another by now: it has to begin anew.
  const other = await hear({ range: 'bytes=-5', 'if-range': '"another"' });
  expect([other.status, other.bytes.length]).toEqual([200, 2_500_000]);
});

test('HEAD says how long it is, and reads nothing', async () => {
  const answer = await gateway.app.inject({
    method: 'HEAD',
    url: `/api/jobs/${ID}/audio`,
    headers: { 'x-test-tenant': tenant },
  });
  expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([
    200,
    '2500000',
    '',
  ]);
});

test('a part that there is not, a transcript, and the job of another tenant are refused', async () => {
  expect(await hear({ range: 'bytes=2500000-' })).toMatchObject({ body: { name: 'ProblemError' } });
  const transcript = 'b'.repeat(26);
  await finishedJob(gateway.services, tenant, transcript);
  expect(await gateway.ask(tenant, `/jobs/${transcript}/audio`)).toMatchObject({
    body: { name: 'NoRecordingError' },
  });
  expect(await gateway.ask(freshTenant(), `/jobs/${ID}/audio`)).toMatchObject({
    body: { name: 'JobNotFoundError' },
  });
});

test('a recording of which nothing can be read is tried once, and one that a machine failed on again', async () => {
  installQuietRuntime();
  const own = freshTenant();
  await recordedJob(own);
  // Of other tenants too: what was begun above without a worker.
  const tries: string[] = [];
  const triesOf = (of: string) => tries.filter((one) => one === of).length;
  let failure = 'UnreadableAudioError';
  const connection = await NativeConnection.connect({ address: testStack().temporal.address });
  const { namespace } = place;
  const workflowBundle = await bundledWorkflows();
  const pipeline = await Worker.create({
    connection,
    namespace,
    workflowBundle,
    taskQueue: 'pipeline',
  });
  const storeHeard = ({ tenant: of }: JobReference) => {
    tries.push(of);
    throw ApplicationFailure.nonRetryable('nothing was decoded', failure);
  };
  const media = await Worker.create({
    connection,
    namespace,
    taskQueue: 'media',
    activities: { storeHeard },
  });
  await using patient = await openGateway(place.env, {
    patience: { answerMs: 30_000, callsMs: 300 },
  });
  const heard = async (tenantOf: string) =>
    (await patient.ask(tenantOf, `/jobs/${ID}/audio`)).body as object;
  await pipeline.runUntil(
    media.runUntil(async () => {
      for (let count = 0; count < 3; count += 1) {
        expect(await heard(own)).toMatchObject({ name: 'NoRecordingError' });
      }
      expect(triesOf(own)).toBe(1);
      const other = freshTenant();
      await recordedJob(other);
      failure = 'MediaMachineError';
      for (let count = 0; count < 2; count += 1) {
        expect(await heard(other)).toMatchObject({ name: 'NoRecordingError' });
      }
      expect(triesOf(other)).toBe(2);
    }),
  );
  await connection.close();
});
