import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTraffic } from '../../../adapters/database/call-traffic.ts';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createLedger } from '../../../adapters/database/create-ledger.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { testStack } from '../../support/stack.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 2 });
const ledger = createLedger(db);
const tenant = `t${randomUUID().slice(0, 8)}`;
const target = `target-${tenant}`;
beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => {
  await db.deleteFrom('ledgerEntry').where('tenant', '=', tenant).execute();
  await db.destroy();
});

async function call(): Promise<string> {
  const claim = await ledger.claim({
    tenant,
    jobId: 'a'.repeat(26),
    runId: 'run-1',
    account: 'job',
    role: 'transcribe',
    workKey: randomUUID(),
    callKey: randomUUID(),
    target,
    model: 'whisper',
    leaseMs: 60_000,
    isSending: true,
  });
  if (claim.outcome !== 'claimed') throw new Error(`the claim was ${claim.outcome}`);
  return claim.entryId;
}

test('of each target it tells the calls under way, those of the last hour, and why the last one failed', async () => {
  const [answered, refused, lost] = [await call(), await call(), await call()];
  await call();
  const unused = { underWay: 0, answered: 0, failed: 0, answeredAt: null, failedAt: null };
  const traffic = async () => await callTraffic(db, [target, 'none']);
  expect(await traffic()).toEqual([
    { target, ...unused, underWay: 4, failure: null },
    { target: 'none', ...unused, failure: null },
  ]);
  await ledger.settle(answered, { state: 'accepted', verdict: null, usage: null });
  await ledger.settle(refused, { state: 'failed', verdict: 'billing', usage: null });
  expect((await traffic())[0]).toEqual({
    target,
    underWay: 2,
    answered: 1,
    failed: 1,
    answeredAt: expect.any(Date),
    failedAt: expect.any(Date),
    failure: 'billing',
  });
  // Whoever called died.
  await ledger.settle(lost, { state: 'in_doubt', verdict: null, usage: null });
  expect((await traffic())[0]).toMatchObject({ underWay: 1, failed: 2, failure: null });
  await db
    .updateTable('ledgerEntry')
    .set({ settledAt: new Date(Date.now() - 7_200_000) })
    .where('tenant', '=', tenant)
    .where('settledAt', 'is not', null)
    .execute();
  expect((await traffic())[0]).toMatchObject({ answered: 0, failed: 0 });
});
