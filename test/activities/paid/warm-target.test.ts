import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { attempt, openBench, type ProviderAnswer } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.provider.requests.length = 0;
  await bench.db.deleteFrom('ledgerEntry').execute();
});

const answerWith = (answer: ProviderAnswer) => {
  bench.provider.answer = () => Promise.resolve(answer);
};
const warm = (
  target: string,
  change: Partial<Dependencies> = {},
  startToCloseTimeoutMs = 120_000,
) =>
  attempt(() => createActivities({ ...bench.deps, ...change }).warmTarget({ target }), {
    startToCloseTimeoutMs,
  });
const books = () =>
  bench.db.selectFrom('ledgerEntry').select(['account', 'state', 'target']).execute();

/** A job's accepted answer, as of now. */
async function traffic(target: string): Promise<void> {
  const { ledger } = bench.deps;
  const claimed = await ledger.claim({
    tenant: 'default',
    jobId: 'a'.repeat(26),
    runId: 'run-1',
    account: 'job',
    role: 'transcribe',
    workKey: randomBytes(32).toString('hex'),
    callKey: randomBytes(32).toString('hex'),
    target,
    model: 'whisper',
    leaseMs: 60_000,
  });
  if (claimed.outcome !== 'claimed') throw new Error('the call is taken');
  await ledger.markSending(claimed.entryId, 60_000);
  await ledger.settle(claimed.entryId, { state: 'accepted', verdict: null, usage: null });
}

test.each(['whisper', 'mixtral', 'flux', 'judge'])(
  '%s is asked the smallest request of its task, booked to the account of warm-ups, each time again',
  async (target) => {
    answerWith({ status: 200, body: { any: 'answer' } });
    expect(await warm(target)).toEqual({ outcome: 'warm', status: 200 });
    expect(await warm(target)).toEqual({ outcome: 'warm', status: 200 });
    expect(bench.provider.requests).toHaveLength(2);
    expect(bench.provider.requests[0]?.body.length).toBeLessThan(10_000);
    // Nothing of its answer is kept, so it is none that a job could find.
    const row = { account: 'warm-up', state: 'rejected', target };
    expect(await books()).toEqual([row, row]);
    expect(await bench.keysBelow('default/')).toEqual([]);
  },
);

/** Makes every settled entry older. */
const age = (by: string) =>
  bench.db
    .updateTable('ledgerEntry')
    .set({ settledAt: sql<Date>`settled_at - ${by}::interval` })
    .execute();

test('a model that answered a job in the last four minutes is not asked; later it is', async () => {
  answerWith({ status: 200, body: { text: '', chunks: [] } });
  await traffic('whisper');
  // By the ledger's clock: a worker's may be wrong.
  const now = () => new Date(Date.now() + 3_600_000);
  await age('230 seconds');
  expect(await warm('whisper', { now })).toEqual({ outcome: 'skipped', status: null });
  expect(bench.provider.requests).toEqual([]);
  expect(await warm('flux', { now })).toMatchObject({ outcome: 'warm' });
  await age('11 seconds');
  expect(await warm('whisper', { now })).toMatchObject({ outcome: 'warm' });
  expect(bench.provider.requests).toHaveLength(2);
});

test('a warm-up is no traffic: the next one asks again', async () => {
  answerWith({ status: 200, body: { text: '', chunks: [] } });
  await warm('whisper');
  expect(await bench.deps.ledger.lastAcceptedAt('whisper')).toBeNull();
});

test.each([503, 401, 429, 404])(
  'a model that answers %i is cold, and nothing was billed',
  async (status) => {
    answerWith({ status, body: { error: 'loading', estimated_time: 20 } });
    expect(await warm('whisper')).toEqual({ outcome: 'cold', status });
    expect(await books()).toEqual([{ account: 'warm-up', state: 'failed', target: 'whisper' }]);
  },
);

test('a model that never answers is cold, and its call in doubt', async () => {
  bench.provider.answer = () => new Promise(() => undefined);
  expect(await warm('whisper', {}, 16_000)).toEqual({ outcome: 'cold', status: null });
  expect(await books()).toEqual([{ account: 'warm-up', state: 'in_doubt', target: 'whisper' }]);
});

test('work that the provider queued is warm, will be billed, and is not followed by the next warm-up', async () => {
  const target = { ...bench.targets.transcribe, contract: 'fal' as const };
  const { inference } = bench.deps;
  const roles = { ...inference.roles, transcribe: [target] };
  answerWith({ status: 200, body: { request_id: 'r1', status: 'IN_PROGRESS' } });
  // One second for the call: too short for the first question.
  const once = () => warm('whisper', { inference: { ...inference, roles } }, 16_000);
  expect(await once()).toEqual({ outcome: 'warm', status: null });
  expect(await once()).toEqual({ outcome: 'warm', status: null });
  const rows = await bench.db.selectFrom('ledgerEntry').select(['state', 'verdict']).execute();
  const row = { state: 'rejected', verdict: 'loading' };
  expect(rows).toEqual([row, row]);
  expect(bench.provider.requests.map(({ path }) => path.includes('/requests/'))).toEqual([
    false,
    false,
  ]);
});

test('the row of a warm-up that a closed gate refused, and the row of an answered one', async () => {
  answerWith({ status: 200, body: { text: '', chunks: [] } });
  const refuse = () =>
    Promise.resolve({
      admitted: false as const,
      waitMs: 5000,
      reason: 'failures' as const,
      closings: 1,
    });
  const gate = { ...bench.deps.gate, admit: refuse };
  expect(await warm('whisper', { gate })).toEqual({ outcome: 'cold', status: null });
  expect(await warm('whisper')).toEqual({ outcome: 'warm', status: 200 });
  const rows = await bench.db
    .selectFrom('ledgerEntry')
    .select(['account', 'state', 'verdict', 'ordinal', 'jobId'])
    .orderBy('ordinal')
    .execute();
  const row = { account: 'warm-up', jobId: 'warm-up/whisper' };
  expect(rows).toEqual([
    { ...row, state: 'failed', verdict: 'closed', ordinal: 1 },
    { ...row, state: 'rejected', verdict: null, ordinal: 2 },
  ]);
});

test('a target that this worker does not know is cold', async () => {
  expect(await warm('unknown')).toEqual({ outcome: 'cold', status: null });
  expect(bench.provider.requests).toEqual([]);
});

test('two warm-ups at once are one call', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<ProviderAnswer>();
  bench.provider.answer = () => answered;
  const first = warm('whisper');
  while (bench.provider.requests.length === 0) {
    await new Promise((passed) => setTimeout(passed, 10));
  }
  expect(await warm('whisper')).toEqual({ outcome: 'skipped', status: null });
  answer({ status: 200, body: { text: '', chunks: [] } });
  expect(await first).toMatchObject({ outcome: 'warm' });
  expect(bench.provider.requests).toHaveLength(1);
});

test('a request that the target cannot take fails with its remedy, and nothing is booked', async () => {
  const { inference } = bench.deps;
  const small = { ...bench.targets.transcribe, bodyBytes: 10 };
  const roles = { ...inference.roles, transcribe: [small] };
  await expect(warm('whisper', { inference: { ...inference, roles } })).rejects.toThrow(
    /whisper accepts 10 bytes, .* raise bodyBytes/,
  );
  expect(bench.provider.requests).toEqual([]);
  expect(await books()).toEqual([]);
});
