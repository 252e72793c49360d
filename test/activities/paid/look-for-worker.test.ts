import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const look = (target: string, isPolled: boolean) => {
  const deps = { ...bench.deps, isPolled: () => Promise.resolve(isPolled) };
  const job = { tenant: 'default', jobId: 'a'.repeat(26) };
  return attempt(() => createActivities(deps).lookForWorker({ ...job, target }));
};
const UNSERVED = { isServed: false, lastTargetMs: 21_600_000 };

test('a target is served while a worker asks for its calls', async () => {
  expect(await look('whisper', true)).toEqual({ isServed: true });
  expect(await look('whisper', false)).toEqual(UNSERVED);
});

test('a target is served while a worker makes a call to it, and no longer than its lease', async () => {
  const claim = await bench.deps.ledger.claim({
    tenant: 'another',
    jobId: 'b'.repeat(26),
    runId: null,
    account: 'job',
    role: 'transcribe',
    workKey: randomBytes(32).toString('hex'),
    callKey: randomBytes(32).toString('hex'),
    target: 'busy',
    model: 'm',
    leaseMs: 30_000,
  });
  expect(claim.outcome).toBe('claimed');
  expect(await look('busy', false)).toEqual({ isServed: true });
  expect(await look('whisper', false)).toEqual(UNSERVED);
  await bench.db
    .updateTable('ledgerEntry')
    .set({ leaseUntil: sql<Date>`now() - interval '1 second'` })
    .where('target', '=', 'busy')
    .execute();
  expect(await look('busy', false)).toEqual(UNSERVED);
});
