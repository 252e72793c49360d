import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase, type Database } from '../../../adapters/database/create-database.ts';
import { createLedger } from '../../../adapters/database/create-ledger.ts';
import { keepLease } from '../../../adapters/paid-call/keep-lease.ts';
import { startSilentProxy, type SilentProxy } from '../../support/silent-proxy.ts';
import { testStack } from '../../support/stack.ts';

const DEADLINE_MS = 400;

async function behindProxy(): Promise<{ proxy: SilentProxy; db: Database; place: string }> {
  const proxy = await startSilentProxy(testStack().databaseUrl);
  onTestFinished(async () => await proxy[Symbol.asyncDispose]());
  const url = new URL(testStack().databaseUrl);
  url.port = String(proxy.port);
  const db = createDatabase({ url: url.href, maxConnections: 4, queryDeadlineMs: DEADLINE_MS });
  onTestFinished(() => db.destroy());
  return { proxy, db, place: `127.0.0.1:${proxy.port}/hansard` };
}

/** Opens several connections, which then lie idle in the pool. */
const warmUp = (db: Database) =>
  Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.02)`.execute(db)));

async function failure(query: Promise<unknown>): Promise<{ message: string; afterMs: number }> {
  const from = performance.now();
  const error: unknown = await query.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { message: String(error), afterMs: performance.now() - from };
}

const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('a pool with silent connections is closed at once, and leaves no socket that keeps the process', async () => {
  const { proxy, db } = await behindProxy();
  const before = openSockets();
  await warmUp(db);
  proxy.fallSilent();
  const from = performance.now();
  await db.destroy();
  expect(performance.now() - from).toBeLessThan(DEADLINE_MS);
  // The proxy's own, two for each connection.
  await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before + 2 * proxy.accepted()));
});

test('a query to a server that fell silent fails after the deadline, naming the server', async () => {
  const { proxy, db, place } = await behindProxy();
  await warmUp(db);
  proxy.fallSilent();
  const { message, afterMs } = await failure(sql`select 1`.execute(db));
  expect(message).toBe(
    `DatabaseUnreachableError: the database at ${place}: it gave no answer within 0.4 s. Check the network and the server's load.`,
  );
  expect(afterMs).toBeGreaterThanOrEqual(DEADLINE_MS - 1);
  expect(afterMs).toBeLessThan(DEADLINE_MS * 5);
});

test('after one failure no silent connection is used again', async () => {
  const { proxy, db } = await behindProxy();
  await warmUp(db);
  proxy.fallSilent();
  await failure(sql`select 1`.execute(db));
  proxy.carryNew();
  const answered = await Promise.all([1, 2, 3, 4].map(() => sql`select 1 as one`.execute(db)));
  expect(answered.flatMap(({ rows }) => rows)).toEqual([1, 2, 3, 4].map(() => ({ one: 1 })));
});

test('a lease outlives connections that fall silent while its call is in flight', async () => {
  const { proxy, db } = await behindProxy();
  const ledger = createLedger(db);
  const leaseMs = DEADLINE_MS * 5;
  const call = {
    tenant: `t${randomUUID().slice(0, 8)}`,
    jobId: 'a'.repeat(26),
    runId: null,
    account: 'job',
    role: 'transcribe',
    workKey: 'b'.repeat(64),
    callKey: randomBytes(32).toString('hex'),
    target: 'x',
    model: 'm',
    leaseMs,
  } as const;
  const claim = await ledger.claim(call);
  if (claim.outcome !== 'claimed') throw new Error('not claimed');
  await ledger.markSending(claim.entryId, leaseMs);
  using _lease = keepLease(ledger, claim.entryId, leaseMs);
  await warmUp(db);
  proxy.fallSilent();
  expect((await failure(ledger.claim(call))).message).toContain('gave no answer within');
  proxy.carryNew();
  // Longer than the lease that was renewed last before the silence.
  await sleep(leaseMs * 1.2);
  expect(await ledger.claim(call)).toMatchObject({ outcome: 'held' });
  await ledger.settle(claim.entryId, { state: 'failed', verdict: 'transient', usage: null });
});
