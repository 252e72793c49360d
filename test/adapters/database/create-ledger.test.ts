import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createLedger } from '../../../adapters/database/create-ledger.ts';
import { ledgerTries } from '../../../adapters/database/ledger-tries.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import type { Ticket } from '../../../adapters/inference/protocols/contract.ts';
import { LedgerEntryUnknownError, type LedgerState } from '../../../adapters/paid-call/ledger.ts';
import type { Usage } from '../../../workflows/contracts/stored-results.ts';
import { testStack } from '../../support/stack.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 20 });
const ledger = createLedger(db);
const tenant = `t${randomUUID().slice(0, 8)}`;
const jobId = 'a'.repeat(26);
const runId = 'run-1';
const other = `${tenant}-b`;
const LEASE_MS = 60_000;
const TICKET: Ticket = { id: 'r1', path: '/fal-ai/flux/requests/r1', phase: 'status' };
const usage: Usage = {
  inputTokens: 3_000_000_000,
  outputTokens: 20,
  audioSeconds: 12.5,
  images: null,
  computeSeconds: null,
};

beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => {
  await db.deleteFrom('ledgerEntry').where('tenant', 'in', [tenant, other]).execute();
  await db.destroy();
});

const newCall = () => ({
  tenant,
  jobId,
  runId,
  account: 'job' as const,
  role: 'transcribe' as const,
  workKey: randomBytes(32).toString('hex'),
  callKey: randomBytes(32).toString('hex'),
  target: `target-${randomUUID()}`,
  model: 'openai/whisper-base',
  leaseMs: LEASE_MS,
});

async function claimed(call: ReturnType<typeof newCall>) {
  const claim = await ledger.claim(call);
  if (claim.outcome !== 'claimed') throw new Error(`the claim was ${claim.outcome}`);
  return claim;
}
async function sending(call: ReturnType<typeof newCall>) {
  const claim = await claimed(call);
  expect(await ledger.markSending(claim.entryId, LEASE_MS)).toBe(true);
  return claim;
}
const rowsOf = async ({ callKey }: { callKey: string }, owner = tenant) =>
  await db
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('tenant', '=', owner)
    .where('callKey', '=', callKey)
    .orderBy('ordinal')
    .execute();
const statesOf = async (call: { callKey: string }, owner = tenant): Promise<LedgerState[]> =>
  (await rowsOf(call, owner)).map(({ state }) => state);
const letLeaseExpire = async ({ callKey }: { callKey: string }, owner = tenant) => {
  await db
    .updateTable('ledgerEntry')
    .set({ leaseUntil: sql`now() - interval '1 second'` })
    .where('tenant', '=', owner)
    .where('callKey', '=', callKey)
    .where('leaseUntil', 'is not', null)
    .execute();
};

test('one of twenty concurrent claims is granted, and the others get its remaining lease', async () => {
  for (let round = 0; round < 5; round += 1) {
    const call = newCall();
    const claims = await Promise.all(
      Array.from({ length: 20 }, async () => await ledger.claim(call)),
    );
    const held = claims.filter(({ outcome }) => outcome === 'held');
    expect(held).toHaveLength(19);
    for (const claim of held) {
      expect(claim).toHaveProperty(
        'leaseMs',
        expect.toSatisfy((ms) => ms > 0 && ms <= LEASE_MS),
      );
    }
    expect(await rowsOf(call)).toHaveLength(1);
  }
});

test('one of twenty concurrent claims on an expired lease is granted, and the expired row ends', async () => {
  const call = newCall();
  await sending(call);
  await letLeaseExpire(call);
  const claims = await Promise.all(
    Array.from({ length: 20 }, async () => await ledger.claim(call)),
  );
  expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  expect(await statesOf(call)).toEqual(['in_doubt', 'reserved']);
});

test('claims that end at once pass the call on, each with the next ordinal', async () => {
  const call = newCall();
  const ordinals: number[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const claim = await ledger.claim(call);
        if (claim.outcome === 'held') continue;
        ordinals.push(claim.ordinal);
        await ledger.release(claim.entryId);
        return;
      }
    }),
  );
  expect(ordinals.sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('the same call of another tenant is another call', async () => {
  const call = newCall();
  await claimed(call);
  await expect(ledger.claim({ ...call, tenant: other })).resolves.toMatchObject({ ordinal: 1 });
  expect((await ledger.countByState(other, jobId)).reserved).toBe(1);
});

test('an expired reservation is released and cannot be sent; an expired sending entry is in doubt', async () => {
  const reserved = newCall();
  const { entryId } = await claimed(reserved);
  const sent = newCall();
  await sending(sent);
  await letLeaseExpire(reserved);
  await letLeaseExpire(sent);
  const expired = await ledger.expireLeases();
  expect(expired.released).toBeGreaterThanOrEqual(1);
  expect(expired.inDoubt).toBeGreaterThanOrEqual(1);
  expect(await statesOf(reserved)).toEqual(['released']);
  expect(await statesOf(sent)).toEqual(['in_doubt']);
  await expect(ledger.markSending(entryId, LEASE_MS)).resolves.toBe(false);
});

test('a lease that is renewed does not expire', async () => {
  const call = newCall();
  const { entryId } = await sending(call);
  await letLeaseExpire(call);
  await ledger.renew(entryId, LEASE_MS);
  await ledger.expireLeases();
  expect(await statesOf(call)).toEqual(['sending']);
});

test('an accepted entry keeps its units and never changes its state', async () => {
  const call = newCall();
  const { entryId } = await sending(call);
  await ledger.settle(entryId, { state: 'accepted', verdict: null, usage });
  for (const state of ['rejected', 'failed', 'in_doubt', 'accepted'] as const) {
    await ledger.settle(entryId, { state, verdict: 'transient', usage: null });
  }
  await ledger.release(entryId);
  await letLeaseExpire(call);
  const [row] = await rowsOf(call);
  expect(row).toMatchObject({
    state: 'accepted',
    verdict: null,
    inputTokens: '3000000000',
    outputTokens: '20',
    audioSeconds: 12.5,
    images: null,
    nanoDollars: null,
    priceVersion: null,
    leaseUntil: null,
  });
  expect(await ledger.lastAcceptedAt(call.target)).toEqual(row?.settledAt);
  expect(await ledger.lastAcceptedAt('nobody')).toBeNull();
});

test('an entry in doubt is accepted once its answer is found', async () => {
  const call = newCall();
  const { entryId } = await sending(call);
  await ledger.settle(entryId, { state: 'in_doubt', verdict: 'transient', usage: null });
  await ledger.settle(entryId, { state: 'accepted', verdict: null, usage });
  expect(await statesOf(call)).toEqual(['accepted']);
});

test('a second accepted answer to one call is recorded as rejected', async () => {
  const call = newCall();
  const first = await sending(call);
  await ledger.settle(first.entryId, { state: 'accepted', verdict: null, usage });
  const second = await sending(call);
  await ledger.settle(second.entryId, { state: 'accepted', verdict: null, usage });
  expect(await statesOf(call)).toEqual(['accepted', 'rejected']);
});

test('settling an entry that was never sent, or does not exist, is an error', async () => {
  const { entryId } = await claimed(newCall());
  const end = { state: 'accepted', verdict: null, usage } as const;
  await expect(ledger.settle(entryId, end)).rejects.toThrow('never sent');
  for (const unknown of [
    `${tenant}/${randomUUID()}`,
    `other/${entryId.split('/')[1]}`,
    'nonsense',
  ]) {
    await expect(ledger.settle(unknown, end)).rejects.toThrow(LedgerEntryUnknownError);
  }
});

test('the end of a run releases its reservations and marks its sending entries as in doubt', async () => {
  const job = 'b'.repeat(26);
  const call = () => ({ ...newCall(), jobId: job });
  await claimed(call());
  await sending(call());
  await sending(call());
  const done = await sending(call());
  await ledger.settle(done.entryId, { state: 'failed', verdict: 'input', usage: null });
  await expect(ledger.releaseRun(tenant, job, runId)).resolves.toEqual({ released: 1, inDoubt: 2 });
  await expect(ledger.countByState(tenant, job)).resolves.toEqual({
    reserved: 0,
    sending: 0,
    submitted: 0,
    accepted: 0,
    rejected: 0,
    failed: 1,
    in_doubt: 2,
    released: 1,
  });
  await expect(ledger.releaseRun(tenant, job, runId)).resolves.toEqual({ released: 0, inDoubt: 0 });
});

test('the verdicts of a call are listed by attempt, from a time on, for one job', async () => {
  const call = newCall();
  for (const verdict of ['transient', 'provider_bug', 'transient'] as const) {
    const { entryId } = await sending(call);
    const state = verdict === 'provider_bug' ? 'rejected' : 'in_doubt';
    await ledger.settle(entryId, { state, verdict, usage: null });
  }
  const [, second] = await rowsOf(call);
  const long = new Date(0);
  await expect(ledger.verdictsSince(tenant, jobId, call.callKey, long)).resolves.toEqual([
    'transient',
    'provider_bug',
    'transient',
  ]);
  if (!second) throw new Error('three tries left fewer rows');
  await expect(
    ledger.verdictsSince(tenant, jobId, call.callKey, second.createdAt),
  ).resolves.toEqual(['provider_bug', 'transient']);
  await expect(ledger.verdictsSince(tenant, 'b'.repeat(26), call.callKey, long)).resolves.toEqual(
    [],
  );
});

test('the end of a run leaves the claims of another run of its job alone', async () => {
  const job = 'c'.repeat(26);
  const [old, later] = ['old', 'later'].map((run) => ({ ...newCall(), jobId: job, runId: run }));
  if (!old || !later) throw new Error('two calls');
  await sending(old);
  await sending(later);
  await expect(ledger.releaseRun(tenant, job, 'old')).resolves.toEqual({ released: 0, inDoubt: 1 });
  expect(await statesOf(later)).toEqual(['sending']);
});

test('a claim belongs to the run that takes queued work over', async () => {
  const call = newCall();
  const { entryId } = await sending(call);
  await ledger.keepTicket(entryId, TICKET);
  await ledger.park(entryId, 'loading');
  await claimed({ ...call, runId: 'later' });
  await ledger.releaseRun(tenant, jobId, runId);
  expect(await statesOf(call)).toEqual(['submitted']);
  await ledger.releaseRun(tenant, jobId, 'later');
  expect(await statesOf(call)).toEqual(['in_doubt']);
});

/** One database; job id, run id and call key are equal, and only the tenant differs. */
describe('two tenants with the same job and the same call', () => {
  const twoTenants = () => {
    const ours = { ...newCall(), jobId: randomBytes(13).toString('hex') };
    return { ours, theirs: { ...ours, tenant: other } };
  };

  test('the end of one run releases no claim of the other', async () => {
    const { ours, theirs } = twoTenants();
    await sending(ours);
    await sending(theirs);
    await ledger.releaseRun(tenant, ours.jobId, runId);
    expect(await statesOf(ours)).toEqual(['in_doubt']);
    expect(await statesOf(theirs, other)).toEqual(['sending']);
  });

  test('a claim ends no expired claim of the other', async () => {
    const { ours, theirs } = twoTenants();
    await sending(theirs);
    await letLeaseExpire(theirs, other);
    await claimed(ours);
    expect(await statesOf(theirs, other)).toEqual(['sending']);
  });

  test('a claim counts no tries of the other', async () => {
    const { ours, theirs } = twoTenants();
    for (let tries = 0; tries < 3; tries += 1) {
      const { entryId } = await sending(theirs);
      await ledger.settle(entryId, { state: 'failed', verdict: 'transient', usage: null });
    }
    await expect(ledger.claim(ours)).resolves.toMatchObject({ ordinal: 1 });
  });

  test('a held claim says what is left of its own lease', async () => {
    const { ours, theirs } = twoTenants();
    await claimed({ ...theirs, leaseMs: 3_600_000 });
    await claimed(ours);
    expect(await ledger.claim(ours)).toHaveProperty(
      'leaseMs',
      expect.toSatisfy((ms) => ms > 0 && ms <= LEASE_MS),
    );
    expect(await ledger.claim(theirs)).toHaveProperty(
      'leaseMs',
      expect.toSatisfy((ms) => ms > LEASE_MS),
    );
  });

  test('an explanation lists no tries of the other', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(theirs);
    await ledger.settle(entryId, { state: 'failed', verdict: 'transient', usage: null });
    await claimed({ ...theirs, jobId: randomBytes(13).toString('hex') });
    await claimed(ours);
    const asked = { callKeys: [ours.callKey], workKeys: [ours.workKey] };
    const tries = await ledgerTries(db, { tenant, jobId: ours.jobId }, asked);
    expect(tries.map(({ target, jobId: job }) => [target, job])).toEqual([
      [ours.target, ours.jobId],
    ]);
  });

  test('queued work of the other is not taken over', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(theirs);
    await ledger.keepTicket(entryId, TICKET);
    await ledger.park(entryId, 'loading');
    await expect(ledger.claim(ours)).resolves.toMatchObject({ outcome: 'claimed', ticket: null });
    expect(await statesOf(theirs, other)).toEqual(['submitted']);
  });

  test('queued work is taken over although the other has a later try of it', async () => {
    const { ours, theirs } = twoTenants();
    const first = await sending(theirs);
    await ledger.settle(first.entryId, { state: 'failed', verdict: 'transient', usage: null });
    for (const call of [ours, theirs]) {
      const { entryId } = await sending(call);
      await ledger.keepTicket(entryId, TICKET);
      await ledger.park(entryId, 'loading');
    }
    await expect(ledger.claim(ours)).resolves.toMatchObject({ ordinal: 1, ticket: TICKET });
  });

  test('queued work in doubt is taken over although the other has a living claim', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(ours);
    await ledger.keepTicket(entryId, TICKET);
    await ledger.releaseRun(tenant, ours.jobId, runId);
    await sending(theirs);
    await expect(ledger.claim(ours)).resolves.toMatchObject({ ticket: TICKET });
  });

  test('taking over queued work changes no row of the other', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(ours);
    await ledger.keepTicket(entryId, TICKET);
    await ledger.park(entryId, 'loading');
    const { entryId: foreign } = await sending(theirs);
    // Ids are unique in a tenant only.
    const id = entryId.split('/')[1] ?? '';
    await db
      .updateTable('ledgerEntry')
      .set({ id })
      .where('tenant', '=', other)
      .where('id', '=', foreign.split('/')[1] ?? '')
      .execute();
    await ledger.claim({ ...ours, runId: 'later' });
    expect(await rowsOf(theirs, other)).toMatchObject([{ state: 'sending', runId }]);
  });

  test('what happens to an entry happens to no entry of the other with its id', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(ours);
    await sending(theirs);
    const id = entryId.split('/')[1] ?? '';
    await db
      .updateTable('ledgerEntry')
      .set({ id })
      .where('tenant', '=', other)
      .where('callKey', '=', theirs.callKey)
      .execute();
    await ledger.settle(entryId, { state: 'accepted', verdict: null, usage });
    expect(await statesOf(ours)).toEqual(['accepted']);
    expect(await statesOf(theirs, other)).toEqual(['sending']);
  });

  test('verdicts and deaths of workers are counted for each', async () => {
    const { ours, theirs } = twoTenants();
    const { entryId } = await sending(theirs);
    await ledger.settle(entryId, { state: 'in_doubt', verdict: 'transient', usage: null });
    await sending(theirs);
    await letLeaseExpire(theirs, other);
    await ledger.expireLeases();
    const long = new Date(0);
    const call = [ours.jobId, ours.callKey, long] as const;
    await expect(ledger.verdictsSince(tenant, ...call)).resolves.toEqual([]);
    await expect(ledger.unjudgedSince(tenant, ...call)).resolves.toBe(0);
    await expect(ledger.verdictsSince(other, ...call)).resolves.toEqual(['transient']);
    await expect(ledger.unjudgedSince(other, ...call)).resolves.toBe(1);
  });

  test('deaths of workers are counted for one job and one call, from a time on', async () => {
    const { ours } = twoTenants();
    await sending(ours);
    await letLeaseExpire(ours);
    await ledger.expireLeases();
    // A living try has no verdict either.
    await sending(ours);
    const { jobId: job, callKey } = ours;
    await expect(ledger.unjudgedSince(tenant, job, callKey, new Date(0))).resolves.toBe(1);
    for (const elsewhere of [
      [tenant, 'd'.repeat(26), callKey, new Date(0)],
      [tenant, job, 'e'.repeat(64), new Date(0)],
      [tenant, job, callKey, new Date(Date.now() + 60_000)],
    ] as const) {
      await expect(ledger.unjudgedSince(...elsewhere)).resolves.toBe(0);
    }
  });

  test('entries are counted for each', async () => {
    const { ours, theirs } = twoTenants();
    await claimed(theirs);
    expect((await ledger.countByState(tenant, ours.jobId)).reserved).toBe(0);
  });
});
