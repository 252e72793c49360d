import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../../adapters/inference/protocols/contract.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { CallInFlightError } from '../../../adapters/paid-call/execute-paid-call.ts';
import { execute, openBench, performed, RUN_ID, type TestCall } from './paid-call-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

const TICKET: Ticket = { id: 'r1', path: '/fal-ai/flux/requests/r1', phase: 'status' };

const stillRunning = () =>
  new InferenceError('not done yet', { kind: 'loading', target: 'flux', charge: 'pending' });

/** A provider with a queue: it bills a submission, and says what was done under which ticket. */
function aQueue() {
  const log: string[] = [];
  const submitThen = (then: () => Promise<string>): TestCall['perform'] => {
    return async (_signal, { ticket, keepTicket }) => {
      if (ticket === null) {
        log.push('submitted');
        await keepTicket(TICKET);
      } else log.push(`followed ${ticket.id} ${ticket.phase}`);
      return performed(await then());
    };
  };
  return { log, submitThen };
}

test('work that is not done yet is followed by the next try, and not sent again', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  expect((await bench.booksOf(call)).rows).toMatchObject([
    { state: 'submitted', verdict: 'loading', ticket: TICKET },
  ]);
  const done = { ...call, perform: submitThen(() => Promise.resolve('a picture')) };
  const { result, reused } = await bench.run(done);
  expect({ reused, ordinal: result.ordinal, answer: result.answer }).toEqual({
    reused: false,
    ordinal: 1,
    answer: { text: 'a picture' },
  });
  expect(log).toEqual(['submitted', 'followed r1 status', 'followed r1 status']);
  expect((await bench.booksOf(call)).states).toEqual(['accepted']);
});

test('a question that never left us says nothing about the work', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  const unsent = new InferenceError('all tokens rest', {
    kind: 'rate_limited',
    target: 'flux',
    charge: 'unsent',
  });
  await expect(
    bench.run({ ...call, perform: submitThen(() => Promise.reject(unsent)) }),
  ).rejects.toBe(unsent);
  expect((await bench.booksOf(call)).states).toEqual(['submitted']);
  await bench.run({ ...call, perform: submitThen(() => Promise.resolve('a picture')) });
  expect(log).toEqual(['submitted', 'followed r1 status', 'followed r1 status']);
});

test.each([
  ['checked', { accept: () => Promise.reject(new Error('S3 is away')) }, {}],
  ['stored', {}, { putJson: () => Promise.reject(new Error('S3 is away')) }],
])(
  'work whose answer could not be %s is fetched again, and not paid again',
  async (_what, change, store) => {
    const { log, submitThen } = aQueue();
    const call = bench.newCall({ perform: submitThen(() => Promise.resolve('a picture')) });
    const deps = { ...bench.deps, store: { ...bench.deps.store, ...store } };
    await expect(execute(deps, { ...call, ...change })).rejects.toThrow('S3 is away');
    expect((await bench.booksOf(call)).states).toEqual(['submitted']);
    await bench.run(call);
    expect(log).toEqual(['submitted', 'followed r1 status']);
    expect((await bench.booksOf(call)).states).toEqual(['accepted']);
  },
);

test('a process that dies after it handed the work in leaves a ticket that another one takes over', async () => {
  const { log, submitThen } = aQueue();
  let die: (() => void) | undefined;
  const dead = new Promise<string>((_resolve, reject) => {
    die = () => reject(new Error('the process is gone'));
  });
  const call = bench.newCall({ perform: submitThen(() => dead) });
  const first = bench.run(call);
  await expect.poll(async () => (await bench.booksOf(call)).states).toEqual(['submitted']);

  // While the first lives, nobody else asks.
  await expect(bench.run(call)).rejects.toThrow(CallInFlightError);
  await bench.letLeaseExpire(call);
  await expect(
    bench.run({ ...call, perform: submitThen(() => Promise.resolve('a picture')) }),
  ).resolves.toMatchObject({ reused: false });
  expect(log).toEqual(['submitted', 'followed r1 status']);
  expect((await bench.booksOf(call)).states).toEqual(['accepted']);
  die?.();
  await expect(first).rejects.toThrow('the process is gone');
  expect((await bench.booksOf(call)).states).toEqual(['accepted']);
});

test('of ten that find the same ticket one follows it', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  const answered = Promise.withResolvers<string>();
  const following = submitThen(() => answered.promise);
  let refused = 0;
  const ten = await Promise.all(
    Array.from({ length: 10 }, async () => {
      try {
        return await bench.run({ ...call, perform: following });
      } catch (error) {
        if (!(error instanceof CallInFlightError)) throw error;
        refused += 1;
        // The one that follows has its answer only when the nine others have been turned away.
        if (refused === 9) answered.resolve('a picture');
        return null;
      }
    }),
  );
  expect(ten.filter((outcome) => outcome !== null)).toHaveLength(1);
  expect(log).toEqual(['submitted', 'followed r1 status']);
});

test('work that failed is settled, and the next try hands it in anew under the next ordinal', async () => {
  const { log, submitThen } = aQueue();
  const failed = new InferenceError('it failed', {
    kind: 'transient',
    target: 'flux',
    charge: 'refused',
  });
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(failed)) });
  await expect(bench.run(call)).rejects.toThrow('it failed');
  const { result } = await bench.run({
    ...call,
    perform: submitThen(() => Promise.resolve('a picture')),
  });
  expect(result.ordinal).toBe(2);
  expect(log).toEqual(['submitted', 'submitted']);
  expect((await bench.booksOf(call)).states).toEqual(['failed', 'accepted']);
});

test('a cancelled call leaves its ticket; closing the job puts the work in doubt', async () => {
  const { submitThen } = aQueue();
  const controller = new AbortController();
  const call = bench.newCall({
    perform: submitThen(() => new Promise<string>(() => {})),
    signal: controller.signal,
    graceMs: 20,
  });
  const running = bench.run(call);
  await expect.poll(async () => (await bench.booksOf(call)).states).toEqual(['submitted']);
  controller.abort(new Error('cancelled'));
  await expect(running).rejects.toThrow('cancelled');
  expect((await bench.booksOf(call)).states).toEqual(['submitted']);
  await bench.ledger.releaseRun(call.tenant, call.jobId, RUN_ID);
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt']);
});

test('a job that is run again follows the work that its cancelled run handed in', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  await bench.ledger.releaseRun(call.tenant, call.jobId, RUN_ID);
  const slowly = submitThen(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return 'a picture';
  });
  const five = await Promise.allSettled(
    Array.from({ length: 5 }, () => bench.run({ ...call, perform: slowly })),
  );
  expect(five.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(log).toEqual(['submitted', 'followed r1 status']);
  expect((await bench.booksOf(call)).states).toEqual(['accepted']);
});

test('work that the provider knows nothing of any more is handed in anew, and its ticket never asked for again', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  const lost = new InferenceError('it is lost', {
    kind: 'transient',
    target: 'flux',
    charge: 'unknown',
  });
  await expect(
    bench.run({ ...call, perform: submitThen(() => Promise.reject(lost)) }),
  ).rejects.toThrow('it is lost');
  await bench.run({ ...call, perform: submitThen(() => Promise.resolve('a picture')) });
  expect(log).toEqual(['submitted', 'followed r1 status', 'submitted']);
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt', 'accepted']);
});

test('work that another job follows outlives the job that handed it in', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  const follower = 'b'.repeat(26);
  const { result } = await bench.run({
    ...call,
    jobId: follower,
    perform: async (_signal, { ticket, keepTicket }) => {
      log.push(`followed ${ticket?.id}`);
      await bench.ledger.releaseRun(call.tenant, call.jobId, RUN_ID);
      await keepTicket({ ...TICKET, phase: 'result' });
      return performed('a picture');
    },
  });
  expect(result.answer).toEqual({ text: 'a picture' });
  expect(log).toEqual(['submitted', 'followed r1']);
  // It stands in the books of the job that has the answer.
  expect((await bench.booksOf(call)).rows).toMatchObject([
    { state: 'accepted', jobId: follower, ordinal: 1 },
  ]);
});

test('a ticket that nobody asked after for a day is in doubt, and the work is handed in anew', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  await bench.db
    .updateTable('ledgerEntry')
    .set({ sendingAt: sql`now() - interval '25 hours'` })
    .where('callKey', '=', call.callKey)
    .execute();
  await bench.run({ ...call, perform: submitThen(() => Promise.resolve('a picture')) });
  expect(log).toEqual(['submitted', 'submitted']);
  expect((await bench.booksOf(call)).states).toEqual(['in_doubt', 'accepted']);
});

test('work whose answer came from elsewhere meanwhile is not followed: it was billed for nothing', async () => {
  const { log, submitThen } = aQueue();
  const call = bench.newCall({ perform: submitThen(() => Promise.reject(stillRunning())) });
  await expect(bench.run(call)).rejects.toThrow('not done yet');
  const other = bench.newCall({ workKey: call.workKey });
  await bench.run(other);
  await expect(bench.run(call)).resolves.toMatchObject({ reused: true });
  expect(log).toEqual(['submitted']);
});
