import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createWebhookEndpoints } from '../../../adapters/database/webhooks/endpoints.ts';
import {
  jobInputKey,
  partUploadKey,
  scratchChunkKey,
  scratchPrefix,
  sharedScratchPrefix,
  sourceKey,
} from '../../../adapters/object-store/keys.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { DeliveryReference } from '../../../workflows/contracts/webhooks.ts';
import { attempt, openBench } from '../activity-bench.ts';

/** The two ways to clean up a job: at its end, and by the sweep after its run was terminated. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.db.deleteFrom('job').execute();
  await bench.db.deleteFrom('ledgerEntry').execute();
});

const RUN = 'a0000000-0000-4000-8000-000000000001';
const LATER_RUN = 'a0000000-0000-4000-8000-000000000002';

/** Temporal's word on the latest run of every workflow. */
const latestIs =
  (runId: string, isRunning = true): Dependencies['latestRun'] =>
  () =>
    Promise.resolve({ runId, isRunning });

/** A job during transcription: its row is running, one call is reserved and one in flight, chunks are in scratch. */
async function runningJob(tenant = 'default', jobId?: string): Promise<JobInput> {
  const job = await bench.newJob(randomBytes(32), { tenant, ...(jobId && { jobId }) });
  await bench.submit(job);
  await run(job, RUN);
  return job;
}

/** What a run does until it transcribes. */
async function run(job: JobInput, runId: string): Promise<void> {
  const { tenant, jobId } = job;
  const deps = { ...bench.deps, latestRun: latestIs(runId) };
  await attempt(() => createActivities(deps).startJob({ tenant, jobId, runId }));
  await claim(job, runId);
  const sending = await claim(job, runId);
  await deps.ledger.markSending(sending, 60_000);
  for (const index of [0, 1]) {
    const key = scratchChunkKey(scratchPrefix(tenant, jobId, runId), index);
    await deps.store.put(key, 'flac', { contentType: 'audio/flac' });
  }
}

async function claim({ tenant, jobId }: JobInput, runId: string): Promise<string> {
  const claimed = await bench.deps.ledger.claim({
    tenant,
    jobId,
    runId,
    account: 'job',
    role: 'transcribe',
    workKey: randomBytes(32).toString('hex'),
    callKey: randomBytes(32).toString('hex'),
    target: 'whisper',
    model: 'whisper',
    leaseMs: 60_000,
  });
  if (claimed.outcome !== 'claimed') throw new Error('the call is taken');
  return claimed.entryId;
}

async function stateOf({ tenant, jobId }: JobInput) {
  const row = await bench.deps.library.find(tenant, jobId);
  const counts = await bench.deps.ledger.countByState(tenant, jobId);
  const keys = await bench.keysBelow(`${tenant}/jobs/${jobId}/`);
  return {
    status: row?.status,
    result: row?.result,
    failure: row?.failure,
    claims: counts.reserved + counts.sending,
    inDoubt: counts.in_doubt,
    released: counts.released,
    scratch: keys.filter((key) => key.includes('/scratch/')).length,
  };
}

/** The states of a run's claims that live. */
async function claimsOf({ tenant, jobId }: JobInput, runId: string): Promise<string[]> {
  const rows = await bench.db
    .selectFrom('ledgerEntry')
    .select('state')
    .where('tenant', '=', tenant)
    .where('jobId', '=', jobId)
    .where('runId', '=', runId)
    .where('state', 'in', ['reserved', 'sending'])
    .orderBy('state')
    .execute();
  return rows.map(({ state }) => state);
}

const untouched = {
  status: 'running',
  result: null,
  failure: null,
  claims: 2,
  inDoubt: 0,
  released: 0,
  scratch: 2,
};
const cleared = { claims: 0, inDoubt: 1, released: 1, scratch: 0 };

describe('closing a job', () => {
  test.each([
    { status: 'completed', result: 'partial', failure: null },
    { status: 'cancelled', result: null, failure: null },
    {
      status: 'failed',
      result: null,
      failure: { type: 'NoSpeech', message: 'no speech was found' },
    },
  ] as const)('$status: claims freed, scratch deleted, the row completed', async (end) => {
    const [job, sibling] = [await runningJob(), await runningJob()];
    const { tenant, jobId, source } = job;
    const close = () =>
      attempt(() => createActivities(bench.deps).closeJob({ tenant, jobId, runId: RUN, ...end }));
    await close();
    const { failure, ...said } = end;
    expect(await stateOf(job)).toEqual({ ...cleared, ...said, failure: failure?.type ?? null });
    // Input and source stay, and so do the objects of another job.
    expect(await bench.deps.store.head(jobInputKey(tenant, jobId))).not.toBeNull();
    expect(await bench.deps.store.head(sourceKey(tenant, source.sha256))).not.toBeNull();
    expect(await stateOf(sibling)).toEqual(untouched);

    // Temporal may run it again.
    await close();
    expect(await stateOf(job)).toMatchObject(cleared);
  });

  test('a worker that dies before the end is told has it told when the activity runs again', async () => {
    const job = await runningJob();
    const { tenant, jobId } = job;
    const endpoints = createWebhookEndpoints(bench.db);
    const url = 'https://hooks.example/';
    const made = await endpoints.create(tenant, { url, events: ['job.completed'] });
    const started: DeliveryReference[] = [];
    const close = (startDelivery: Dependencies['startDelivery']) =>
      attempt(() =>
        createActivities({ ...bench.deps, startDelivery }).closeJob({
          tenant,
          jobId,
          runId: RUN,
          status: 'completed',
          result: 'complete',
          failure: null,
        }),
      );
    await expect(close(() => Promise.reject(new Error('Temporal is away')))).rejects.toThrow(
      'away',
    );
    const start = (message: DeliveryReference) => Promise.resolve(void started.push(message));
    await close(start);
    expect(started).toEqual([
      { tenant, deliveryId: expect.stringMatching(/^msg_[0-9a-f]{32}$/) as string, replays: 0 },
    ]);
    // Tried, it is the business of its own workflow.
    const [message] = started;
    if (message === undefined) throw new Error('nothing was started');
    await bench.deps.deliveries.wait(message, { status: 500, error: null }, 5_000);
    await close(start);
    expect(started).toHaveLength(1);
    await endpoints.remove(tenant, made?.row.id ?? '');
  });

  const failed = {
    status: 'failed',
    result: null,
    failure: { type: 'Old', message: 'the old run' },
  } as const;
  const close = (
    { tenant, jobId }: JobInput,
    runId: string,
    latestRun: Dependencies['latestRun'],
  ) =>
    attempt(() =>
      createActivities({ ...bench.deps, latestRun }).closeJob({ tenant, jobId, runId, ...failed }),
    );

  test('a late end of an old run leaves row, claims and scratch of the new run alone', async () => {
    const job = await runningJob();
    await bench.deps.ledger.releaseRun(job.tenant, job.jobId, RUN);
    await bench.submit(job);
    await close(job, RUN, latestIs(LATER_RUN));
    // The new run has not begun.
    expect(await stateOf(job)).toMatchObject({ status: 'submitted', failure: null });

    await run(job, LATER_RUN);
    await close(job, RUN, latestIs(LATER_RUN));
    expect(await stateOf(job)).toMatchObject({ status: 'running', failure: null, scratch: 2 });
    expect(await claimsOf(job, LATER_RUN)).toEqual(['reserved', 'sending']);
  });

  test('a run that was cancelled before its first activity ends the row that an older run had', async () => {
    const job = await runningJob();
    await bench.submit(job);
    await close(job, LATER_RUN, latestIs(LATER_RUN));
    expect(await stateOf(job)).toMatchObject({ status: 'failed', failure: 'Old' });
    expect(await bench.deps.library.find(job.tenant, job.jobId)).toMatchObject({
      runId: LATER_RUN,
    });
  });

  test("of two tenants with the same job id and the same run id, one's end is not the other's", async () => {
    const job = await runningJob();
    const theirs = await runningJob('other', job.jobId);
    await close(job, RUN, latestIs(RUN));
    expect(await stateOf(job)).toMatchObject(cleared);
    expect(await stateOf(theirs)).toEqual(untouched);
  });

  test('scratch of a run that began before scratch was kept by run is deleted too', async () => {
    const job = await runningJob();
    const shared = sharedScratchPrefix(job.tenant, job.jobId);
    await bench.deps.store.put(scratchChunkKey(shared, 0), 'flac', { contentType: 'audio/flac' });
    await close(job, RUN, latestIs(RUN));
    expect(await stateOf(job)).toMatchObject({ scratch: 0 });
  });
});

describe('starting a job', () => {
  const start = ({ tenant, jobId }: JobInput, runId: string, latest: string) =>
    attempt(() =>
      createActivities({ ...bench.deps, latestRun: latestIs(latest) }).startJob({
        tenant,
        jobId,
        runId,
      }),
    );

  test('deletes the scratch that a terminated run left, and leaves its calls to their leases', async () => {
    const job = await runningJob();
    await bench.submit(job);
    await start(job, LATER_RUN, LATER_RUN);
    expect(await stateOf(job)).toMatchObject({ status: 'running', claims: 2, scratch: 0 });
  });

  test('a late start of an old run does not take the row from the new one', async () => {
    const job = await runningJob();
    await bench.submit(job);
    await run(job, LATER_RUN);
    await expect(start(job, RUN, LATER_RUN)).rejects.toMatchObject({ type: 'Superseded' });
    // Even if Temporal was asked just before the new run began.
    const { library } = bench.deps;
    const stale = { ...job, id: job.jobId, status: 'submitted', runId: RUN } as const;
    await expect(library.beginRun(stale, RUN)).resolves.toBe(false);
    expect(await stateOf(job)).toMatchObject({ status: 'running', claims: 4, scratch: 2 });
    expect(await library.find(job.tenant, job.jobId)).toMatchObject({ runId: LATER_RUN });
  });

  test('the row of a job that the sweep gave up between its submission and its start runs again', async () => {
    const job = await bench.newJob();
    await bench.submit(job);
    const row = await bench.deps.library.find(job.tenant, job.jobId);
    if (row === null) throw new Error('there is no row');
    const failure = { type: 'Abandoned', message: 'no run' };
    await bench.deps.library.endSeen(row, { status: 'failed', failure });
    await start(job, RUN, RUN);
    expect(await bench.deps.library.find(job.tenant, job.jobId)).toMatchObject({
      status: 'running',
      failure: null,
      endedAt: null,
    });
  });
});

describe('the sweep', () => {
  const anHourLater: Dependencies['now'] = () => new Date(Date.now() + 3_600_000);
  const sweep = (change: Partial<Dependencies>) =>
    attempt(() =>
      createActivities({ ...bench.deps, now: anHourLater, ...change }).sweepAbandoned(),
    );

  test('closes rows without a running workflow, and no others, for every tenant', async () => {
    const dead = await runningJob();
    const living = [await runningJob(), await runningJob('other')];
    const deadElsewhere = await runningJob('other');
    const running = living.map(({ tenant, jobId }) => `minutes/${tenant}/${jobId}`);
    const swept = await sweep({
      latestRun: (workflowId) =>
        Promise.resolve({ runId: RUN, isRunning: running.includes(workflowId) }),
    });
    expect(swept).toEqual({
      releasedClaims: 0,
      inDoubt: 0,
      closedJobs: 2,
      deletedObjects: 4,
      expiredRecords: 0,
      removedUploads: 0,
    });
    for (const job of [dead, deadElsewhere]) {
      expect(await stateOf(job)).toMatchObject({
        ...cleared,
        status: 'failed',
        failure: 'Abandoned',
      });
    }
    for (const job of living) expect(await stateOf(job)).toEqual(untouched);
  });

  test('does not close a row whose client may be about to start its workflow', async () => {
    const job = await runningJob();
    const swept = await sweep({ now: () => new Date() });
    expect(swept).toMatchObject({ closedJobs: 0, deletedObjects: 0 });
    expect(await stateOf(job)).toEqual(untouched);
  });

  test('ends claims with an expired lease, also those of a running job', async () => {
    const job = await runningJob();
    await bench.db
      .updateTable('ledgerEntry')
      .set({ leaseUntil: sql`now() - interval '1 second'` })
      .execute();
    const swept = await sweep({ latestRun: latestIs(RUN) });
    expect(swept).toEqual({
      releasedClaims: 1,
      inDoubt: 1,
      closedJobs: 0,
      deletedObjects: 0,
      expiredRecords: 0,
      removedUploads: 0,
    });
    expect(await stateOf(job)).toMatchObject({ status: 'running', claims: 0, scratch: 2 });
  });

  test('keeps the claims, the chunks and the row of a job that a retry starts meanwhile', async () => {
    const job = await runningJob();
    const swept = await sweep({
      latestRun: async () => {
        // Right after Temporal has said that the old run is over.
        await bench.submit(job);
        await run(job, LATER_RUN);
        return { runId: RUN, isRunning: false };
      },
    });
    expect(swept).toMatchObject({ closedJobs: 0 });
    expect(await stateOf(job)).toMatchObject({ status: 'running', scratch: 2 });
    expect(await claimsOf(job, RUN)).toEqual([]);
    expect(await claimsOf(job, LATER_RUN)).toEqual(['reserved', 'sending']);
    expect(await bench.deps.library.find(job.tenant, job.jobId)).toMatchObject({
      runId: LATER_RUN,
    });
  });

  test('keeps the row of a job that is submitted meanwhile', async () => {
    const job = await runningJob();
    const swept = await sweep({
      latestRun: async () => {
        await bench.submit(job);
        return null;
      },
    });
    expect(swept).toMatchObject({ closedJobs: 0 });
    expect(await stateOf(job)).toMatchObject({ status: 'submitted', failure: null });
  });

  test('of two tenants with the same job id and the same run id, it clears the dead one', async () => {
    const job = await runningJob();
    const theirs = await runningJob('other', job.jobId);
    const isOurs = (workflowId: string) => workflowId.startsWith(`minutes/${job.tenant}/`);
    await sweep({
      latestRun: (workflowId) => Promise.resolve({ runId: RUN, isRunning: !isOurs(workflowId) }),
    });
    expect(await stateOf(job)).toMatchObject({ ...cleared, status: 'failed' });
    expect(await stateOf(theirs)).toEqual(untouched);
  });

  test('does not treat an unreachable Temporal as an ended workflow', async () => {
    const job = await runningJob();
    const away = new Error('Temporal is away');
    await expect(sweep({ latestRun: () => Promise.reject(away) })).rejects.toBe(away);
    expect(await stateOf(job)).toEqual(untouched);
  });

  test('finds nothing the second time', async () => {
    await runningJob();
    expect((await sweep({})).closedJobs).toBe(1);
    expect(await sweep({})).toEqual({
      releasedClaims: 0,
      inDoubt: 0,
      closedJobs: 0,
      deletedObjects: 0,
      expiredRecords: 0,
      removedUploads: 0,
    });
  });

  test('removes uploads that nobody went on with, of every tenant, and no others', async () => {
    const { uploads, partUploads, store } = bench.deps;
    const begun = async (tenant: string, id: string) => {
      const file = { name: 'talk.wav', bytes: 4, partBytes: 8_388_608, contentType: null };
      const upload = { ...file, id, tenant, keyId: 'k', claimedSha256: null };
      await uploads.create(upload, { ofKey: 9, ofTenant: 9 }, 3_600);
      const key = partUploadKey(tenant, id);
      const storeUploadId = await partUploads.begin(key);
      await uploads.begun(tenant, id, storeUploadId);
      const asked = { part: 1, bytes: 4, seconds: 60 };
      const url = await partUploads.addressOf(key, storeUploadId, asked);
      expect((await fetch(url, { method: 'PUT', body: 'talk' })).status).toBe(200);
      return {
        complete: async () => {
          const parts = await partUploads.list(key, storeUploadId);
          await partUploads.complete(key, storeUploadId, { parts: parts ?? new Map(), bytes: 4 });
          await uploads.complete(tenant, id);
        },
        expire: async () => {
          await bench.db
            .updateTable('upload')
            .set({ expiresAt: sql`now() - interval '1 second'` })
            .where('id', '=', id)
            .execute();
        },
        left: async () => ({
          parts: (await partUploads.list(key, storeUploadId))?.size ?? null,
          object: (await store.head(key)) !== null,
          row: (await bench.db.selectFrom('upload').where('id', '=', id).selectAll().execute())
            .length,
        }),
      };
    };
    const [open, complete, living, aborted] = [
      await begun('default', 'a0000000-0000-4000-8000-000000000001'),
      await begun('other', 'a0000000-0000-4000-8000-000000000002'),
      await begun('default', 'a0000000-0000-4000-8000-000000000003'),
      await begun('default', 'a0000000-0000-4000-8000-000000000004'),
    ];
    await complete.complete();
    await uploads.abort('default', 'a0000000-0000-4000-8000-000000000004');
    for (const one of [open, complete, aborted]) await one.expire();
    expect(await complete.left()).toEqual({ parts: null, object: true, row: 1 });
    expect(await aborted.left()).toEqual({ parts: 1, object: false, row: 1 });
    // Also where more have expired than are listed at once.
    const fewAtOnce = { ...uploads, listExpired: async () => await uploads.listExpired(2) };
    expect(await sweep({ uploads: fewAtOnce })).toMatchObject({ removedUploads: 3 });
    for (const one of [open, complete, aborted]) {
      expect(await one.left()).toEqual({ parts: null, object: false, row: 0 });
    }
    expect(await living.left()).toEqual({ parts: 1, object: false, row: 1 });
  });

  test('has the end of a job that it closes told at once, also while the store removes no uploads', async () => {
    const job = await runningJob();
    const { tenant } = job;
    const endpoints = createWebhookEndpoints(bench.db);
    const url = 'https://hooks.example/';
    const made = await endpoints.create(tenant, { url, events: ['job.failed'] });
    const id = 'a0000000-0000-4000-8000-000000000005';
    const file = { name: 'talk.wav', bytes: 4, partBytes: 8_388_608, contentType: null };
    const upload = { ...file, id, tenant, keyId: 'k', claimedSha256: null };
    await bench.deps.uploads.create(upload, { ofKey: 99, ofTenant: 99 }, 0);
    const refused = new Error('access denied');
    const started: DeliveryReference[] = [];
    await expect(
      sweep({
        partUploads: { ...bench.deps.partUploads, remove: () => Promise.reject(refused) },
        startDelivery: (message) => Promise.resolve(void started.push(message)),
      }),
    ).rejects.toBe(refused);
    expect(started).toEqual([
      { tenant, deliveryId: expect.stringMatching(/^msg_[0-9a-f]{32}$/) as string, replays: 0 },
    ]);
    await bench.deps.uploads.remove({ tenant, id });
    await endpoints.remove(tenant, made?.row.id ?? '');
  });
});
