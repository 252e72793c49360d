import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { jobInputKey, scratchChunkKey, sourceKey } from '../../../adapters/object-store/keys.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
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

/** A job during transcription: its row is running, one call is reserved and one in flight, chunks are in scratch. */
async function runningJob(tenant = 'default'): Promise<JobInput> {
  const { store, library, ledger } = bench.deps;
  const job = await bench.newJob(randomBytes(32), { tenant });
  const { jobId, source } = job;
  await library.submit({
    tenant,
    id: jobId,
    kind: 'minutes',
    workflowId: `minutes/${tenant}/${jobId}`,
    title: null,
    meetingDate: null,
    durationSeconds: 60,
    sourceSha256: source.sha256,
    sourceName: source.name,
  });
  await library.markRunning(tenant, jobId, 'run-1');
  await claim(job);
  const sending = await claim(job);
  await ledger.markSending(sending, 60_000);
  for (const index of [0, 1]) {
    await store.put(scratchChunkKey(tenant, jobId, index), 'flac', { contentType: 'audio/flac' });
  }
  return job;
}

async function claim({ tenant, jobId }: JobInput): Promise<string> {
  const claimed = await bench.deps.ledger.claim({
    tenant,
    jobId,
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
      attempt(() => createActivities(bench.deps).closeJob({ tenant, jobId, ...end }));
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
      isRunning: (workflowId) => Promise.resolve(running.includes(workflowId)),
    });
    expect(swept).toEqual({ releasedClaims: 0, inDoubt: 0, closedJobs: 2, deletedObjects: 4 });
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
    const swept = await sweep({ isRunning: () => Promise.resolve(true) });
    expect(swept).toEqual({ releasedClaims: 1, inDoubt: 1, closedJobs: 0, deletedObjects: 0 });
    expect(await stateOf(job)).toMatchObject({ status: 'running', claims: 0, scratch: 2 });
  });

  test('keeps the chunks and the row of a job that a retry starts meanwhile', async () => {
    const job = await runningJob();
    const answers = [false, true];
    const swept = await sweep({ isRunning: () => Promise.resolve(answers.shift() === true) });
    expect(swept).toMatchObject({ closedJobs: 0, deletedObjects: 0 });
    expect(await stateOf(job)).toMatchObject({ status: 'running', scratch: 2 });
  });

  test('does not treat an unreachable Temporal as an ended workflow', async () => {
    const job = await runningJob();
    const away = new Error('Temporal is away');
    await expect(sweep({ isRunning: () => Promise.reject(away) })).rejects.toBe(away);
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
    });
  });
});
