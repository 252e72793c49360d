import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallInFlightError } from '../../../adapters/paid-call/execute-paid-call.ts';
import { execute, openBench, performed, type TestCall } from './paid-call-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

/** The sequence has nine steps outside this process; in the tenth nothing happens. */
const STEPS = 10;

interface Accident {
  /** The step, from 1, at which it happens. */
  readonly step: number;
  /** Whether the step itself still took place: its answer is lost then. */
  readonly when: 'before' | 'after';
  /** Killed: nothing runs in this process any more. Fault: this one step fails, and the process goes on. */
  readonly what: 'killed' | 'fault';
}
const allAccidents: Accident[] = (['killed', 'fault'] as const).flatMap((what) =>
  (['before', 'after'] as const).flatMap((when) =>
    Array.from({ length: STEPS }, (_, index) => ({ step: index + 1, when, what })),
  ),
);

class AccidentError extends Error {
  override readonly name = 'AccidentError';
}

/** Wraps what a process does outside itself, so that the accident happens to it. */
function destined({ step, when, what }: Accident) {
  let steps = 0;
  let dead = false;
  const through = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw new AccidentError('the process is dead');
    steps += 1;
    const now = steps === step;
    if (now && what === 'killed') dead = true;
    if (now && when === 'before') throw new AccidentError(`${what} before step ${step}`);
    const result = await act();
    if (now) throw new AccidentError(`${what} after step ${step}`);
    return result;
  };
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const act: unknown = Reflect.get(target, name);
        return typeof act === 'function'
          ? async (...given: unknown[]) =>
              await through(async () => (await Reflect.apply(act, target, given)) as unknown)
          : act;
      },
    });
  return { through, wrap };
}

/** Runs the call through each accident in turn and then undisturbed, and checks the ledger against what the provider billed. */
async function surviveAll(accidents: readonly Accident[]): Promise<number> {
  let billed = 0;
  const call = bench.newCall();
  const bill = async () => {
    billed += 1;
    return await Promise.resolve(performed('the answer'));
  };
  const lawHolds = async () => {
    const { stored, accepted, rejected, inDoubt } = await bench.booksOf(call);
    expect(stored + rejected).toBeLessThanOrEqual(billed);
    expect(billed).toBeLessThanOrEqual(stored + rejected + inDoubt);
    expect(accepted).toBeLessThanOrEqual(stored);
  };

  for (const accident of accidents) {
    const { through, wrap } = destined(accident);
    const doomed: TestCall = { ...call, perform: async () => await through(bill) };
    const { ledger, store, now } = bench.deps;
    await execute({ ledger: wrap(ledger), store: wrap(store), now }, doomed).catch(
      (error: unknown) => {
        if (!(error instanceof AccidentError)) throw error;
      },
    );
    await lawHolds();
    await bench.letLeaseExpire(call);
  }

  const { result } = await bench.run({ ...call, perform: bill });
  expect(result.answer).toEqual({ text: 'the answer' });
  await lawHolds();
  const before = billed;
  await expect(bench.run({ ...call, perform: bill })).resolves.toEqual({ result, reused: true });
  expect(billed).toBe(before);
  const { stored, accepted, rows } = await bench.booksOf(call);
  expect({ stored, accepted }).toEqual({ stored: 1, accepted: 1 });
  expect(rows.find(({ state }) => state === 'accepted')?.ordinal).toBe(result.ordinal);
  return billed;
}

test('an accident at any step costs at most the call that was in flight', async () => {
  for (const accident of allAccidents) {
    const billed = await surviveAll([accident]);
    // Only where the answer was lost before it was stored: the call itself (6), or the storing of it (7, before).
    const answerLost =
      (accident.step === 6 && accident.when === 'after') ||
      (accident.step === 7 && accident.when === 'before');
    expect({ accident, billed }).toEqual({ accident, billed: answerLost ? 2 : 1 });
  }
}, 60_000);

test('whatever accidents follow one another, the books hold the bill between them', async () => {
  const accident = fc.constantFrom(...allAccidents);
  await fc.assert(
    fc.asyncProperty(fc.array(accident, { minLength: 2, maxLength: 5 }), async (accidents) => {
      await surviveAll(accidents);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test('many processes, some of them killed, make one call at a time and keep one answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.constantFrom(...allAccidents)), { minLength: 4, maxLength: 8 }),
      async (fates) => {
        let billed = 0;
        const call = bench.newCall();
        const bill = async () => {
          billed += 1;
          return await Promise.resolve(performed('the answer'));
        };
        const { ledger, store, now } = bench.deps;
        await Promise.all(
          fates.map(async (accident) => {
            const { through, wrap } = destined(
              accident ?? { step: Infinity, when: 'before', what: 'fault' },
            );
            await execute(
              { ledger: wrap(ledger), store: wrap(store), now },
              { ...call, perform: async () => await through(bill) },
            ).catch((error: unknown) => {
              if (!(error instanceof AccidentError || error instanceof CallInFlightError)) {
                throw error;
              }
            });
          }),
        );
        await bench.letLeaseExpire(call);
        await bench.run({ ...call, perform: bill });
        const { stored, accepted, rejected, inDoubt } = await bench.booksOf(call);
        expect({ stored, accepted }).toEqual({ stored: 1, accepted: 1 });
        expect(stored + rejected).toBeLessThanOrEqual(billed);
        expect(billed).toBeLessThanOrEqual(stored + rejected + inDoubt);
      },
    ),
    { numRuns: 20 },
  );
}, 60_000);
