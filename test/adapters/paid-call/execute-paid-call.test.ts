import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createLedger } from '../../../adapters/database/create-ledger.ts';
import { DatabaseUnreachableError } from '../../../adapters/database/create-pool.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { resultKey, resultPointerKey } from '../../../adapters/object-store/keys.ts';
import {
  CallInFlightError,
  executePaidCall,
  type PaidCallDependencies,
} from '../../../adapters/paid-call/execute-paid-call.ts';
import { findResult, findResultKey } from '../../../adapters/paid-call/look-up-result.ts';
import { storedResultSchema } from '../../../workflows/contracts/stored-results.ts';
import { execute, openBench, performed, USAGE } from './paid-call-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

const never = async (): Promise<never> => {
  throw new Error('a call was made that should not be');
};

test('an answer is stored, pointed at, booked, and not asked for again', async () => {
  const call = bench.newCall();
  const { result, reused } = await bench.run(call);
  expect(reused).toBe(false);
  expect(storedResultSchema.parse(result)).toMatchObject({
    ordinal: 1,
    target: 'mixtral',
    provider: 'test',
    usage: USAGE,
    answer: { text: 'the answer' },
  });
  const { states, rows } = await bench.booksOf(call);
  expect(states).toEqual(['accepted']);
  expect(rows[0]).toMatchObject({ inputTokens: '10', outputTokens: '5', target: 'mixtral' });

  await expect(bench.run({ ...call, perform: never })).resolves.toEqual({ result, reused: true });
  const { store, home } = bench;
  await expect(findResult(store, home, 'summarize', call.workKey)).resolves.toEqual(result);
  await expect(findResultKey(store, home, 'summarize', call.workKey)).resolves.toBe(
    resultKey(home, 'summarize', call.callKey),
  );
});

test('a stored answer is found by one look, before the call is prepared; a new call looks twice', async () => {
  const { deps, store } = bench;
  const call = bench.newCall();
  const log: string[] = [];
  const watched: PaidCallDependencies = {
    ...deps,
    store: {
      ...store,
      findJson: (key, schema) => {
        log.push(key.includes(call.callKey) ? 'result' : 'pointer');
        return store.findJson(key, schema);
      },
    },
  };
  const run = () =>
    executePaidCall(watched, {
      ...call,
      prepare: () => {
        log.push('prepare');
        return Promise.resolve(call);
      },
    });
  await run();
  expect(log).toEqual(['pointer', 'prepare', 'pointer', 'result']);
  log.length = 0;
  await run();
  expect(log).toEqual(['pointer', 'result']);
});

test('another target is not asked for work whose answer is held', async () => {
  const call = bench.newCall();
  await bench.run(call);
  const other = { ...call, callKey: randomBytes(32).toString('hex') };
  await expect(bench.run({ ...other, perform: never })).resolves.toMatchObject({ reused: true });
});

test('where only its own answer counts, another target is asked, once, and the first answer stays that of the work', async () => {
  const { store, home } = bench;
  const call = bench.newCall();
  const first = await bench.run(call);
  const other = {
    ...call,
    callKey: randomBytes(32).toString('hex'),
    target: { ...call.target, name: 'gpt' },
    lookBy: 'call' as const,
  };
  const asked = await bench.run(other);
  expect(asked).toMatchObject({ reused: false, result: { target: 'gpt' } });
  await expect(findResult(store, home, 'summarize', call.workKey)).resolves.toEqual(first.result);
  await expect(bench.run({ ...other, perform: never })).resolves.toEqual({
    result: asked.result,
    reused: true,
  });
  expect((await bench.booksOf(other)).states).toEqual(['accepted']);
});

test('a pointer to nothing is ignored and mended', async () => {
  const { store, home } = bench;
  const call = bench.newCall();
  const pointer = resultPointerKey(home, 'summarize', call.workKey);
  const gone = randomBytes(32).toString('hex');
  await store.putJson(pointer, {
    schemaVersion: 1,
    callKey: gone,
    resultKey: resultKey(home, 'summarize', gone),
  });
  await expect(findResult(store, home, 'summarize', call.workKey)).resolves.toBeNull();
  await expect(findResultKey(store, home, 'summarize', call.workKey)).resolves.toBeNull();
  const { result, reused } = await bench.run(call);
  expect(reused).toBe(false);
  await expect(findResult(store, home, 'summarize', call.workKey)).resolves.toEqual(result);
});

test('of ten at once one makes the call; the others are told to ask again', async () => {
  let calls = 0;
  const call = bench.newCall({
    perform: async () => {
      calls += 1;
      await new Promise((passed) => setTimeout(passed, 100));
      return performed('the answer');
    },
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, async () => await bench.run(call)),
  );
  expect(calls).toBe(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    expect(outcome.reason).toBeInstanceOf(CallInFlightError);
    expect((outcome.reason as CallInFlightError).leaseMs).toBeGreaterThan(0);
  }
  // Who claimed after the answer was stored has found it, and let go.
  const { states } = await bench.booksOf(call);
  expect(states.filter((state) => state !== 'released')).toEqual(['accepted']);
});

test('a claim outlives its lease while the call is on its way', async () => {
  const call = bench.newCall({
    leaseMs: 1_500,
    perform: async () => {
      await new Promise((passed) => setTimeout(passed, 2_000));
      await bench.ledger.expireLeases();
      expect((await bench.booksOf(call)).states).toEqual(['sending']);
      await expect(bench.run({ ...call, perform: never })).rejects.toThrow(CallInFlightError);
      return performed('the answer');
    },
  });
  await bench.run(call);
  expect((await bench.booksOf(call)).states).toEqual(['accepted']);
});

test('what is known of the bill decides what the books say of a failed call', async () => {
  const table = { unsent: 'failed', refused: 'failed', billed: 'rejected', unknown: 'in_doubt' };
  for (const [charge, state] of Object.entries(table)) {
    const failure = new InferenceError('mixtral answered 503', {
      kind: 'transient',
      target: 'mixtral',
      charge: charge as keyof typeof table,
    });
    const call = bench.newCall({
      perform: async () => await Promise.reject(failure),
    });
    await expect(bench.run(call)).rejects.toBe(failure);
    const { rows } = await bench.booksOf(call);
    expect(rows.map((row) => [row.state, row.verdict])).toEqual([[state, 'transient']]);
    // The key is free again: the next try is the next ordinal.
    const { result } = await bench.run({
      ...call,
      perform: async () => await Promise.resolve(performed('late')),
    });
    expect(result.ordinal).toBe(2);
  }
});

test('an error that nobody classified leaves the call in doubt', async () => {
  const call = bench.newCall({ perform: never });
  await expect(bench.run(call)).rejects.toThrow('should not be');
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt']);
});

test('an answer that we refuse is booked as rejected, with what it consumed, and not stored', async () => {
  const refusal = new InferenceError('mixtral answered no JSON', {
    kind: 'provider_bug',
    target: 'mixtral',
    status: 200,
    charge: 'billed',
  });
  const call = bench.newCall({ accept: async () => await Promise.reject(refusal) });
  await expect(bench.run(call)).rejects.toBe(refusal);
  const { rows, stored } = await bench.booksOf(call);
  expect(stored).toBe(0);
  expect(rows[0]).toMatchObject({ state: 'rejected', verdict: 'provider_bug', inputTokens: '10' });
});

test('an answer that finds another one stored is booked as rejected, and the stored one counts', async () => {
  const call = bench.newCall();
  const late = bench.newCall({
    workKey: call.workKey,
    callKey: call.callKey,
    perform: async () => {
      // The lease ran out in mid-call, and another worker made the same call meanwhile.
      await bench.letLeaseExpire(call);
      await bench.run(call);
      return performed('the second answer');
    },
  });
  const { result } = await bench.run(late);
  expect(result).toMatchObject({ ordinal: 2, answer: { text: 'the answer' } });
  expect((await bench.booksOf(call)).states).toEqual(['rejected', 'accepted']);
});

test('an answer that was stored between the look and the claim is found under the claim', async () => {
  const call = bench.newCall();
  const { ledger } = bench;
  const slow = {
    ...bench.deps,
    ledger: {
      ...ledger,
      claim: async (input: Parameters<typeof ledger.claim>[0]) => {
        await bench.run(call);
        return await ledger.claim(input);
      },
    },
  };
  await expect(execute(slow, { ...call, perform: never })).resolves.toMatchObject({
    reused: true,
  });
  expect((await bench.booksOf(call)).states).toEqual(['accepted', 'released']);
});

test('an answer that cannot be stored is in doubt at once, and found where it was stored after all', async () => {
  const { store } = bench;
  for (const reallyWritten of [false, true]) {
    const call = bench.newCall();
    const failing = {
      ...bench.deps,
      store: {
        ...store,
        putJson: async (...[key, value, options]: Parameters<typeof store.putJson>) => {
          if (reallyWritten) await store.putJson(key, value, options);
          throw new Error('the connection was reset');
        },
      },
    };
    await expect(execute(failing, call)).rejects.toThrow('reset');
    expect((await bench.booksOf(call)).states).toEqual(['in_doubt']);
    await expect(bench.run(call)).resolves.toMatchObject({ reused: reallyWritten });
    // A stored answer without a pointer is found under the next claim, which is then released.
    expect((await bench.booksOf(call)).states).toEqual(
      reallyWritten ? ['accepted', 'released'] : ['in_doubt', 'accepted'],
    );
  }
});

test('a store that takes no writes costs one paid call, not one for each try', async () => {
  const call = bench.newCall();
  const full = () => Promise.reject(new Error('no space left'));
  const store = { ...bench.store, putJson: full, checkWrites: full };
  const deps = { ...bench.deps, store };
  await expect(execute(deps, call)).rejects.toThrow('no space');
  await expect(execute(deps, { ...call, perform: never })).rejects.toThrow('no space');
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt', 'released']);
  await expect(bench.run(call)).resolves.toMatchObject({ reused: false });
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt', 'released', 'accepted']);
});

test('without Postgres no call is made', async () => {
  const db = createDatabase({ url: 'postgres://nobody:x@127.0.0.1:9/none', maxConnections: 1 });
  const call = bench.newCall({ perform: never });
  await expect(execute({ ...bench.deps, ledger: createLedger(db) }, call)).rejects.toThrow(
    DatabaseUnreachableError,
  );
  await db.destroy();
});

test('books that were begun anew do not make a held answer worth paying for again', async () => {
  const call = bench.newCall();
  await bench.run(call);
  await bench.db.deleteFrom('ledgerEntry').where('callKey', '=', call.callKey).execute();
  await expect(bench.run({ ...call, perform: never })).resolves.toMatchObject({ reused: true });
});

test.each(['released', 'reserved'] as const)(
  'a stored answer whose entry a restored database calls %s is used, and booked as accepted',
  async (state) => {
    const call = bench.newCall();
    const { result } = await bench.run(call);
    const leaseUntil = state === 'reserved' ? sql<Date>`now() + interval '1 minute'` : null;
    await bench.db
      .updateTable('ledgerEntry')
      .set({ state, leaseUntil, sendingAt: null, settledAt: null, inputTokens: null })
      .where('callKey', '=', call.callKey)
      .execute();
    expect(await bench.run(call)).toEqual({ result, reused: true });
    const { rows } = await bench.booksOf(call);
    expect(rows).toMatchObject([{ state: 'accepted', inputTokens: '10' }]);
  },
);

test('a call that was sent twice because a restored database forgot it has one accepted entry', async () => {
  const call = bench.newCall();
  const { result } = await bench.run(call);
  const forgotten = await bench.booksOf(call);
  await bench.db
    .updateTable('ledgerEntry')
    .set({ state: 'released' })
    .where('callKey', '=', call.callKey)
    .execute();
  const claim = await bench.ledger.claim({
    ...call,
    account: 'job',
    target: 'mixtral',
    model: 'mixtral-8x7b',
  });
  if (claim.outcome !== 'claimed') throw new Error('the call is taken');
  await bench.ledger.markSending(claim.entryId, 60_000);
  await bench.ledger.settle(claim.entryId, { state: 'accepted', verdict: null, usage: null });
  expect(forgotten.states).toEqual(['accepted']);
  expect(await bench.run(call)).toEqual({ result, reused: true });
  expect((await bench.booksOf(call)).states).toEqual(['rejected', 'accepted']);
});

test('a cancellation before the call is sent sends nothing and frees the key', async () => {
  const cancel = new AbortController();
  const reason = new Error('cancelled by the user');
  const { ledger } = bench;
  const call = bench.newCall({ perform: never, signal: cancel.signal });
  const cancelling = {
    ...bench.deps,
    ledger: {
      ...ledger,
      claim: async (input: Parameters<typeof ledger.claim>[0]) => {
        const claim = await ledger.claim(input);
        cancel.abort(reason);
        return claim;
      },
    },
  };
  await expect(execute(cancelling, call)).rejects.toBe(reason);
  expect((await bench.booksOf(call)).states).toEqual(['released']);
  await expect(bench.run(call)).rejects.toBe(reason);
  expect((await bench.booksOf(call)).states).toEqual(['released']);
});

test('a cancelled call that answers in time is stored and settled, and then cancelled', async () => {
  const cancel = new AbortController();
  const reason = new Error('cancelled by the user');
  const call = bench.newCall({
    signal: cancel.signal,
    perform: async (signal) => {
      cancel.abort(reason);
      await new Promise((passed) => setTimeout(passed, 50));
      expect(signal.aborted).toBe(false);
      return performed('the answer');
    },
  });
  await expect(bench.run(call)).rejects.toBe(reason);
  const { states, stored } = await bench.booksOf(call);
  expect({ states, stored }).toEqual({ states: ['accepted'], stored: 1 });
});

test('a cancelled call that does not answer in time is aborted and in doubt, whether it obeys or not', async () => {
  for (const obedient of [true, false]) {
    const cancel = new AbortController();
    const reason = new Error('cancelled by the user');
    let aborted = false;
    const call = bench.newCall({
      signal: cancel.signal,
      graceMs: 50,
      perform: async (signal) => {
        cancel.abort(reason);
        return await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            if (obedient) reject(signal.reason as Error);
          });
        });
      },
    });
    await expect(bench.run(call)).rejects.toBe(reason);
    expect(aborted).toBe(true);
    expect((await bench.booksOf(call)).states).toEqual(['in_doubt']);
  }
});
