import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createLedger } from '../../../adapters/database/create-ledger.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';
import { ensureBucket } from '../../../adapters/object-store/ensure-bucket.ts';
import { jobHome, resultKey } from '../../../adapters/object-store/keys.ts';
import {
  executePaidCall,
  type PaidCall,
  type PaidCallDependencies,
  type ReadyCall,
} from '../../../adapters/paid-call/execute-paid-call.ts';
import type { LedgerState } from '../../../adapters/paid-call/ledger.ts';
import { testStack } from '../../support/stack.ts';

const JOB_ID = 'a'.repeat(26);
export const RUN_ID = 'run-1';
export const USAGE = {
  inputTokens: 10,
  outputTokens: 5,
  audioSeconds: null,
  images: null,
  computeSeconds: null,
};

/** A call that needs no preparation. */
export type TestCall = Omit<PaidCall<string>, 'prepare'> & ReadyCall<string>;

export const execute = async (deps: PaidCallDependencies, call: TestCall) =>
  await executePaidCall(deps, { ...call, prepare: async () => await Promise.resolve(call) });

/** Real books and a real store, a tenant of its own, and a provider that counts what it bills. */
export async function openBench() {
  const options = { ...testStack().s3, forcePathStyle: true };
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 12 });
  await ensureBucket(options);
  await migrate(db);
  const store = createObjectStore(options);
  const ledger = createLedger(db);
  const tenant = `t${randomUUID().slice(0, 8)}`;
  const home = jobHome(tenant, JOB_ID);
  const deps: PaidCallDependencies = { ledger, store, now: () => new Date() };

  return {
    db,
    store,
    ledger,
    home,
    deps,

    /** A call that nobody made before. */
    newCall: (change: Partial<TestCall> = {}): TestCall => ({
      tenant,
      jobId: JOB_ID,
      runId: RUN_ID,
      account: 'job',
      role: 'summarize',
      home,
      workKey: randomBytes(32).toString('hex'),
      callKey: randomBytes(32).toString('hex'),
      target: { name: 'mixtral', contract: 'openai', model: 'mixtral-8x7b', label: null },
      leaseMs: 60_000,
      perform: async () => await Promise.resolve(performed('the answer')),
      accept: async (text) => await Promise.resolve({ text }),
      signal: new AbortController().signal,
      ...change,
    }),

    run: async (call: TestCall) => await execute(deps, call),

    /** What the books and the store say of one call. */
    booksOf: async ({ callKey, role }: TestCall) => {
      const rows = await db
        .selectFrom('ledgerEntry')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('callKey', '=', callKey)
        .orderBy('ordinal')
        .execute();
      const count = (...states: LedgerState[]) =>
        rows.filter(({ state }) => states.includes(state)).length;
      return {
        rows,
        states: rows.map(({ state }) => state),
        stored: (await store.head(resultKey(home, role, callKey))) === null ? 0 : 1,
        accepted: count('accepted'),
        rejected: count('rejected'),
        /** Not the accepted ones, which are counted as stored. */
        inDoubt: count('in_doubt', 'sending'),
      };
    },

    /** Time passes: every claim on the call is as good as abandoned. */
    letLeaseExpire: async ({ callKey }: TestCall) => {
      await db
        .updateTable('ledgerEntry')
        .set({ leaseUntil: sql`now() - interval '1 second'` })
        .where('callKey', '=', callKey)
        .where('leaseUntil', 'is not', null)
        .execute();
    },

    close: async () => {
      await store.deletePrefix(`${tenant}/`);
      store.close();
      await db.deleteFrom('ledgerEntry').where('tenant', '=', tenant).execute();
      await db.destroy();
    },
  };
}

export const performed = (answer: string) => ({
  answer,
  usage: USAGE,
  provider: 'test',
  servedModel: null,
  revision: null,
  requestId: null,
});
